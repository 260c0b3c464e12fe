// SPDX-License-Identifier: GPL-3.0-or-later
// Drives come and go while their machine runs, on real QEMU; no system is needed in the guest.
#include "core/disk/operations/create_disk.h"
#include "core/live/drive_change.h"
#include "tests/guest/live_machine.h"
#include "tests/guest/qmp_proxy.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSignalSpy>
#include <QTest>

#include <csignal>

using namespace platter;

namespace {

constexpr int patience = LiveMachine::patience;
constexpr SlotId systemSlot{0, 0};

QString makeVhdx(const LiveMachine& live, const QString& name)
{
    const NewDiskRequest request{.file = live.path(name), .size = ByteCount::gibibytes(1)};
    if (const Result<ByteCount> made = createDisk(request); !made) {
        qFatal("%s", qUtf8Printable(made.error().text()));
    }
    return request.file;
}

std::vector<Drive> drivesInQemu(const LiveMachine& live, const StoredMachine& machine)
{
    MachineMonitor monitor(live.runtime(machine), QmpSeat::CommandLine);
    return QCoro::waitFor(drivesOf(&monitor)).value_or(RunningDrives()).list;
}

std::vector<Drive> drivesInStore(const LiveMachine& live)
{
    return MachineStore(live.places().machines).load(QStringLiteral("box"))->definition.drives;
}

// All that a QEMU holds on to for its drives.
struct Holdings {
    qsizetype nodes = 0;
    qsizetype devices = 0;
    qsizetype descriptors = 0;
    qint64 memory = 0; // resident, in KiB
};

Holdings holdingsOf(const LiveMachine& live, const StoredMachine& machine)
{
    MachineMonitor monitor(live.runtime(machine), QmpSeat::CommandLine);
    const auto count = [&](const QString& command) {
        return QCoro::waitFor(monitor.execute(command)).value_or(QJsonValue()).toArray().size();
    };
    const QString process = QStringLiteral("/proc/%1").arg(live.pid(machine));
    Holdings now{.nodes = count(QStringLiteral("query-named-block-nodes")),
        .devices = count(QStringLiteral("query-block")),
        .descriptors = QDir(process + QStringLiteral("/fd")).entryList(QDir::Files | QDir::System).size()};
    QFile status(process + QStringLiteral("/status"));
    if (status.open(QIODevice::ReadOnly)) {
        const QList<QByteArray> lines = status.readAll().split('\n');
        for (const QByteArray& line : lines) {
            if (line.startsWith("VmRSS:")) {
                now.memory = line.mid(6).trimmed().split(' ').first().toLongLong();
            }
        }
    }
    return now;
}

} // namespace

class DriveChangeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void addsAndRemovesWhileItRuns()
    {
        LiveMachine live;
        const QString iso = live.makeMedium(QStringLiteral("a.iso"), 'a');
        const StoredMachine machine =
            live.make(QStringLiteral("box"), {{systemSlot, DiskDrive{makeVhdx(live, QStringLiteral("system"))}}});
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        MachineDrives& drives = session->drives();
        QTRY_COMPARE_WITH_TIMEOUT(drives.list(), machine.definition.drives, patience);

        const std::vector<std::variant<DiskDrive, DvdDrive>> kinds{DvdDrive{}, DvdDrive{iso},
            DiskDrive{makeVhdx(live, QStringLiteral("data.vhdx"))},
            DiskDrive{live.makeImage(QStringLiteral("data.qcow2"), QStringLiteral("qcow2"), QStringLiteral("1G")),
                DiskFormat::Qcow2},
            DiskDrive{live.makeImage(QStringLiteral("data.raw"), QStringLiteral("raw"), QStringLiteral("1G")),
                DiskFormat::Raw}};
        int target = 0;
        for (const auto& kind : kinds) {
            const Result<SlotId> added = QCoro::waitFor(drives.add(std::nullopt, kind));
            GOOD(added);
            QCOMPARE(*added, (SlotId{0, ++target}));
        }
        QCOMPARE(drivesInStore(live).size(), 1 + kinds.size());
        QCOMPARE(drivesInQemu(live, machine), drivesInStore(live));
        QTRY_COMPARE_WITH_TIMEOUT(drives.list(), drivesInStore(live), patience);
        QCOMPARE(drives.differences(), QStringList());

        // An image that is in use, or in a slot that is, is refused, and nothing is left of it.
        const Result<SlotId> twice = QCoro::waitFor(drives.add(SlotId{0, 60}, kinds[2]));
        QVERIFY(!twice);
        QCOMPARE(twice.error().kind, ErrorKind::InUse);
        const Result<SlotId> taken = QCoro::waitFor(drives.add(SlotId{0, 1}, DvdDrive{}));
        QVERIFY(!taken);
        QCOMPARE(taken.error().kind, ErrorKind::InUse);
        QCOMPARE(drivesInQemu(live, machine), drivesInStore(live));

        // A DVD drive moves, a disk does not.
        GOOD(QCoro::waitFor(drives.move({0, 2}, {0, 63})));
        QVERIFY(!QCoro::waitFor(drives.move({0, 3}, {0, 62})));
        QCOMPARE(drivesInQemu(live, machine), drivesInStore(live));
        QCOMPARE(drivesInStore(live).back(), (Drive{{0, 63}, DvdDrive{iso}}));

        for (const SlotId slot : {SlotId{0, 1}, SlotId{0, 63}}) {
            const Result<DriveRemoval> removed = QCoro::waitFor(drives.remove(slot, RemovalWay::Safely));
            GOOD(removed);
            QVERIFY(removed->isSafe);
        }
        // There is no agent that could say whether the guest has something to write.
        for (int disk = 3; disk <= 5; ++disk) {
            const SlotId slot{0, disk};
            const Result<DriveRemoval> refused = QCoro::waitFor(drives.remove(slot, RemovalWay::Safely));
            QVERIFY(!refused);
            QCOMPARE(refused.error().kind, ErrorKind::InUse);
            const Result<DriveRemoval> removed = QCoro::waitFor(drives.remove(slot, RemovalWay::Forcibly));
            GOOD(removed);
            QVERIFY(!removed->isSafe);
        }
        QCOMPARE(drivesInStore(live), machine.definition.drives);
        QCOMPARE(drivesInQemu(live, machine), machine.definition.drives);
        QTRY_COMPARE_WITH_TIMEOUT(drives.list(), machine.definition.drives, patience);
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    void isFullWith256()
    {
        LiveMachine live;
        const StoredMachine machine =
            live.make(QStringLiteral("box"), {{systemSlot, DiskDrive{makeVhdx(live, QStringLiteral("system"))}}});
        const auto session = live.session(machine, QmpSeat::CommandLine);
        for (int number = 1; number < maxControllers; ++number) {
            GOOD(session->drives().addController());
        }
        GOOD(QCoro::waitFor(session->start()));
        for (int number = 1; number < maxControllers * slotsPerController; ++number) {
            GOOD(QCoro::waitFor(session->drives().add(std::nullopt, DvdDrive{})));
        }
        QCOMPARE(drivesInQemu(live, machine).size(), std::size_t(256));
        QCOMPARE(drivesInQemu(live, machine), drivesInStore(live));
        const Result<SlotId> one = QCoro::waitFor(session->drives().add(std::nullopt, DvdDrive{}));
        QVERIFY(!one);
        QCOMPARE(one.error().kind, ErrorKind::NoSpace);
        QVERIFY2(one.error().text().contains(QLatin1String("256")), qUtf8Printable(one.error().text()));
        const LiveMachine::Said said = live.platterctl(
            {QStringLiteral("drive"), QStringLiteral("add"), QStringLiteral("box"), QStringLiteral("--dvd")});
        QCOMPARE(said.code, 1);
        QVERIFY2(said.err.contains(QLatin1String("256")), qUtf8Printable(said.err));
        GOOD(QCoro::waitFor(session->powerOff()));
        GOOD(QCoro::waitFor(session->start()));
        QCOMPARE(drivesInQemu(live, machine).size(), std::size_t(256));
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    void leavesNothingBehind()
    {
        LiveMachine live;
        const QString iso = live.makeMedium(QStringLiteral("a.iso"), 'a');
        const QString disk = makeVhdx(live, QStringLiteral("data.vhdx"));
        const StoredMachine machine =
            live.make(QStringLiteral("box"), {{systemSlot, DiskDrive{makeVhdx(live, QStringLiteral("system"))}}});
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        Holdings warm;
        constexpr int rounds = 500;
        for (int round = 0; round < rounds; ++round) {
            if (round == rounds / 5) {
                warm = holdingsOf(live, machine); // by now QEMU has what it keeps for later
            }
            const bool isDisk = round % 2 == 0;
            const Result<SlotId> added = isDisk ? QCoro::waitFor(session->drives().add({}, DiskDrive{disk}))
                                                : QCoro::waitFor(session->drives().add({}, DvdDrive{iso}));
            GOOD(added);
            GOOD(QCoro::waitFor(pullOutOf(live, machine, *session, *added)));
        }
        const Holdings after = holdingsOf(live, machine);
        qInfo("%lld nodes, %lld devices, %lld descriptors, %lld KiB; then %lld, %lld, %lld, %lld KiB",
            qlonglong(warm.nodes), qlonglong(warm.devices), qlonglong(warm.descriptors), warm.memory,
            qlonglong(after.nodes), qlonglong(after.devices), qlonglong(after.descriptors), after.memory);
        QCOMPARE(after.nodes, warm.nodes);
        QCOMPARE(after.devices, warm.devices);
        // QEMU opens some for its threads as it likes; what each round left would be 400.
        QVERIFY(after.descriptors <= warm.descriptors + 40);
        QVERIFY(after.memory <= warm.memory + 16 * 1024);
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    // platterctl dies before each command that it would send, in turn: what is there is shown, and can be kept.
    void survivesTheDeathOfTheProgram_data()
    {
        QTest::addColumn<bool>("adds");
        QTest::newRow("adding") << true;
        QTest::newRow("removing") << false;
    }

    void survivesTheDeathOfTheProgram()
    {
        QFETCH(bool, adds);
        LiveMachine live;
        const QString disk = makeVhdx(live, QStringLiteral("data.vhdx"));
        const StoredMachine machine =
            live.make(QStringLiteral("box"), {{systemSlot, DiskDrive{makeVhdx(live, QStringLiteral("system"))}}});
        const auto starter = live.session(machine);
        GOOD(QCoro::waitFor(starter->start()));
        const SlotId slot{0, 7};
        const QStringList adding{QStringLiteral("drive"), QStringLiteral("add"), QStringLiteral("box"), disk,
            QStringLiteral("--slot=0:7")};
        const QStringList removing{QStringLiteral("drive"), QStringLiteral("remove"), QStringLiteral("box"),
            QStringLiteral("0:7"), QStringLiteral("--force")};
        const auto isThere = [&] {
            const std::vector<Drive> drives = drivesInQemu(live, machine);
            return std::ranges::contains(drives, slot, &Drive::slot);
        };
        const Holdings before = holdingsOf(live, machine);
        int deaths = 0;
        for (bool diedOnce = true; diedOnce; ++deaths) {
            if (!adds) {
                const LiveMachine::Said said = live.platterctl(adding);
                QVERIFY2(said.code == 0, qUtf8Printable(said.err));
            }
            {
                QmpProxy proxy(live.runtime(machine).commandLineQmp());
                QProcess program;
                program.setProcessEnvironment(live.environment());
                bool killed = false;
                proxy.onCommand([&](int number, const QByteArray&) {
                    if (number == deaths) {
                        program.kill();
                        killed = true;
                    }
                    return !killed;
                });
                program.start(QStringLiteral(PLATTER_BINARY_DIR "/bin/platterctl"), adds ? adding : removing);
                QVERIFY(QTest::qWaitFor([&] { return program.state() == QProcess::NotRunning; }, patience));
                diedOnce = killed;
                QVERIFY2(killed || program.exitCode() == 0, program.readAllStandardError().constData());
            }
            // The running machine counts; that the definition says something else is told.
            const auto next = live.session(
                *MachineStore(live.places().machines).load(QStringLiteral("box")), QmpSeat::CommandLine);
            QCoro::waitFor(next->refresh());
            GOOD(QCoro::waitFor(next->drives().read()));
            QCOMPARE(next->drives().list(), drivesInQemu(live, machine));
            const bool isDefined = next->machine().definition.driveAt(slot) != nullptr;
            QCOMPARE(next->drives().differences().isEmpty(), isDefined == isThere());
            GOOD(next->drives().keepRunning());
            QCOMPARE(next->drives().differences(), QStringList());
            QCOMPARE(drivesInStore(live), drivesInQemu(live, machine));
            // Whoever tries again succeeds.
            if (isThere()) {
                const LiveMachine::Said said = live.platterctl(removing);
                QVERIFY2(said.code == 0, qUtf8Printable(said.err));
            }
            const LiveMachine::Said again = live.platterctl(adding);
            QVERIFY2(again.code == 0, qUtf8Printable(again.err));
            const LiveMachine::Said gone = live.platterctl(removing);
            QVERIFY2(gone.code == 0, qUtf8Printable(gone.err));
            QCOMPARE(holdingsOf(live, machine).nodes, before.nodes);
        }
        qInfo("%d deaths", deaths - 1);
        QVERIFY(deaths > 4);
        GOOD(QCoro::waitFor(starter->powerOff()));
    }

private:
    // At once, without asking a guest that is not there.
    static QCoro::Task<Result<void>> pullOutOf(
        const LiveMachine& live, const StoredMachine& machine, MachineSession& session, SlotId slot)
    {
        const RuntimeFolder runtime = live.runtime(machine);
        const auto monitor = std::make_unique<MachineMonitor>(runtime, QmpSeat::CommandLine);
        const Result<void> gone = co_await pullOut(monitor.get(), runtime, slot);
        if (!gone) {
            co_return gone;
        }
        const Result<void> known = co_await session.drives().read();
        if (!known) {
            co_return known;
        }
        co_return session.drives().keepRunning();
    }
};

QTEST_GUILESS_MAIN(DriveChangeTest)
#include "drive_change_test.moc"
