// SPDX-License-Identifier: GPL-3.0-or-later
// A disk that has taken another one's place proves itself only by what a running system does to it: a guest that
// runs from elsewhere, or is reset before it is up, proves nothing.
#include "core/disk/operations/create_disk.h"
#include "core/live/system_evidence.h"
#include "tests/guest/live_machine.h"
#include "tests/guest/serial_console.h"

#include <QProcess>
#include <QTest>

using namespace platter;

namespace {

const QString iso = QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso");
constexpr SlotId dvdSlot{0, 0};
constexpr SlotId diskSlot{0, 1};

std::optional<FormerDisk> formerOf(const MachineSession& session)
{
    const Drive* drive = session.machine().definition.driveAt(diskSlot);
    return std::get<DiskDrive>(drive->what).former;
}

const QLatin1String notNeeded("old.raw, is not needed any more");

QString drivesSaidBy(const LiveMachine& live)
{
    QProcess shell;
    shell.setProcessEnvironment(live.environment());
    shell.start(QStringLiteral(PLATTER_BINARY_DIR "/bin/platterctl"),
        {QStringLiteral("drive"), QStringLiteral("list"), QStringLiteral("box")});
    const bool ended =
        QTest::qWaitFor([&] { return shell.state() == QProcess::NotRunning; }, LiveMachine::patience);
    return ended ? QString::fromUtf8(shell.readAllStandardOutput()) : QString();
}

} // namespace

// The system on the disk is up.
#define BOOTED                                                                                                     \
    do {                                                                                                           \
        QVERIFY2(                                                                                                  \
            serial.waitFor(QStringLiteral("booted from disk sda, Linux ")), qUtf8Printable(serial.transcript()));  \
        QVERIFY(serial.waitFor(QStringLiteral("# ")));                                                             \
    } while (false)

class FormerDiskGuestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void isNeededUntilTheSystemHasRun()
    {
        LiveMachine live;
        const QString old = live.path(QStringLiteral("old.raw"));
        const QString fresh = live.path(QStringLiteral("new.vhdx"));
        GOOD(createDisk({.file = old, .format = DiskFormat::Raw, .size = ByteCount::mebibytes(256)}));
        GOOD(createDisk({.file = fresh, .size = ByteCount::mebibytes(256)}));
        const StoredMachine machine = live.make(
            QStringLiteral("box"), {{dvdSlot, DvdDrive{iso}}, {diskSlot, DiskDrive{old, DiskFormat::Raw}}});
        std::unique_ptr<MachineSession> session = live.session(machine);
        GOOD(session->setDisk(diskSlot, {fresh, DiskFormat::Vhdx}));
        QCOMPARE(formerOf(*session), (FormerDisk{old, DiskFormat::Raw, false}));

        GOOD(QCoro::waitFor(session->start()));
        SerialConsole serial;
        QVERIFY(serial.open(live.runtime(session->machine()).serial()));
        QVERIFY2(
            serial.waitFor(QStringLiteral("Platter sample guest ready: ")), qUtf8Printable(serial.transcript()));
        QVERIFY(serial.waitFor(QStringLiteral("# ")));
        // The system runs, from the DVD; firmware and kernel have looked at the disk.
        QCoro::waitFor(session->lookForReplaced());
        QVERIFY(formerOf(*session) && !formerOf(*session)->isReplaced);
        const Result<void> tooEarly = QCoro::waitFor(session->deleteFormerDisk(diskSlot, Removal::ForGood));
        QVERIFY(!tooEarly);
        QCOMPARE(tooEarly.error().kind, ErrorKind::WrongState);
        QVERIFY(QFile::exists(old));
        QVERIFY(!session->goBackToFormerDisk(diskSlot)); // it is in use

        // As much as a boot loader does: reads a kernel, writes a sector.
        RUNS("dd if=/dev/sda of=/dev/null bs=1M count=64 && dd if=/dev/zero of=/dev/sda bs=512 count=1 && sync");
        QCoro::waitFor(session->lookForReplaced());
        QVERIFY(formerOf(*session) && !formerOf(*session)->isReplaced);

        // As much as an installer does, which runs from a DVD.
        RUNS("install --yes");
        QCoro::waitFor(session->lookForReplaced());
        QVERIFY(formerOf(*session) && !formerOf(*session)->isReplaced);
        GOOD(QCoro::waitFor(session->powerOff()));
        GOOD(QCoro::waitFor(session->setMedium(dvdSlot, {})));

        // A guest that is reset again and again, and never comes up as far as its agent: each time it reads and
        // writes less than a system that runs, and all together more.
        GOOD(QCoro::waitFor(session->start()));
        QVERIFY(serial.open(live.runtime(session->machine()).serial()));
        BOOTED;
        RUNS("killall guest_agent qemu-ga; chmod -x /usr/lib/platter/guest_agent && sync");
        for (int run = 0; run < 3; ++run) {
            if (run > 0) {
                GOOD(QCoro::waitFor(session->reset()));
                BOOTED;
            }
            RUNS("dd if=/dev/sda of=/dev/null bs=1M count=16 && "
                 "dd if=/dev/urandom of=/root/file bs=1K count=400 conv=fsync");
            QCoro::waitFor(session->lookForReplaced());
            QVERIFY(formerOf(*session) && !formerOf(*session)->isReplaced);
        }
        MachineMonitor monitor(live.runtime(session->machine()), QmpSeat::CommandLine);
        const Result<DriveCounts> counters = QCoro::waitFor(countersOf(&monitor));
        GOOD(counters);
        QVERIFY(showsRunningSystem(trafficBetween({}, *counters, session->machine().definition, diskSlot)));
        // A program that looks only once does not know better, and has no agent's word.
        QVERIFY2(
            drivesSaidBy(live).contains(QLatin1String("old.raw, which is kept")), qPrintable(drivesSaidBy(live)));

        // Then it runs; the session sees it by itself.
        RUNS(
            "dd if=/dev/sda of=/dev/null bs=1M count=64 && dd if=/dev/urandom of=/root/file bs=1M count=4 && sync");
        QTRY_VERIFY_WITH_TIMEOUT(formerOf(*session) && formerOf(*session)->isReplaced, LiveMachine::patience);
        // In the definition that other programs read, too, and platterctl says so.
        QVERIFY2(drivesSaidBy(live).contains(notNeeded), qPrintable(drivesSaidBy(live)));

        // Without the session platterctl has to see for itself, which takes the agent.
        session.reset();
        GOOD(MachineStore(live.places().machines)
                .update(QStringLiteral("box"), [](Definition& definition) -> Result<void> {
                    const auto drive = std::ranges::find(definition.drives, diskSlot, &Drive::slot);
                    std::get<DiskDrive>(drive->what).former->isReplaced = false;
                    return {};
                }));
        QVERIFY2(!drivesSaidBy(live).contains(notNeeded), qPrintable(drivesSaidBy(live)));
        RUNS("chmod +x /usr/lib/platter/guest_agent && { /usr/lib/platter/guest_agent > /dev/null 2>&1 & }");
        QTRY_VERIFY_WITH_TIMEOUT(drivesSaidBy(live).contains(notNeeded), LiveMachine::patience);
        session = live.session(*MachineStore(live.places().machines).load(QStringLiteral("box")));
        QCoro::waitFor(session->refresh());

        GOOD(QCoro::waitFor(session->deleteFormerDisk(diskSlot, Removal::ForGood)));
        QVERIFY(!QFile::exists(old));
        QVERIFY(!formerOf(*session));
        QVERIFY(QFile::exists(fresh));
        GOOD(QCoro::waitFor(session->powerOff()));
    }
};

QTEST_GUILESS_MAIN(FormerDiskGuestTest)
#include "former_disk_guest_test.moc"
