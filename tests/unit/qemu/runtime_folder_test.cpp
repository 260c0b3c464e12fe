// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/runtime_folder.h"
#include "core/qemu/start_lock.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace platter;

namespace {

uint modeOf(const QString& path)
{
    struct stat status = {};
    return ::lstat(QFile::encodeName(path).constData(), &status) == 0 ? status.st_mode & 07777 : 0;
}

} // namespace

class RuntimeFolderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void isPrivateWhateverTheUmask()
    {
        const QTemporaryDir root;
        const RuntimeFolder folder = RuntimeFolder::of(root.filePath(QStringLiteral("a/b")), MachineId::random());
        const mode_t umaskBefore = ::umask(0);
        const bool made = folder.create().has_value();
        ::umask(umaskBefore);
        QVERIFY(made);
        QCOMPARE(modeOf(folder.path), 0700U);
        QVERIFY(folder.create());
    }

    void becomesPrivateAgain()
    {
        const QTemporaryDir root;
        const RuntimeFolder folder{root.filePath(QStringLiteral("m"))};
        QVERIFY(folder.create());
        QCOMPARE(::chmod(QFile::encodeName(folder.path).constData(), 0755), 0);
        QVERIFY(folder.create());
        QCOMPARE(modeOf(folder.path), 0700U);
    }

    void isNeverALinkOrAFile()
    {
        const QTemporaryDir root;
        const RuntimeFolder link{root.filePath(QStringLiteral("link"))};
        QVERIFY(QFile::link(root.path(), link.path));
        QCOMPARE(link.create().error().kind, ErrorKind::PermissionDenied);
        const RuntimeFolder file{root.filePath(QStringLiteral("file"))};
        QVERIFY(QFile(file.path).open(QIODevice::WriteOnly));
        QCOMPARE(file.create().error().kind, ErrorKind::PermissionDenied);
        QVERIFY(file.create().error().summary.contains(file.path));
    }

    void isNeverSomebodyElses()
    {
        // Root's own, to everybody but root; and root may give one away.
        QString path = QStringLiteral("/root");
        const QTemporaryDir root;
        if (::geteuid() == 0) {
            path = root.filePath(QStringLiteral("other"));
            QVERIFY(QDir().mkdir(path));
            QCOMPARE(::chown(QFile::encodeName(path).constData(), 65534, 65534), 0);
        }
        QCOMPARE(RuntimeFolder{path}.create().error().kind, ErrorKind::PermissionDenied);
    }

    void noFileNoQemu()
    {
        const QTemporaryDir root;
        const RuntimeFolder folder{root.path()};
        QCOMPARE(folder.runningQemu(), std::nullopt);
        // A number alone proves nothing, not even that of a process that lives.
        QFile pid(folder.pidFile());
        QVERIFY(pid.open(QIODevice::WriteOnly) && pid.write(QByteArray::number(::getpid())) > 0 && pid.flush());
        QCOMPARE(folder.runningQemu(), std::nullopt);
    }

    void aLockedFileIsAQemu()
    {
        const QTemporaryDir root;
        const RuntimeFolder folder{root.path()};
        // As QEMU does it: a POSIX lock on the whole file, in another process.
        QProcess holder;
        holder.start(QStringLiteral("python3"),
            {QStringLiteral("-c"),
                QStringLiteral("import fcntl, os, sys\n"
                               "file = open(sys.argv[1], 'w')\n"
                               "fcntl.lockf(file, fcntl.LOCK_EX)\n"
                               "print('locked', flush=True)\n"
                               "sys.stdin.readline()\n"
                               "file.write(str(os.getpid()) + '\\n')\n"
                               "file.flush()\n"
                               "print('written', flush=True)\n"
                               "sys.stdin.readline()\n"),
                folder.pidFile()});
        const auto nextLine = [&holder] {
            while (!holder.canReadLine() && holder.waitForReadyRead()) { }
            return holder.readLine().trimmed();
        };
        QCOMPARE(nextLine(), QByteArray("locked"));
        // Between the lock and the number the lock's own holder counts.
        QCOMPARE(folder.runningQemu(), std::optional<pid_t>(pid_t(holder.processId())));
        holder.write("\n");
        QCOMPARE(nextLine(), QByteArray("written"));
        QCOMPARE(folder.runningQemu(), std::optional<pid_t>(pid_t(holder.processId())));
        holder.write("\n");
        QVERIFY(holder.waitForFinished());
        QCOMPARE(folder.runningQemu(), std::nullopt);
    }

    void removesOnlyWhatQemuLeft()
    {
        const QTemporaryDir root;
        const RuntimeFolder folder{root.path()};
        const QString journal = folder.path + QStringLiteral("/journal.json");
        for (const QString& file : {folder.applicationQmp(), folder.commandLineQmp(), folder.vnc(), folder.agent(),
                 folder.serial(), folder.debugSerial(), folder.gdb(), folder.pidFile(), journal}) {
            QVERIFY(QFile(file).open(QIODevice::WriteOnly));
        }
        folder.removeStaleFiles();
        QCOMPARE(QDir(folder.path).entryList(QDir::Files), QStringList{QStringLiteral("journal.json")});
    }

    void oneStartsAtATime()
    {
        const QTemporaryDir root;
        const RuntimeFolder folder{root.path()};
        {
            const Result<StartLock> first = StartLock::take(folder);
            QVERIFY(first);
            const Result<StartLock> second = StartLock::take(folder);
            QVERIFY(!second);
            QCOMPARE(second.error().kind, ErrorKind::InUse);
        }
        QVERIFY(StartLock::take(folder));
        QCOMPARE(StartLock::take(RuntimeFolder{QStringLiteral("/nowhere")}).error().kind, ErrorKind::NotFound);
    }

    void socketsFitIntoTheirAddresses()
    {
        // The system's usual place; unix sockets have 107 bytes.
        const RuntimeFolder folder =
            RuntimeFolder::of(QStringLiteral("/run/user/4294967295/platter"), MachineId::random());
        for (const QString& socket :
            {folder.applicationQmp(), folder.commandLineQmp(), folder.vnc(), folder.agent(), folder.serial()}) {
            QCOMPARE_LE(socket.size(), 107);
        }
    }
};

QTEST_APPLESS_MAIN(RuntimeFolderTest)
#include "runtime_folder_test.moc"
