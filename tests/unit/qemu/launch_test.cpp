// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/block_graph.h"
#include "core/qemu/start_lock.h"
#include "core/qemu/tpm_emulator.h"
#include "golden_machines.h"
#include "scratch_machine.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QTcpServer>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>

using namespace platter;

namespace {

Result<void> start(const ScratchMachine& scratch)
{
    return QCoro::waitFor(launch(scratch.machine, scratch.settings));
}

using Spoil = std::function<void(ScratchMachine&)>;

// Zeros.
bool makeFile(const QString& path, qint64 size)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.resize(size);
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

// Those that have TEXT on their command line, this one aside.
std::vector<pid_t> programsWith(const QString& text)
{
    std::vector<pid_t> found;
    for (const QString& process : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
        const pid_t pid = process.toInt();
        if (pid > 0 && pid != ::getpid()
            && contentOf(QStringLiteral("/proc/%1/cmdline").arg(pid)).contains(text.toUtf8())) {
            found.push_back(pid);
        }
    }
    return found;
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
        qputenv("GLIBC_TUNABLES", "glibc.malloc.check=0");
        const auto restore = qScopeGuard([] { qunsetenv("GLIBC_TUNABLES"); });
        ScratchMachine scratch(QStringLiteral("Größe 50% \"a\", b's"));
        const QString image = scratch.path(QStringLiteral("d, 'x'.vhdx"));
        QVERIFY(ScratchMachine::makeImage(image, DiskFormat::Vhdx, ByteCount::mebibytes(64)));
        scratch.machine.definition.drives = {{{0, 0}, DiskDrive{image}}, {{0, 1}, DvdDrive{}}};
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
        const QByteArray environment = contentOf(QStringLiteral("/proc/%1/environ").arg(*qemu));
        const QByteArray tunables = "glibc.malloc.trim_threshold=33554432:glibc.malloc.check=0";
        QVERIFY2(environment.contains(tunables), environment.constData()); // the user's count
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

    void startsEveryKindOfMachine_data()
    {
        QTest::addColumn<int>("index");
        const std::vector<GoldenMachine> machines = goldenMachines(QStringLiteral("/machines"));
        for (int index = 0; index < int(machines.size()); ++index) {
            QTest::newRow(qPrintable(machines[size_t(index)].golden)) << index;
        }
    }

    void startsEveryKindOfMachine()
    {
        QFETCH(int, index);
        ScratchMachine scratch(QStringLiteral("m"));
        const GoldenMachine golden = goldenMachines(scratch.path({}))[size_t(index)];
        scratch.machine = golden.machine;
        QVERIFY(QDir().mkpath(scratch.machine.folder));
        for (const Drive& drive : scratch.machine.definition.drives) {
            if (const auto* disk = std::get_if<DiskDrive>(&drive.what)) {
                QVERIFY(ScratchMachine::makeImage(disk->file(), disk->format, ByteCount::mebibytes(64)));
            } else if (const QString& medium = std::get<DvdDrive>(drive.what).medium; !medium.isEmpty()) {
                QVERIFY(makeFile(medium, 1 << 20));
            }
        }
        // Whatever the golden one runs on: this computer may have no KVM.
        scratch.settings.firmware = findFirmware(
            {QStringLiteral("/usr/share/qemu/firmware")}, golden.machine.definition.firmware.secureBoot)
                                        .value();
        const Result<void> started = start(scratch);
        QVERIFY2(started, started ? "" : qPrintable(started.error().text() + started.error().detail));

        const QJsonArray devices = scratch.qmp(QStringLiteral("query-block"))[QStringLiteral("return")].toArray();
        for (const Drive& drive : scratch.machine.definition.drives) {
            const auto isDrive = [&drive](const QJsonValue& device) {
                return device[QStringLiteral("qdev")].toString() == driveName(drive.slot);
            };
            QVERIFY2(std::ranges::any_of(devices, isDrive), qPrintable(driveName(drive.slot)));
        }
        QVERIFY(scratch.quit());
        QCOMPARE(contentOf(scratch.machine.qemuLog()), QByteArray());
    }

    // It ends with its QEMU, and one that was left behind is in nobody's way.
    void aTpmComesAndGoesWithQemu()
    {
        ScratchMachine scratch(QStringLiteral("m, n"));
        scratch.machine.definition.firmware.hasTpm = true;
        const QString socket = scratch.settings.runtime.tpm();
        const Result<void> started = start(scratch);
        QVERIFY2(started, started ? "" : qPrintable(started.error().text() + started.error().detail));
        const QJsonArray models = scratch.qmp(QStringLiteral("query-tpm"))[QStringLiteral("return")].toArray();
        QCOMPARE(models.size(), 1);
        QCOMPARE(models[0][QStringLiteral("model")].toString(), QStringLiteral("tpm-crb"));
        QVERIFY(!QDir(scratch.machine.tpmFolder()).isEmpty());
        const std::vector<pid_t> tpms = programsWith(socket);
        QCOMPARE(tpms.size(), 2U); // QEMU names it, too
        QVERIFY(scratch.quit());
        QTRY_VERIFY(programsWith(socket).empty());

        // Left behind by a program that died before its QEMU.
        QVERIFY(QCoro::waitFor(startTpm(scratch.settings.tpmProgram, scratch.machine, scratch.settings.runtime)));
        QCOMPARE(programsWith(socket).size(), 1U);
        QVERIFY(start(scratch));
        QTRY_COMPARE(programsWith(socket).size(), 2U);
        QVERIFY(scratch.quit());
        QTRY_VERIFY(programsWith(socket).empty());

        // A start that fails leaves none.
        scratch.machine.definition.drives = {{{0, 0}, DiskDrive{scratch.path(QStringLiteral("missing.vhdx"))}}};
        QVERIFY(!start(scratch));
        QTRY_VERIFY(programsWith(socket).empty());
        QVERIFY(!QFileInfo::exists(socket));
    }

    void aTpmThatDoesNotStartSaysWhy()
    {
        ScratchMachine scratch(QStringLiteral("m"));
        scratch.machine.definition.firmware.hasTpm = true;
        QVERIFY(makeFile(scratch.machine.tpmFolder(), 1));
        const Result<void> started = start(scratch);
        QVERIFY(!started);
        QVERIFY2(started.error().text().contains(QStringLiteral("TPM")), qPrintable(started.error().text()));
        QVERIFY(!scratch.settings.runtime.runningQemu());
        QTRY_VERIFY(programsWith(scratch.settings.runtime.tpm()).empty());
    }

    void changesTheMediumOfARunningMachine()
    {
        ScratchMachine scratch(QStringLiteral("m"));
        const SlotId slot{0, 1};
        scratch.machine.definition.drives = {{slot, DvdDrive{}}};
        const QString iso = scratch.path(QStringLiteral("new.iso"));
        QVERIFY(makeFile(iso, 1 << 20));
        QVERIFY(start(scratch));
        const auto works = [&scratch](const QString& command, const QJsonObject& arguments) {
            return scratch.qmp(command, arguments).contains(QStringLiteral("return"));
        };
        const QJsonObject drive{{QStringLiteral("id"), driveName(slot)}};
        QVERIFY(works(QStringLiteral("blockdev-add"), mediumFileNode(slot, 1, iso)));
        QVERIFY(works(QStringLiteral("blockdev-add"), mediumNode(slot, 1)));
        QVERIFY(works(QStringLiteral("blockdev-open-tray"), drive));
        QJsonObject insert = drive;
        insert.insert(QStringLiteral("node-name"), formatNodeName(slot, 1));
        QVERIFY(works(QStringLiteral("blockdev-insert-medium"), insert));
        QVERIFY(works(QStringLiteral("blockdev-close-tray"), drive));
        QVERIFY(works(QStringLiteral("blockdev-open-tray"), drive));
        QVERIFY(works(QStringLiteral("blockdev-remove-medium"), drive));
        for (const QString& node : {formatNodeName(slot, 1), fileNodeName(slot, 1)}) {
            QVERIFY(works(QStringLiteral("blockdev-del"), {{QStringLiteral("node-name"), node}}));
        }
        QVERIFY(scratch.quit());
    }

    void aStartThatFailsSaysWhy_data()
    {
        QTest::addColumn<Spoil>("spoil");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QStringList>("sayings");
        const auto row = [](const char* name, Spoil spoil, ErrorKind kind, const QStringList& sayings) {
            QTest::newRow(name) << spoil << kind << sayings;
        };
        row("missing image", [](ScratchMachine& m) { QFile::remove(m.path(QStringLiteral("d.qcow2"))); },
            ErrorKind::NotFound, {QStringLiteral("d.qcow2 does not exist"), QStringLiteral("remove its drive")});
        row("missing medium", [](ScratchMachine& m) { QFile::remove(m.path(QStringLiteral("m.iso"))); },
            ErrorKind::NotFound, {QStringLiteral("m.iso does not exist"), QStringLiteral("eject")});
        row("image of another format",
            [](ScratchMachine& m) { QVERIFY(makeFile(m.path(QStringLiteral("d.qcow2")), 1 << 20)); },
            ErrorKind::Corrupt, {QStringLiteral("d.qcow2 is damaged")});
        row("image is a folder",
            [](ScratchMachine& m) {
                QFile::remove(m.path(QStringLiteral("d.qcow2")));
                QVERIFY(QDir().mkdir(m.path(QStringLiteral("d.qcow2"))));
            },
            ErrorKind::InvalidInput, {QStringLiteral("d.qcow2 is a folder")});
        row("NVRAM of another size", [](ScratchMachine& m) { QVERIFY(makeFile(m.machine.nvramFile(), 4096)); },
            ErrorKind::Corrupt, {QStringLiteral("wrong size"), QStringLiteral("boot reset “m”")});
        row("NVRAM is a folder", [](ScratchMachine& m) { QVERIFY(QDir().mkdir(m.machine.nvramFile())); },
            ErrorKind::Corrupt, {QStringLiteral("nvram.fd"), QStringLiteral("Move it away")});
        row("no NVRAM template",
            [](ScratchMachine& m) { m.settings.firmware.varsTemplate = QStringLiteral("/nowhere/vars.fd"); },
            ErrorKind::NotFound, {QStringLiteral("/nowhere/vars.fd does not exist")});
        row("machine's folder deleted", [](ScratchMachine& m) { QDir(m.machine.folder).removeRecursively(); },
            ErrorKind::NotFound, {QStringLiteral("put it back")});
        row("log folder is a file", [](ScratchMachine& m) { QVERIFY(makeFile(m.machine.logFolder(), 1)); },
            ErrorKind::AlreadyExists, {QStringLiteral("log")});
        row("no such program", [](ScratchMachine& m) { m.settings.program = QStringLiteral("/nowhere/qemu"); },
            ErrorKind::MissingProgram, {QStringLiteral("/nowhere/qemu")});
        row("too much memory", [](ScratchMachine& m) { m.machine.definition.memory = ByteCount::tebibytes(200); },
            ErrorKind::NoSpace, {QStringLiteral("not enough free memory")});
        row("runtime folder is a file",
            [](ScratchMachine& m) {
                QVERIFY(QDir().mkpath(QFileInfo(m.settings.runtime.path).path()));
                QVERIFY(makeFile(m.settings.runtime.path, 1));
            },
            ErrorKind::PermissionDenied, {QStringLiteral("it is a link or a file")});
    }

    void aStartThatFailsSaysWhy()
    {
        QFETCH(Spoil, spoil);
        QFETCH(ErrorKind, kind);
        QFETCH(QStringList, sayings);
        ScratchMachine scratch(QStringLiteral("m"));
        const QString image = scratch.path(QStringLiteral("d.qcow2"));
        const QString medium = scratch.path(QStringLiteral("m.iso"));
        QVERIFY(ScratchMachine::makeImage(image, DiskFormat::Qcow2, ByteCount::mebibytes(1)));
        QVERIFY(makeFile(medium, 1 << 20));
        scratch.machine.definition.drives = {
            {{0, 0}, DiskDrive{image, DiskFormat::Qcow2}}, {{0, 1}, DvdDrive{medium}}};
        spoil(scratch);
        if (QTest::currentTestFailed()) {
            return;
        }
        const Result<void> started = start(scratch);
        QVERIFY(!started);
        const QString text = started.error().text() + QLatin1Char('\n') + started.error().detail;
        QVERIFY2(started.error().kind == kind, qPrintable(nameOf(started.error().kind) + text));
        for (const QString& saying : sayings) {
            QVERIFY2(started.error().text().contains(saying), qPrintable(text));
        }
        QVERIFY(!started.error().advice.isEmpty());
        QVERIFY(!scratch.settings.runtime.runningQemu());
    }

    void anImageThatAnotherMachineUsesNamesIt_data()
    {
        QTest::addColumn<DiskFormat>("format");
        for (const DiskFormat format : {DiskFormat::Vhdx, DiskFormat::Qcow2, DiskFormat::Raw}) {
            QTest::newRow(qPrintable(nameOf(format))) << format;
        }
    }

    void anImageThatAnotherMachineUsesNamesIt()
    {
        QFETCH(DiskFormat, format);
        ScratchMachine first(QStringLiteral("first"));
        ScratchMachine second(QStringLiteral("second"));
        const QString image = first.path(QStringLiteral("shared"));
        QVERIFY(ScratchMachine::makeImage(image, format, ByteCount::mebibytes(64)));
        first.machine.definition.drives = {{{0, 0}, DiskDrive{image, format}}};
        second.machine.definition.drives = first.machine.definition.drives;
        QVERIFY(start(first));
        const Result<void> started = start(second);
        QVERIFY(!started);
        QCOMPARE(started.error().kind, ErrorKind::InUse);
        QVERIFY2(started.error().summary.contains(image), qPrintable(started.error().summary));
        QVERIFY2(started.error().text().contains(QString::number(*first.settings.runtime.runningQemu())),
            qPrintable(started.error().text()));
        // The first one does not notice.
        QVERIFY(first.quit());
        QVERIFY(start(second));
        QVERIFY(second.quit());
    }

    void aPortThatIsTakenIsNamed()
    {
        ScratchMachine scratch(QStringLiteral("m"));
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        scratch.machine.definition.adapters = {
            {QStringLiteral("52:54:00:12:34:56"), {{Protocol::Tcp, server.serverPort(), 22}}}};
        const Result<void> started = start(scratch);
        QVERIFY(!started);
        QCOMPARE(started.error().kind, ErrorKind::InUse);
        QVERIFY2(started.error().summary.contains(QString::number(server.serverPort())),
            qPrintable(started.error().summary));

        server.close();
        QVERIFY(start(scratch));
        QCOMPARE(listeningPorts(*scratch.settings.runtime.runningQemu()).size(), 1);
        QVERIFY(scratch.quit());
    }

    void twoProgramsNeverStartOneMachineAtOnce()
    {
        ScratchMachine scratch(QStringLiteral("m"));
        QVERIFY(scratch.settings.runtime.create());
        {
            const Result<StartLock> other = StartLock::take(scratch.settings.runtime);
            QVERIFY(other);
            const Result<void> started = start(scratch);
            QVERIFY(!started);
            QCOMPARE(started.error().kind, ErrorKind::InUse);
        }
        QVERIFY(start(scratch));
        QVERIFY(scratch.quit());
    }

    void startsAfterAQemuThatWasKilled()
    {
        ScratchMachine scratch(QStringLiteral("m"));
        QVERIFY(start(scratch));
        const std::optional<pid_t> qemu = scratch.settings.runtime.runningQemu();
        QVERIFY(qemu);
        QCOMPARE(::kill(*qemu, SIGKILL), 0);
        QVERIFY(QTest::qWaitFor([&scratch] { return !scratch.settings.runtime.runningQemu(); }));
        QVERIFY(QFileInfo::exists(scratch.settings.runtime.pidFile()));
        QVERIFY(start(scratch));
        QVERIFY(scratch.quit());
    }

    void logsThatHaveGrownAreRotated()
    {
        ScratchMachine scratch(QStringLiteral("m"));
        QVERIFY(QDir().mkpath(scratch.machine.logFolder()));
        QVERIFY(makeFile(scratch.machine.serialLog(), 9 << 20));
        QVERIFY(makeFile(scratch.machine.qemuLog(), 1 << 20));
        QVERIFY(start(scratch));
        QVERIFY(scratch.quit());
        QCOMPARE(QFileInfo(scratch.machine.serialLog() + QStringLiteral(".1")).size(), 9 << 20);
        QVERIFY(QFileInfo(scratch.machine.serialLog()).size() < 1 << 20);
        QVERIFY(QFileInfo(scratch.machine.qemuLog()).size() >= 1 << 20);
    }
};

QTEST_GUILESS_MAIN(LaunchTest)
#include "launch_test.moc"
