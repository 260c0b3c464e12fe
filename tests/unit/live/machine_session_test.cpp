// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/exchange_journal.h"
#include "core/live/machine_session.h"
#include "core/live/machine_trouble.h"
#include "core/qemu/start_lock.h"
#include "core/qemu/turn_lock.h"
#include "scripted_machine.h"

#include <QFile>
#include <QSignalSpy>
#include <QTest>

using namespace platter;
using namespace std::chrono_literals;

namespace {

constexpr int patience = 30000; // milliseconds

std::unique_ptr<MachineSession> sessionOf(
    const ScriptedMachine& scripted, AcceleratorProbe& probe, QmpSeat seat = QmpSeat::Application)
{
    return std::make_unique<MachineSession>(scripted.machine(), scripted.places(), probe, seat);
}

// As a program leaves it that has let the guest go on and dies: the disk is on its image.
void leaveAnExchange(const ScriptedMachine& scripted)
{
    const ExchangeJournal journal{
        .slot = {0, 0}, .disk = DiskDrive{QStringLiteral("/images/system.vhdx"), DiskFormat::Vhdx}, .resume = true};
    if (const Result<void> written = journal.write(scripted.runtime()); !written) {
        qFatal("%s", qUtf8Printable(written.error().text()));
    }
}

} // namespace

Q_DECLARE_METATYPE(platter::MachineState)
Q_DECLARE_METATYPE(platter::Accelerator)

class MachineSessionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void isOffWhereNothingRuns()
    {
        const ScriptedMachine scripted;
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        QCoro::waitFor(session->refresh());
        QCOMPARE(session->state(), MachineState::Off);
        QVERIFY(!session->startedAt().isValid());
        QVERIFY(session->vncSocket().isEmpty());
        for (const Result<void>& refused :
            {QCoro::waitFor(session->pause()), QCoro::waitFor(session->resume()), QCoro::waitFor(session->reset()),
                QCoro::waitFor(session->powerOff()), QCoro::waitFor(session->shutDown(ShutdownWay::Acpi)),
                QCoro::waitFor(session->shutDown(ShutdownWay::Agent))}) {
            QVERIFY(!refused);
            QCOMPARE(refused.error().kind, ErrorKind::WrongState);
            QVERIFY2(
                refused.error().summary.contains(QStringLiteral("“box”")), qUtf8Printable(refused.error().summary));
        }
    }

    void takesUpWhatItFinds_data()
    {
        QTest::addColumn<QString>("status");
        QTest::addColumn<MachineState>("state");
        QTest::addColumn<QString>("summary"); // empty: no error
        QTest::newRow("running") << "running" << MachineState::Running << "";
        QTest::newRow("paused") << "paused" << MachineState::Paused << "";
        QTest::newRow("prelaunch") << "prelaunch" << MachineState::Paused << "";
        QTest::newRow("suspended") << "suspended" << MachineState::Paused << "";
        QTest::newRow("shutdown") << "shutdown" << MachineState::ShuttingDown << "";
        QTest::newRow("io-error") << "io-error" << MachineState::IoError
                                  << "“box” waits: there is no space left for /images/system.vhdx.";
        QTest::newRow("internal-error")
            << "internal-error" << MachineState::InternalError << "QEMU stopped “box” after an internal error.";
        QTest::newRow("guest-panicked")
            << "guest-panicked" << MachineState::GuestPanicked << "The system in “box” says that it has crashed.";
    }

    void takesUpWhatItFinds()
    {
        QFETCH(QString, status);
        QFETCH(MachineState, state);
        QFETCH(QString, summary);
        ScriptedMachine scripted;
        scripted.setDiskStatus(QStringLiteral("nospace"));
        scripted.run(status);
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        QCoro::waitFor(session->refresh());
        QCOMPARE(session->state(), state);
        QCOMPARE(session->lastError() ? session->lastError()->summary : QString(), summary);
        QCOMPARE(session->vncSocket(), scripted.runtime().vnc());
        QVERIFY(session->startedAt().isValid());
        QVERIFY(session->accelerator());
        QVERIFY(!session->canRetryWithoutKvm());
        const Result<QStringList> commandLine = QCoro::waitFor(session->commandLine());
        QVERIFY(commandLine);
        QCOMPARE(*commandLine, QStringList{QStringLiteral("/usr/bin/qemu-system-x86_64")});
    }

    void asksForTheWayOutOfEachState_data()
    {
        QTest::addColumn<QString>("status");
        QTest::addColumn<QString>("command");
        QTest::newRow("paused") << "paused" << "cont";
        QTest::newRow("after space was made") << "io-error" << "cont";
        QTest::newRow("asleep") << "suspended" << "system_wakeup";
    }

    void asksForTheWayOutOfEachState()
    {
        QFETCH(QString, status);
        QFETCH(QString, command);
        ScriptedMachine scripted;
        scripted.run(status);
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        QCoro::waitFor(session->refresh());
        scripted.setStatus(QStringLiteral("running"));
        QVERIFY(QCoro::waitFor(session->resume()));
        QVERIFY(scripted.commands().contains(command));
        QCOMPARE(session->state(), MachineState::Running);
        QVERIFY(!session->lastError());
    }

    void stopsAgainWhileThereIsNoSpace()
    {
        ScriptedMachine scripted;
        scripted.setDiskStatus(QStringLiteral("nospace"));
        scripted.run(QStringLiteral("io-error"));
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        QCoro::waitFor(session->refresh());
        const Result<void> resumed = QCoro::waitFor(session->resume());
        QVERIFY(scripted.commands().contains(QLatin1String("cont")));
        QVERIFY(!resumed);
        QCOMPARE(resumed.error().kind, ErrorKind::NoSpace);
        QCOMPARE(session->state(), MachineState::IoError);
    }

    void changesSettingsThatNobodyElseHasChanged()
    {
        const ScriptedMachine scripted;
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        const Definition before = session->machine().definition;
        Definition after = before;
        after.memory = ByteCount::mebibytes(512);
        QVERIFY(QCoro::waitFor(session->changeSettings(before, after)));
        QCOMPARE(session->machine().definition, after);

        // What somebody still sees who has looked before that.
        after.notes = QStringLiteral("mine");
        const Result<void> late = QCoro::waitFor(session->changeSettings(before, after));
        QVERIFY(!late);
        QCOMPARE(late.error().kind, ErrorKind::InUse);
        QCOMPARE(session->machine().definition.notes, QString());

        // A medium that a guest has ejected meanwhile is no such change, and stays as it is.
        const Definition now = session->machine().definition;
        QVERIFY(QCoro::waitFor(session->setMedium({0, 1}, {})));
        after = now;
        after.notes = QStringLiteral("mine");
        QVERIFY(QCoro::waitFor(session->changeSettings(now, after)));
        QCOMPARE(session->machine().definition.notes, QStringLiteral("mine"));
        QVERIFY(session->machine().definition.driveAt({0, 1})->where().isEmpty());
    }

    void refusesSettingsThatBreakARule()
    {
        const ScriptedMachine scripted;
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        Definition after = session->machine().definition;
        after.memory = ByteCount::mebibytes(1);
        const Result<void> changed = QCoro::waitFor(session->changeSettings(session->machine().definition, after));
        QVERIFY(!changed);
        QCOMPARE(changed.error().kind, ErrorKind::InvalidInput);
        QCOMPARE(session->machine().definition, scripted.machine().definition);
    }

    void plugsACableAtOnceAndLetsTheRestWait()
    {
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("running"));
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        QCoro::waitFor(session->refresh());
        QCOMPARE(session->waitingSettings(), QStringList());
        const Definition before = session->machine().definition;
        Definition after = before;
        after.adapters[0].isConnected = false;
        after.cpus = 1;
        QVERIFY(QCoro::waitFor(session->changeSettings(before, after)));
        QVERIFY(!scripted.isPlugged());
        QCOMPARE(session->waitingSettings(),
            QStringList{QStringLiteral("Processors: 2 now, 1 from the next start on.")});
        QVERIFY(QCoro::waitFor(session->changeSettings(after, before)));
        QVERIFY(scripted.isPlugged());
        QCOMPARE(session->waitingSettings(), QStringList());
    }

    void saysThatThereIsNoAgentChannel()
    {
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("running"));
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        QCoro::waitFor(session->refresh());
        const Result<void> asked = QCoro::waitFor(session->shutDown(ShutdownWay::Agent));
        QVERIFY(!asked);
        QCOMPARE(asked.error().kind, ErrorKind::Unsupported);
        QCOMPARE(asked.error().summary, QStringLiteral("This machine has no agent channel."));
    }

    void followsEvents()
    {
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("running"));
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        QCoro::waitFor(session->refresh());

        scripted.setStatus(QStringLiteral("paused"));
        scripted.tell(QStringLiteral("STOP"));
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Paused, patience);

        scripted.setStatus(QStringLiteral("running"));
        scripted.tell(QStringLiteral("RESUME"));
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Running, patience);

        scripted.setStatus(QStringLiteral("io-error"));
        scripted.setDiskStatus(QStringLiteral("failed"));
        scripted.tell(QStringLiteral("STOP"));
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::IoError, patience);
        QCOMPARE(session->lastError()->kind, ErrorKind::InputOutput);

        scripted.setStatus(QStringLiteral("running"));
        scripted.tell(QStringLiteral("RESUME"));
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Running, patience);
        QVERIFY(!session->lastError());

        scripted.setStatus(QStringLiteral("guest-panicked"));
        scripted.tell(QStringLiteral("GUEST_PANICKED"), {{QStringLiteral("action"), QStringLiteral("pause")}});
        scripted.tell(QStringLiteral("STOP"));
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::GuestPanicked, patience);
    }

    void saysThatTheGuestDidNotReact()
    {
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("running"));
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        session->setPatience(300ms);
        QCoro::waitFor(session->refresh());
        QVERIFY(QCoro::waitFor(session->shutDown(ShutdownWay::Acpi)));
        QCOMPARE(session->state(), MachineState::ShuttingDown);
        QVERIFY(scripted.commands().contains(QStringLiteral("system_powerdown")));
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Running, patience);
        QVERIFY(session->lastError());
        QCOMPARE(session->lastError()->kind, ErrorKind::TimedOut);
        QVERIFY(session->lastError()->summary.contains(QStringLiteral("0.3 s")));
    }

    void seesThatAnotherProgramAskedForShutdown()
    {
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("running"));
        AcceleratorProbe probe(scripted.places().cache);
        const auto asking = sessionOf(scripted, probe);
        QCoro::waitFor(asking->refresh());
        QVERIFY(QCoro::waitFor(asking->shutDown(ShutdownWay::Acpi)));
        const auto watching = sessionOf(scripted, probe);
        QCoro::waitFor(watching->refresh());
        QCOMPARE(watching->state(), MachineState::ShuttingDown);
    }

    void isOffAfterAnAnnouncedEnd()
    {
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("running"));
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        QCoro::waitFor(session->refresh());
        // Announced and gone before anybody could look.
        scripted.tell(QStringLiteral("SHUTDOWN"),
            {{QStringLiteral("guest"), true}, {QStringLiteral("reason"), QStringLiteral("guest-shutdown")}});
        scripted.end(ScriptedMachine::End::Clean);
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Off, patience);
        QVERIFY(!session->lastError());
        QVERIFY(!QFile::exists(LaunchRecord::fileIn(scripted.runtime())));
        QVERIFY(!QFile::exists(scripted.runtime().applicationQmp()));
    }

    void saysThatQemuCrashed_data()
    {
        QTest::addColumn<ScriptedMachine::End>("end");
        QTest::newRow("killed") << ScriptedMachine::End::Killed;
        QTest::newRow("exited without a word") << ScriptedMachine::End::Clean;
    }

    void saysThatQemuCrashed()
    {
        QFETCH(ScriptedMachine::End, end);
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("running"));
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        QCoro::waitFor(session->refresh());
        scripted.log("qemu-system-x86_64: something went very wrong\n");
        scripted.end(end);
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Crashed, patience);
        QVERIFY(session->lastError());
        QVERIFY(session->lastError()->summary.contains(QStringLiteral("“box”")));
        QVERIFY(!session->lastError()->advice.isEmpty());
        QVERIFY(session->lastError()->detail.contains(QStringLiteral("something went very wrong")));
        QVERIFY(!session->canRetryWithoutKvm());

        // The next program says the same.
        const auto next = sessionOf(scripted, probe);
        QCoro::waitFor(next->refresh());
        QCOMPARE(next->state(), MachineState::Crashed);
        QVERIFY(next->lastError() == session->lastError());
    }

    void findsOutHowQemuEndedWhileNobodyLooked_data()
    {
        QTest::addColumn<ScriptedMachine::End>("end");
        QTest::addColumn<MachineState>("state");
        QTest::newRow("as it should") << ScriptedMachine::End::Clean << MachineState::Off;
        QTest::newRow("killed") << ScriptedMachine::End::Killed << MachineState::Crashed;
    }

    void findsOutHowQemuEndedWhileNobodyLooked()
    {
        QFETCH(ScriptedMachine::End, end);
        QFETCH(MachineState, state);
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("running"));
        scripted.end(end);
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        QCoro::waitFor(session->refresh());
        QCOMPARE(session->state(), state);
        QCOMPARE(session->lastError().has_value(), state == MachineState::Crashed);
        QCOMPARE(QFile::exists(LaunchRecord::fileIn(scripted.runtime())), state == MachineState::Crashed);
    }

    void offersToGoWithoutKvm_data()
    {
        QTest::addColumn<Accelerator>("accelerator");
        QTest::addColumn<bool>("offered");
        QTest::newRow("KVM") << Accelerator::Kvm << true;
        QTest::newRow("software emulation") << Accelerator::Tcg << false;
    }

    void offersToGoWithoutKvm()
    {
        QFETCH(Accelerator, accelerator);
        QFETCH(bool, offered);
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("running"), accelerator);
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        QCoro::waitFor(session->refresh());
        scripted.log("KVM internal error. Suberror: 1\nemulation failure\n");
        scripted.setStatus(QStringLiteral("internal-error"));
        // What somebody sees who asks as soon as the state has changed.
        std::optional<bool> seen;
        connect(session.get(), &MachineSession::stateChanged, this,
            [&seen, &session] { seen = session->canRetryWithoutKvm(); });
        scripted.tell(QStringLiteral("STOP"));
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::InternalError, patience);
        QCOMPARE(session->canRetryWithoutKvm(), offered);
        QCOMPARE(seen, std::optional(offered));
        QVERIFY(session->lastError()->detail.contains(QStringLiteral("Suberror: 1")));
        QCOMPARE(session->lastError()->advice.contains(QStringLiteral("without KVM")), offered);
    }

    void tellsKvmsFaultFromANameWithKvmInIt_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<bool>("blames");
        QTest::newRow("no module") << QStringLiteral("Could not access KVM kernel module: Permission denied")
                                   << true;
        QTest::newRow("no VM") << QStringLiteral("ioctl(KVM_CREATE_VM) failed: 16 Device or resource busy") << true;
        QTest::newRow("accelerator") << QStringLiteral("-accel kvm: failed to initialize kvm: No such file")
                                     << true;
        QTest::newRow("an image's path")
            << QStringLiteral("Could not open '/home/ann/kvm/disk.vhdx': Is a directory") << false;
    }

    void tellsKvmsFaultFromANameWithKvmInIt()
    {
        QFETCH(QString, words);
        QTEST(blamesKvm(words), "blames");
    }

    void doesNotWaitForAQemuThatHangs()
    {
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("paused"));
        scripted.hang();
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        QCoro::waitFor(session->refresh());
        QCOMPARE(session->state(), MachineState::Running);
        QVERIFY(session->lastError());
        QCOMPARE(session->lastError()->kind, ErrorKind::TimedOut);
        // It is taken up as soon as it answers.
        scripted.answerAgain();
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Paused, patience);
        QVERIFY(!session->lastError());
    }

    void keepsTheStateOfAQemuThatBeginsToHang()
    {
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("running"));
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        QCoro::waitFor(session->refresh());
        scripted.hang();
        const Result<void> paused = QCoro::waitFor(session->pause());
        QVERIFY(!paused);
        QCOMPARE(paused.error().kind, ErrorKind::TimedOut);
        QCOMPARE(session->state(), MachineState::Running);
        // It ends all the same, the hard way, and that is no crash.
        QVERIFY(QCoro::waitFor(session->powerOff()));
        QCOMPARE(session->state(), MachineState::Off);
        scripted.end(ScriptedMachine::End::Killed);
    }

    void seesAnotherProgramStartTheMachine()
    {
        ScriptedMachine scripted;
        QVERIFY(scripted.runtime().create());
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        std::optional<StartLock> lock(std::move(*StartLock::take(scripted.runtime())));
        QCoro::waitFor(session->refresh());
        QCOMPARE(session->state(), MachineState::Starting);
        const Result<void> started = QCoro::waitFor(session->start());
        QVERIFY(!started);
        QCOMPARE(started.error().kind, ErrorKind::WrongState);
        // That start fails.
        lock.reset();
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Off, patience);
    }

    // QEMU lets no guest go on after an internal error that was not reset.
    void resetsWhatStoppedAfterAnExchange()
    {
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("internal-error"));
        leaveAnExchange(scripted);
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        QCoro::waitFor(session->refresh());
        QCOMPARE(session->state(), MachineState::InternalError);
        const Result<void> reset = QCoro::waitFor(session->reset());
        QVERIFY2(reset, reset ? "" : qPrintable(reset.error().text()));
        const qsizetype at = scripted.commands().indexOf(QStringLiteral("system_reset"));
        QVERIFY(at >= 0);
        QVERIFY(!scripted.commands().first(at).contains(QStringLiteral("cont")));
        QVERIFY(!QFile::exists(scripted.runtime().exchangeJournal()));
    }

    // A disk is compacted or shrunk for longer than the application waits: no trouble, and no pause.
    void leavesAnExchangeToWhoIsAtIt()
    {
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("paused"));
        leaveAnExchange(scripted);
        const Result<TurnLock> turn = QCoro::waitFor(TurnLock::take(scripted.runtime().graphLock(), 1s));
        QVERIFY(turn);
        QVERIFY(QFile::link(scripted.runtime().applicationQmp(), scripted.runtime().commandLineQmp()));
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe, QmpSeat::CommandLine);
        QCoro::waitFor(session->refresh());
        QCOMPARE(session->state(), MachineState::Running);
        QVERIFY(!session->lastError());
    }

    void canBeDeletedWhileItWaits()
    {
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("running"));
        AcceleratorProbe probe(scripted.places().cache);
        auto session = sessionOf(scripted, probe);
        QCoro::waitFor(session->refresh());
        scripted.hang();
        QCoro::Task<Result<void>> pausing = session->pause();
        QCoro::Task<Result<void>> ending = session->powerOff();
        session.reset();
        QVERIFY(!QCoro::waitFor(pausing));
        QVERIFY(!QCoro::waitFor(ending));
    }

    void removesADriveWhileOff()
    {
        ScriptedMachine scripted;
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        const QSignalSpy changed(session.get(), &MachineSession::definitionChanged);
        const Result<DriveRemoval> absent = QCoro::waitFor(session->drives().remove({0, 7}, RemovalWay::Safely));
        QVERIFY(!absent);
        QCOMPARE(absent.error().kind, ErrorKind::NotFound);
        QVERIFY(QCoro::waitFor(session->drives().remove({0, 1}, RemovalWay::Safely)));
        QCOMPARE(changed.size(), 1);
        QVERIFY(session->drives().at({0, 1}) == nullptr);
        QCOMPARE(session->machine().definition.bootOrder, std::vector<BootDevice>{BootDevice(SlotId{0, 0})});
    }

    void movesDrivesWhileOff()
    {
        ScriptedMachine scripted;
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        MachineDrives& drives = session->drives();
        const Drive disk = *drives.at({0, 0});
        const Result<void> taken = QCoro::waitFor(drives.move({0, 0}, {0, 1}));
        QVERIFY(!taken);
        QCOMPARE(taken.error().kind, ErrorKind::InUse);
        const Result<void> nowhere = QCoro::waitFor(drives.move({0, 0}, {2, 0}));
        QVERIFY(!nowhere);
        QVERIFY2(
            nowhere.error().summary.contains(QLatin1String("controller")), qPrintable(nowhere.error().summary));
        QVERIFY(drives.addController());
        QVERIFY(drives.addController());
        QVERIFY(QCoro::waitFor(drives.move({0, 0}, {2, 63})));
        QVERIFY(drives.at({0, 0}) == nullptr && drives.at({2, 63}) != nullptr);
        QCOMPARE(drives.at({2, 63})->what, disk.what);
        QCOMPARE(session->machine().definition.bootOrder,
            (std::vector<BootDevice>{BootDevice(SlotId{0, 1}), BootDevice(SlotId{2, 63})}));

        const Result<void> used = drives.removeController();
        QVERIFY(!used);
        QCOMPARE(used.error().kind, ErrorKind::InUse);
        QVERIFY(QCoro::waitFor(drives.move({2, 63}, {0, 5})));
        QVERIFY(drives.removeController());
        QVERIFY(drives.removeController());
        QVERIFY(!drives.removeController()); // the only one
        for (int number = 1; number < maxControllers; ++number) {
            QVERIFY(drives.addController());
        }
        QVERIFY(!drives.addController());
    }

    void setsHowADiskIsAttachedWhileOff()
    {
        ScriptedMachine scripted;
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        QVERIFY(session->drives().setAttachment({0, 0}, true, false));
        const auto& disk = std::get<DiskDrive>(session->drives().at({0, 0})->what);
        QVERIFY(disk.isReadOnly && !disk.discards);
        QVERIFY(!session->drives().setAttachment({0, 1}, true, false)); // a DVD drive
        scripted.run(QStringLiteral("running"));
        QCoro::waitFor(session->refresh());
        QVERIFY(!session->drives().setAttachment({0, 0}, false, true));
    }

    void setsAMediumWhileOff()
    {
        ScriptedMachine scripted;
        QFile iso(scripted.places().cache + QStringLiteral("/new.iso"));
        QVERIFY(iso.open(QIODevice::WriteOnly) && iso.write("not empty") > 0);
        iso.close();
        AcceleratorProbe probe(scripted.places().cache);
        const auto session = sessionOf(scripted, probe);
        const Result<void> missing = QCoro::waitFor(session->setMedium({0, 1}, QStringLiteral("/no/such.iso")));
        QVERIFY(!missing);
        QCOMPARE(missing.error().kind, ErrorKind::NotFound);
        const Result<void> noDvd = QCoro::waitFor(session->setMedium({0, 0}, iso.fileName()));
        QVERIFY(!noDvd);
        QCOMPARE(noDvd.error().kind, ErrorKind::NotFound);
        QVERIFY(QCoro::waitFor(session->setMedium({0, 1}, iso.fileName())));
        const Result<StoredMachine> stored = MachineStore(scripted.places().machines).load(QStringLiteral("box"));
        QVERIFY(stored);
        QCOMPARE(std::get<DvdDrive>(stored->definition.driveAt({0, 1})->what).medium, iso.fileName());
        QVERIFY(QCoro::waitFor(session->setMedium({0, 1}, QString())));
        QVERIFY(std::get<DvdDrive>(session->machine().definition.driveAt({0, 1})->what).medium.isEmpty());

        // Another program takes the drive out, and nobody has told this session yet.
        QVERIFY(MachineStore(scripted.places().machines)
                .update(QStringLiteral("box"), [](Definition& definition) -> Result<void> {
                    std::erase_if(definition.drives, [](const Drive& drive) { return drive.slot == SlotId{0, 1}; });
                    std::erase(definition.bootOrder, BootDevice(SlotId{0, 1}));
                    return {};
                }));
        const Result<void> gone = QCoro::waitFor(session->setMedium({0, 1}, iso.fileName()));
        QVERIFY(!gone);
        QCOMPARE(gone.error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(MachineSessionTest)
#include "machine_session_test.moc"
