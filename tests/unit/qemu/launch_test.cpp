// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/start_lock.h"
#include "scratch_machine.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace platter;

namespace {

Result<void> start(const ScratchMachine& scratch)
{
    return QCoro::waitFor(launch(scratch.machine, scratch.settings));
}

QByteArray contentOf(const QString& file)
{
    QFile source(file);
    return source.open(QIODevice::ReadOnly) ? source.readAll() : QByteArray();
}

QString linkTarget(const QString& link)
{
    char target[4096] = {};
    const ssize_t length = ::readlink(QFile::encodeName(link).constData(), target, sizeof target);
    return length < 0 ? QString() : QFile::decodeName(QByteArray(target, length));
}

// What a process has open: paths, "socket:[123]", "pipe:[123]".
QStringList openFiles(const QString& process)
{
    const QString folder = QStringLiteral("/proc/%1/fd/").arg(process);
    QStringList targets;
    for (const QString& fd : QDir(folder).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)) {
        targets.append(linkTarget(folder + fd));
    }
    return targets;
}

// Port numbers that a process listens on, from the kernel's own tables.
QStringList listeningPorts(pid_t pid)
{
    const QString process = QString::number(pid);
    const QStringList files = openFiles(process);
    QStringList ports;
    for (const char* table : {"/net/tcp", "/net/tcp6"}) {
        for (const QByteArray& line :
            contentOf(QStringLiteral("/proc/") + process + QLatin1String(table)).split('\n')) {
            const QStringList fields = QString::fromLatin1(line).simplified().split(QLatin1Char(' '));
            const bool listens = fields.size() > 9 && fields[3] == QStringLiteral("0A");
            if (listens && files.contains(QStringLiteral("socket:[%1]").arg(fields[9]))) {
                ports.append(QString::number(fields[1].section(QLatin1Char(':'), -1).toUInt(nullptr, 16)));
            }
        }
    }
    return ports;
}

} // namespace

class LaunchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void startsAMachineThatIsShutIn()
    {
        ScratchMachine scratch(QStringLiteral("Größe 50% \"a\", b's"));
        scratch.machine.definition.drives = {{{0, 0},
                                                 DiskDrive{scratch.makeImage(QStringLiteral("d, 'x'.vhdx"),
                                                     DiskFormat::Vhdx, ByteCount::mebibytes(64))}},
            {{0, 1}, DvdDrive{}}};
        scratch.machine.definition.adapters = {{QStringLiteral("52:54:00:12:34:56"), {}}};
        int inheritable[2] = {};
        QCOMPARE(::pipe(inheritable), 0);

        const Result<void> started = start(scratch);
        QVERIFY2(started, started ? "" : qPrintable(started.error().text() + started.error().detail));

        const RuntimeFolder& runtime = scratch.settings.runtime;
        const std::optional<pid_t> qemu = runtime.runningQemu();
        QVERIFY(qemu);
        QVERIFY(contentOf(QStringLiteral("/proc/%1/status").arg(*qemu)).contains("\nSeccomp:\t2\n"));
        QCOMPARE(listeningPorts(*qemu), QStringList());
        // It lives in a session of its own and pins no folder.
        QVERIFY(::getsid(*qemu) != ::getsid(0));
        QCOMPARE(linkTarget(QStringLiteral("/proc/%1/cwd").arg(*qemu)), QStringLiteral("/"));
        const QString pipe = linkTarget(QStringLiteral("/proc/self/fd/%1").arg(inheritable[0]));
        QVERIFY(openFiles(QStringLiteral("self")).contains(pipe));
        QVERIFY(!openFiles(QString::number(*qemu)).contains(pipe));
        struct stat folder = {};
        QCOMPARE(::stat(QFile::encodeName(runtime.path).constData(), &folder), 0);
        QCOMPARE(folder.st_mode & 07777, 0700U);

        const QJsonObject status = scratch.qmp(QStringLiteral("query-status"));
        QCOMPARE(status[QStringLiteral("return")][QStringLiteral("status")].toString(), QStringLiteral("running"));
        QVERIFY(QFileInfo(scratch.machine.nvramFile()).size() > 0);
        QVERIFY(QFileInfo::exists(scratch.machine.serialLog()));

        const Result<void> again = start(scratch);
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::WrongState);
        QVERIFY(scratch.quit());
        QVERIFY(start(scratch));
        QVERIFY(scratch.quit());
    }
};

QTEST_GUILESS_MAIN(LaunchTest)
#include "launch_test.moc"
