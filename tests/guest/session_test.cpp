// SPDX-License-Identifier: GPL-3.0-or-later
// Machine sessions on real QEMU and real firmware; no system is needed in the guest.
#include "core/qemu/block_graph.h"
#include "core/qemu/qmp_client.h"
#include "tests/guest/live_machine.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QRegularExpression>
#include <QTest>

#include <cerrno>
#include <csignal>

using namespace platter;
using namespace std::chrono_literals;

namespace {

constexpr int patience = LiveMachine::patience;

} // namespace

Q_DECLARE_METATYPE(platter::MachineState)

class SessionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void goesThroughItsLife()
    {
        LiveMachine live;
        const StoredMachine machine = live.make(QStringLiteral("Größe 1"));
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        QCOMPARE(session->state(), MachineState::Running);
        QVERIFY(!session->lastError());
        QVERIFY(session->startedAt().isValid());
        QCOMPARE(session->accelerator()->accelerator, Accelerator::Tcg);
        QVERIFY(!session->accelerator()->reason.isEmpty());
        QVERIFY(QFile::exists(session->vncSocket()));
        const Result<QStringList> commandLine = QCoro::waitFor(session->commandLine());
        QVERIFY(commandLine);
        QFile running(QStringLiteral("/proc/%1/cmdline").arg(live.pid(machine)));
        QVERIFY(running.open(QIODevice::ReadOnly));
        QCOMPARE(QString::fromUtf8(running.readAll()).split(QChar::Null, Qt::SkipEmptyParts),
            QStringList(*commandLine).filter(QRegularExpression(QStringLiteral("."))));

        const Result<void> twice = QCoro::waitFor(session->start());
        QVERIFY(!twice);
        QCOMPARE(twice.error().kind, ErrorKind::WrongState);
        GOOD(QCoro::waitFor(session->pause()));
        QCOMPARE(session->state(), MachineState::Paused);
        GOOD(QCoro::waitFor(session->resume()));
        QCOMPARE(session->state(), MachineState::Running);
        GOOD(QCoro::waitFor(session->reset()));
        QCOMPARE(session->state(), MachineState::Running);
        GOOD(QCoro::waitFor(session->pause()));
        // What is reset goes on.
        GOOD(QCoro::waitFor(session->reset()));
        QCOMPARE(session->state(), MachineState::Running);

        GOOD(QCoro::waitFor(session->powerOff()));
        QCOMPARE(session->state(), MachineState::Off);
        QVERIFY(!session->lastError());
        QCOMPARE(live.pid(machine), 0);
        const RuntimeFolder runtime = live.runtime(machine);
        for (const QString& file :
            {runtime.applicationQmp(), runtime.vnc(), runtime.pidFile(), LaunchRecord::fileIn(runtime)}) {
            QVERIFY2(!QFile::exists(file), qUtf8Printable(file));
        }
        // And once more, with the NVRAM that there is now.
        GOOD(QCoro::waitFor(session->start()));
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    void isFoundAgain_data()
    {
        QTest::addColumn<MachineState>("state");
        QTest::newRow("running") << MachineState::Running;
        QTest::newRow("paused") << MachineState::Paused;
    }

    void isFoundAgain()
    {
        QFETCH(MachineState, state);
        LiveMachine live;
        const StoredMachine machine = live.make(QStringLiteral("box"));
        QDateTime startedAt;
        {
            const auto library = live.library();
            MachineSession* session = library->find(QStringLiteral("box"));
            QVERIFY(session);
            GOOD(QCoro::waitFor(session->start()));
            if (state == MachineState::Paused) {
                GOOD(QCoro::waitFor(session->pause()));
            }
            startedAt = session->startedAt();
        }
        const auto library = live.library();
        MachineSession* session = library->find(QStringLiteral("box"));
        QVERIFY(session);
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), state, patience);
        QCOMPARE(session->startedAt().toMSecsSinceEpoch(), startedAt.toMSecsSinceEpoch());
        QVERIFY(QFile::exists(session->vncSocket()));
        QVERIFY(session->accelerator());
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    void isSeenByOtherPrograms()
    {
        LiveMachine live;
        const StoredMachine machine = live.make(QStringLiteral("box"));
        const auto library = live.library();
        MachineSession* seen = library->find(QStringLiteral("box"));
        QVERIFY(seen);
        const auto commandLine = live.session(machine, QmpSeat::CommandLine);
        const auto another = live.session(machine, QmpSeat::CommandLine);
        GOOD(QCoro::waitFor(commandLine->start()));
        QTRY_COMPARE_WITH_TIMEOUT(seen->state(), MachineState::Running, patience);
        // Written down a moment after QEMU is there.
        QTRY_VERIFY_WITH_TIMEOUT(seen->startedAt().isValid(), patience);

        // Two command-line programs take turns.
        QCoro::Task<void> looking = another->refresh();
        GOOD(QCoro::waitFor(commandLine->pause()));
        QCoro::waitFor(looking);
        QCoro::waitFor(another->refresh());
        QCOMPARE(another->state(), MachineState::Paused);
        QTRY_COMPARE_WITH_TIMEOUT(seen->state(), MachineState::Paused, patience);

        // The firmware does nothing about the power button; everybody knows that it was pressed.
        GOOD(QCoro::waitFor(another->resume()));
        seen->setPatience(20s);
        GOOD(QCoro::waitFor(another->shutDown(ShutdownWay::Acpi)));
        QTRY_COMPARE_WITH_TIMEOUT(seen->state(), MachineState::ShuttingDown, patience);

        GOOD(QCoro::waitFor(commandLine->powerOff()));
        QTRY_COMPARE_WITH_TIMEOUT(seen->state(), MachineState::Off, patience);
        QTRY_COMPARE_WITH_TIMEOUT(another->state(), MachineState::Off, patience);
        QVERIFY(!seen->lastError());
    }

    void isStartedOnce()
    {
        LiveMachine live;
        const StoredMachine machine = live.make(QStringLiteral("box"));
        const auto one = live.session(machine);
        const auto two = live.session(machine, QmpSeat::CommandLine);
        QCoro::Task<Result<void>> first = one->start();
        QCoro::Task<Result<void>> second = two->start();
        const Result<void> firstOutcome = QCoro::waitFor(first);
        const Result<void> secondOutcome = QCoro::waitFor(second);
        QVERIFY(firstOutcome.has_value() != secondOutcome.has_value());
        const Error& refusal = firstOutcome ? secondOutcome.error() : firstOutcome.error();
        QVERIFY2(refusal.kind == ErrorKind::InUse || refusal.kind == ErrorKind::WrongState,
            qUtf8Printable(refusal.text()));
        QTRY_COMPARE_WITH_TIMEOUT(one->state(), MachineState::Running, patience);
        QTRY_COMPARE_WITH_TIMEOUT(two->state(), MachineState::Running, patience);
    }

    void saysThatQemuWasKilled()
    {
        LiveMachine live;
        const StoredMachine machine = live.make(QStringLiteral("box"));
        auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        QCOMPARE(::kill(live.pid(machine), SIGKILL), 0);
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Crashed, patience);
        QVERIFY(session->lastError());
        QVERIFY(!session->lastError()->advice.isEmpty());
        const auto next = live.session(machine, QmpSeat::CommandLine);
        QCoro::waitFor(next->refresh());
        QCOMPARE(next->state(), MachineState::Crashed);
        GOOD(QCoro::waitFor(session->start()));
        QCOMPARE(session->state(), MachineState::Running);
        // A polite end from outside is no crash.
        QCOMPARE(::kill(live.pid(machine), SIGTERM), 0);
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Off, patience);
    }

    void powersOffAQemuThatHangs()
    {
        LiveMachine live;
        const StoredMachine machine = live.make(QStringLiteral("box"));
        const auto session = live.session(machine);
        const auto commandLine = live.session(machine, QmpSeat::CommandLine);
        GOOD(QCoro::waitFor(session->start()));
        QCoro::waitFor(commandLine->refresh());
        QCOMPARE(::kill(live.pid(machine), SIGSTOP), 0);
        const Result<void> paused = QCoro::waitFor(session->pause());
        QVERIFY(!paused);
        QCOMPARE(paused.error().kind, ErrorKind::TimedOut);
        QCOMPARE(session->state(), MachineState::Running);
        const Result<void> refused = QCoro::waitFor(commandLine->pause());
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::TimedOut);
        GOOD(QCoro::waitFor(commandLine->powerOff()));
        // For nobody it is a crash.
        QCOMPARE(commandLine->state(), MachineState::Off);
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Off, patience);
    }

    void outlivesItsFolder()
    {
        LiveMachine live;
        const StoredMachine machine = live.make(QStringLiteral("box"));
        live.make(QStringLiteral("other"));
        auto library = live.library();
        MachineSession* session = library->find(QStringLiteral("box"));
        QVERIFY(session);
        GOOD(QCoro::waitFor(session->start()));
        QVERIFY(QDir(machine.folder).removeRecursively());
        QTRY_VERIFY_WITH_TIMEOUT(library->entries().front().error, patience);
        QCOMPARE(library->entries().size(), 2U);
        QCOMPARE(library->find(QStringLiteral("box")), session);
        QCOMPARE(library->entries().front().error->kind, ErrorKind::NotFound);
        GOOD(QCoro::waitFor(session->pause()));

        // The next start of the application knows it, too.
        library = live.library();
        session = library->find(QStringLiteral("box"));
        QVERIFY(session);
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Paused, patience);
        GOOD(QCoro::waitFor(session->powerOff()));
        QTRY_COMPARE_WITH_TIMEOUT(library->entries().size(), 1U, patience);
        QVERIFY(!library->find(QStringLiteral("box")));
    }

    void waitsForSpaceAndGoesOn()
    {
        LiveMachine live;
        const QString image =
            live.makeImage(QStringLiteral("system.qcow2"), QStringLiteral("qcow2"), QStringLiteral("64M"));
        const StoredMachine machine =
            live.make(QStringLiteral("box"), {{{0, 0}, DiskDrive{image, DiskFormat::Qcow2}}});
        auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        GOOD(QCoro::waitFor(session->pause()));

        // From now on every access finds the storage full, beginning with the firmware's after the reset.
        QmpClient qmp;
        GOOD(QCoro::waitFor(qmp.open(live.runtime(machine).commandLineQmp(), 60s)));
        const auto below = [](const QString& node) {
            return QJsonObject{{QStringLiteral("options"),
                QJsonArray{QJsonObject{{QStringLiteral("driver"), QStringLiteral("raw")},
                    {QStringLiteral("node-name"), QStringLiteral("drive-0-0")}, {QStringLiteral("file"), node},
                    {QStringLiteral("discard"), QStringLiteral("unmap")}}}}};
        };
        GOOD(QCoro::waitFor(qmp.execute(QStringLiteral("blockdev-add"),
            {{QStringLiteral("driver"), QStringLiteral("blkdebug")},
                {QStringLiteral("node-name"), QStringLiteral("full")},
                {QStringLiteral("image"), QStringLiteral("drive-0-0-fmt-0")},
                {QStringLiteral("inject-error"),
                    QJsonArray{QJsonObject{
                        {QStringLiteral("event"), QStringLiteral("none")}, {QStringLiteral("errno"), ENOSPC}}}}})));
        GOOD(QCoro::waitFor(qmp.execute(QStringLiteral("blockdev-reopen"), below(QStringLiteral("full")))));
        QVERIFY(QCoro::waitFor(session->reset()));
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::IoError, patience);
        QCOMPARE(session->lastError()->kind, ErrorKind::NoSpace);
        QVERIFY2(session->lastError()->summary.contains(image), qUtf8Printable(session->lastError()->summary));
        QVERIFY(!session->lastError()->advice.isEmpty());

        // The next program finds it like that.
        session = live.session(machine);
        QCoro::waitFor(session->refresh());
        QCOMPARE(session->state(), MachineState::IoError);
        QVERIFY2(session->lastError()->summary.contains(image), qUtf8Printable(session->lastError()->summary));

        // Space is made.
        GOOD(QCoro::waitFor(
            qmp.execute(QStringLiteral("blockdev-reopen"), below(QStringLiteral("drive-0-0-fmt-0")))));
        GOOD(QCoro::waitFor(session->resume()));
        QCOMPARE(session->state(), MachineState::Running);
        QVERIFY(!session->lastError());
    }

    void changesMediaWhileRunning()
    {
        LiveMachine live;
        const QString first = live.makeMedium(QStringLiteral("first, 1.iso"), 'a');
        const QString second = live.makeMedium(QStringLiteral("second.iso"), 'b');
        constexpr SlotId slot{0, 3};
        const StoredMachine machine = live.make(QStringLiteral("box"), {{slot, DvdDrive{first}}});
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        const auto isOpen = [&live, &machine](const QString& file) {
            const QString folder = QStringLiteral("/proc/%1/fd/").arg(live.pid(machine));
            for (const QFileInfo& fd : QDir(folder).entryInfoList(QDir::AllEntries | QDir::System)) {
                if (fd.symLinkTarget() == file) {
                    return true;
                }
            }
            return false;
        };
        QVERIFY(isOpen(first));
        GOOD(QCoro::waitFor(session->setMedium(slot, second)));
        QVERIFY(isOpen(second) && !isOpen(first));
        GOOD(QCoro::waitFor(session->setMedium(slot, QString())));
        QVERIFY(!isOpen(second));
        GOOD(QCoro::waitFor(session->setMedium(slot, QString())));
        GOOD(QCoro::waitFor(session->setMedium(slot, first)));
        QVERIFY(isOpen(first));

        // What cannot be opened leaves everything as it was.
        const Result<void> missing = QCoro::waitFor(session->setMedium(slot, live.path(QStringLiteral("no.iso"))));
        QVERIFY(!missing);
        QCOMPARE(missing.error().kind, ErrorKind::NotFound);
        QVERIFY(isOpen(first));
        const Result<StoredMachine> stored = MachineStore(live.places().machines).load(QStringLiteral("box"));
        QVERIFY(stored);
        QCOMPARE(std::get<DvdDrive>(stored->definition.driveAt(slot)->what).medium, first);

        // A program that died half-way has left nodes behind.
        {
            QmpClient qmp;
            GOOD(QCoro::waitFor(qmp.open(live.runtime(machine).commandLineQmp(), 60s)));
            GOOD(QCoro::waitFor(qmp.execute(QStringLiteral("blockdev-add"), mediumFileNode(slot, 7, second))));
            GOOD(QCoro::waitFor(qmp.execute(QStringLiteral("blockdev-add"), mediumNode(slot, 7))));
            GOOD(QCoro::waitFor(
                qmp.execute(QStringLiteral("blockdev-open-tray"), {{QStringLiteral("id"), driveName(slot)}})));
            GOOD(QCoro::waitFor(
                qmp.execute(QStringLiteral("blockdev-remove-medium"), {{QStringLiteral("id"), driveName(slot)}})));
        }
        QVERIFY(isOpen(second));
        GOOD(QCoro::waitFor(session->setMedium(slot, first)));
        QVERIFY(isOpen(first) && !isOpen(second));
    }

    void saysWhyItDoesNotStart_data()
    {
        QTest::addColumn<QString>("obstacle");
        QTest::addColumn<ErrorKind>("kind");
        QTest::newRow("image gone") << "image" << ErrorKind::NotFound;
        QTest::newRow("image in use") << "use" << ErrorKind::InUse;
        QTest::newRow("no firmware") << "firmware" << ErrorKind::MissingFirmware;
        QTest::newRow("folder gone") << "folder" << ErrorKind::NotFound;
    }

    void saysWhyItDoesNotStart()
    {
        QFETCH(QString, obstacle);
        QFETCH(ErrorKind, kind);
        LiveMachine live;
        const QString image =
            live.makeImage(QStringLiteral("system.qcow2"), QStringLiteral("qcow2"), QStringLiteral("64M"));
        const std::vector<Drive> drives{{{0, 0}, DiskDrive{image, DiskFormat::Qcow2}}};
        const StoredMachine machine = live.make(QStringLiteral("box"), drives);
        const auto other = live.session(live.make(QStringLiteral("other"), drives));
        Places places = live.places();
        if (obstacle == QLatin1String("image")) {
            QVERIFY(QFile::remove(image));
        } else if (obstacle == QLatin1String("use")) {
            GOOD(QCoro::waitFor(other->start()));
        } else if (obstacle == QLatin1String("firmware")) {
            places.firmwareDescriptors = {live.path(QStringLiteral("nowhere"))};
        } else {
            QVERIFY(QDir(machine.folder).removeRecursively());
        }
        MachineSession session(machine, places, live.probe(), QmpSeat::Application);
        const Result<void> started = QCoro::waitFor(session.start());
        QVERIFY(!started);
        QCOMPARE(started.error().kind, kind);
        QVERIFY(!started.error().advice.isEmpty());
        QCOMPARE(session.state(), MachineState::Off);
        QVERIFY(session.lastError() == std::optional(started.error()));
        QCOMPARE(live.pid(machine), 0);
        QCOMPARE(other->state(), obstacle == QLatin1String("use") ? MachineState::Running : MachineState::Off);
    }
};

QTEST_GUILESS_MAIN(SessionTest)
#include "session_test.moc"
