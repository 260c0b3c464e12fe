// SPDX-License-Identifier: GPL-3.0-or-later
// Changing the disk of a running machine, on real QEMU and real firmware; no system is needed in the guest. What a
// guest sees of it is disk_exchange_guest_test's.
#include "core/disk/host_file.h"
#include "core/disk/inspect_file.h"
#include "core/disk/operations/create_disk.h"
#include "core/live/exchange_journal.h"
#include "core/live/running_disk_job.h"
#include "core/qemu/block_graph.h"
#include "tests/guest/live_machine.h"
#include "tests/guest/qmp_proxy.h"

#include <QFile>
#include <QJsonArray>
#include <QProcess>
#include <QScopeGuard>
#include <QTest>
#include <QTimer>

#include <csignal>
#include <semaphore>

using namespace platter;

namespace {

constexpr int patience = LiveMachine::patience;
constexpr SlotId slot{0, 3};
const ByteCount small = ByteCount::gibibytes(1);
const ByteCount large = ByteCount::gibibytes(3);

QString makeVhdx(const LiveMachine& live, const QString& name)
{
    const NewDiskRequest request{.file = live.path(name), .size = small};
    if (const Result<ByteCount> made = createDisk(request); !made) {
        qFatal("%s", qUtf8Printable(made.error().text()));
    }
    return request.file;
}

Result<OperationOutcome> run(DiskJob& job)
{
    return QCoro::waitFor(job.run(std::make_shared<Progress>()));
}

ByteCount sizeIn(const QString& file)
{
    const Result<DiskInspection> inspection = inspectFile(file, {}, InspectAccess::Shared);
    return inspection ? inspection->virtualSize : ByteCount();
}

// What QEMU says of the disk in the slot, and the nodes that it has for it.
struct Graph {
    ByteCount size;
    QStringList nodes;
};

Graph graphOf(const LiveMachine& live, const StoredMachine& machine)
{
    MachineMonitor monitor(live.runtime(machine), QmpSeat::CommandLine);
    const Result<QJsonValue> nodes = QCoro::waitFor(monitor.execute(QStringLiteral("query-named-block-nodes")));
    Graph graph;
    for (const QJsonValue& node : nodes.value_or(QJsonValue()).toArray()) {
        const QString name = node[QLatin1String("node-name")].toString();
        if (name.startsWith(driveName(slot))) {
            graph.nodes << name;
        }
        if (name == driveName(slot)) {
            graph.size = ByteCount(static_cast<std::uint64_t>(
                node[QLatin1String("image")][QLatin1String("virtual-size")].toInteger()));
        }
    }
    graph.nodes.sort();
    return graph;
}

bool isWhole(const Graph& graph, ByteCount size)
{
    return graph.size == size && graph.nodes.size() == 3 && !graph.nodes.contains(holdNodeName(slot));
}

QString words(const Graph& graph)
{
    return graph.size.toString() + QStringLiteral(": ") + graph.nodes.join(QLatin1Char(' '));
}

#define WHOLE(graph, size)                                                                                         \
    do {                                                                                                           \
        const Graph nowThere = (graph);                                                                            \
        QVERIFY2(isWhole(nowThere, size), qUtf8Printable(words(nowThere)));                                        \
    } while (false)

} // namespace

Q_DECLARE_METATYPE(platter::DiskFormat)

class DiskExchangeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void expandsADiskInUse_data()
    {
        QTest::addColumn<DiskFormat>("format");
        QTest::newRow("VHDX") << DiskFormat::Vhdx;
        QTest::newRow("qcow2") << DiskFormat::Qcow2;
        QTest::newRow("raw") << DiskFormat::Raw;
    }

    void expandsADiskInUse()
    {
        QFETCH(DiskFormat, format);
        LiveMachine live;
        const QString file = format == DiskFormat::Vhdx
            ? makeVhdx(live, QStringLiteral("disk"))
            : live.makeImage(QStringLiteral("disk"), nameOf(format), QStringLiteral("1G"));
        const StoredMachine machine = live.make(QStringLiteral("box"), {{slot, DiskDrive{file, format}}});
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        QList<MachineState> states;
        connect(session.get(), &MachineSession::stateChanged, session.get(), [&] { states << session->state(); });

        const std::unique_ptr<DiskJob> job =
            expandRunning({session.get(), slot}, {.file = file, .newSize = large}, InGuest::Leave);
        const Result<OperationPlan> plan = QCoro::waitFor(job->plan());
        GOOD(plan);
        QVERIFY2(plan->steps.join(QLatin1Char(' ')).contains(QStringLiteral("box")),
            qUtf8Printable(plan->steps.join(QLatin1Char('\n'))));
        QCOMPARE(sizeIn(file), small);
        const Result<OperationOutcome> outcome = run(*job);
        GOOD(outcome);
        QCOMPARE(outcome->pause.has_value(), format == DiskFormat::Vhdx);
        WHOLE(graphOf(live, machine), large);
        QCOMPARE(sizeIn(file), large);
        QCOMPARE(session->state(), MachineState::Running);
        // That it stands still for a moment is no state to tell of.
        QCOMPARE(states, QList<MachineState>());
        QVERIFY(!QFile::exists(live.runtime(machine).exchangeJournal()));

        // Not smaller, and not by this.
        const Result<OperationPlan> smaller = QCoro::waitFor(
            expandRunning({session.get(), slot}, {.file = file, .newSize = small}, InGuest::Leave)->plan());
        QVERIFY(!smaller);
        QCOMPARE(smaller.error().kind, ErrorKind::InvalidInput);
        GOOD(QCoro::waitFor(session->powerOff()));
        QCOMPARE(sizeIn(file), large);
    }

    // 60 TiB in blocks of 1 MiB: QEMU reads a table of half a GiB while the machine stands still.
    void saysWhatALargeTableCosts()
    {
        LiveMachine live;
        const NewDiskRequest request{.file = live.path(QStringLiteral("large.vhdx")),
            .size = ByteCount::tebibytes(60),
            .blockSize = ByteCount::mebibytes(1)};
        GOOD(createDisk(request));
        const StoredMachine machine = live.make(QStringLiteral("box"), {{slot, DiskDrive{request.file}}});
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        const std::unique_ptr<DiskJob> job = expandRunning(
            {session.get(), slot}, {.file = request.file, .newSize = ByteCount::tebibytes(61)}, InGuest::Leave);
        const Result<OperationPlan> plan = QCoro::waitFor(job->plan());
        GOOD(plan);
        const QString steps = plan->steps.join(QLatin1Char(' '));
        QVERIFY2(steps.contains(QLatin1String("tenths of a second")) && steps.contains(QLatin1String("(488")),
            qUtf8Printable(steps));
        GOOD(run(*job));
        WHOLE(graphOf(live, machine), ByteCount::tebibytes(61));
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    void shrinksAndCompactsAVhdxInUseOnly()
    {
        LiveMachine live;
        const QString file = makeVhdx(live, QStringLiteral("disk"));
        const StoredMachine machine = live.make(QStringLiteral("box"), {{slot, DiskDrive{file, DiskFormat::Vhdx}}});
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        const ByteCount less = ByteCount::mebibytes(600);
        GOOD(run(*shrinkRunning({session.get(), slot}, {.file = file, .newSize = less})));
        WHOLE(graphOf(live, machine), less);
        GOOD(run(*compactRunning({session.get(), slot}, {.file = file})));
        WHOLE(graphOf(live, machine), less);
        QCOMPARE(session->state(), MachineState::Running);
        GOOD(QCoro::waitFor(session->powerOff()));

        const QString raw = live.makeImage(QStringLiteral("raw"), QStringLiteral("raw"), QStringLiteral("1G"));
        const StoredMachine other = live.make(QStringLiteral("other"), {{slot, DiskDrive{raw, DiskFormat::Raw}}});
        const auto another = live.session(other);
        GOOD(QCoro::waitFor(another->start()));
        const Result<OperationPlan> refused =
            QCoro::waitFor(shrinkRunning({another.get(), slot}, {.file = raw, .newSize = less})->plan());
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Unsupported);
        GOOD(QCoro::waitFor(another->powerOff()));
    }

    void leavesAPausedMachinePaused()
    {
        LiveMachine live;
        const QString file = makeVhdx(live, QStringLiteral("disk"));
        const StoredMachine machine = live.make(QStringLiteral("box"), {{slot, DiskDrive{file, DiskFormat::Vhdx}}});
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        GOOD(QCoro::waitFor(session->pause()));
        const Result<OperationOutcome> outcome =
            run(*expandRunning({session.get(), slot}, {.file = file, .newSize = large}, InGuest::Leave));
        GOOD(outcome);
        QVERIFY(!outcome->pause);
        QCOMPARE(session->state(), MachineState::Paused);
        WHOLE(graphOf(live, machine), large);
        GOOD(QCoro::waitFor(session->resume()));
        QCOMPARE(session->state(), MachineState::Running);
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    // A change that fails puts the image back and lets the machine go on.
    void goesOnAfterAnEditThatFails()
    {
        LiveMachine live;
        const QString file = makeVhdx(live, QStringLiteral("disk"));
        const StoredMachine machine = live.make(QStringLiteral("box"), {{slot, DiskDrive{file, DiskFormat::Vhdx}}});
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        const Error trouble{ErrorKind::NoSpace, QStringLiteral("No space."), QStringLiteral("Make some.")};
        const Result<ExchangeOutcome> failed = QCoro::waitFor(session->exchangeDisk(
            slot, [trouble]() -> Result<OperationOutcome> { return std::unexpected(trouble); }));
        QVERIFY(!failed);
        QCOMPARE(failed.error(), trouble);
        WHOLE(graphOf(live, machine), small);
        QCOMPARE(session->state(), MachineState::Running);
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    // Where somebody snatches the image meanwhile, the machine stands still, says so, and goes on once it is free.
    void standsStillWhereTheImageCannotComeBack()
    {
        LiveMachine live;
        const QString file = makeVhdx(live, QStringLiteral("disk"));
        const StoredMachine machine = live.make(QStringLiteral("box"), {{slot, DiskDrive{file, DiskFormat::Vhdx}}});
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        std::unique_ptr<HostFile> thief;
        const Result<ExchangeOutcome> failed =
            QCoro::waitFor(session->exchangeDisk(slot, [&]() -> Result<OperationOutcome> {
                thief = *HostFile::open(file, HostFile::Access::ReadWrite);
                return OperationOutcome{};
            }));
        QVERIFY(!failed);
        QVERIFY2(failed.error().summary.contains(file), qUtf8Printable(failed.error().summary));
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Paused, patience);
        QVERIFY(session->lastError());
        QVERIFY(!QCoro::waitFor(session->resume()));
        QCOMPARE(session->state(), MachineState::Paused);
        QVERIFY(!QCoro::waitFor(session->reset()));
        QCOMPARE(session->state(), MachineState::Paused);
        thief.reset();
        GOOD(QCoro::waitFor(session->resume()));
        QCOMPARE(session->state(), MachineState::Running);
        QVERIFY(!session->lastError());
        WHOLE(graphOf(live, machine), small);
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    void refusesWhileQemuIsBusyWithADisk()
    {
        LiveMachine live;
        const QString file = makeVhdx(live, QStringLiteral("disk"));
        const QString copy = live.makeImage(QStringLiteral("copy"), QStringLiteral("raw"), QStringLiteral("1G"));
        const StoredMachine machine = live.make(QStringLiteral("box"), {{slot, DiskDrive{file, DiskFormat::Vhdx}}});
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        {
            MachineMonitor monitor(live.runtime(machine), QmpSeat::CommandLine);
            GOOD(QCoro::waitFor(monitor.execute(QStringLiteral("blockdev-add"),
                {{QStringLiteral("driver"), QStringLiteral("file")},
                    {QStringLiteral("node-name"), QStringLiteral("copy")}, {QStringLiteral("filename"), copy}})));
            GOOD(QCoro::waitFor(monitor.execute(QStringLiteral("blockdev-mirror"),
                {{QStringLiteral("job-id"), QStringLiteral("copying")}, {QStringLiteral("device"), driveName(slot)},
                    {QStringLiteral("target"), QStringLiteral("copy")},
                    {QStringLiteral("sync"), QStringLiteral("full")}})));
        }
        const Result<OperationOutcome> refused =
            run(*expandRunning({session.get(), slot}, {.file = file, .newSize = large}, InGuest::Leave));
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::WrongState);
        QVERIFY2(
            refused.error().summary.contains(QStringLiteral("copying")), qUtf8Printable(refused.error().summary));
        QCOMPARE(sizeIn(file), small);
        QCOMPARE(session->state(), MachineState::Running);
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    // platterctl dies before each command that it would send, in turn; whoever looks next sets things right.
    void survivesTheDeathOfTheProgram()
    {
        LiveMachine live;
        const QString file = makeVhdx(live, QStringLiteral("disk"));
        const StoredMachine machine = live.make(QStringLiteral("box"), {{slot, DiskDrive{file, DiskFormat::Vhdx}}});
        const auto starter = live.session(machine, QmpSeat::CommandLine);
        GOOD(QCoro::waitFor(starter->start()));
        QmpProxy proxy(live.runtime(machine).commandLineQmp());

        ByteCount size = small;
        int deaths = 0;
        for (bool diedOnce = true; diedOnce; ++deaths) {
            const ByteCount wanted = ByteCount(size.bytes() + ByteCount::gibibytes(1).bytes());
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
            program.start(QStringLiteral(PLATTER_BINARY_DIR "/bin/platterctl"),
                {QStringLiteral("disk"), QStringLiteral("expand"), file, wanted.toExactString()});
            QVERIFY(QTest::qWaitFor([&] { return program.state() == QProcess::NotRunning; }, patience));
            diedOnce = killed;
            QCOMPARE(program.exitStatus(), killed ? QProcess::CrashExit : QProcess::NormalExit);
            QVERIFY2(killed || program.exitCode() == 0, program.readAllStandardError().constData());

            proxy.onCommand({});
            const auto next = live.session(machine, QmpSeat::CommandLine);
            QCoro::waitFor(next->refresh());
            QCOMPARE(next->state(), MachineState::Running);
            QVERIFY(!QFile::exists(live.runtime(machine).exchangeJournal()));
            const ByteCount found = sizeIn(file);
            QVERIFY2(found == size || found == wanted, qUtf8Printable(found.toString()));
            WHOLE(graphOf(live, machine), found);
            size = found;
        }
        // Every command of an exchange, and what came before.
        QVERIFY2(deaths > 12, qPrintable(QString::number(deaths)));
        GOOD(QCoro::waitFor(starter->powerOff()));
    }

    void survivesAQemuThatDoesNotAnswerInTime_data()
    {
        QTest::addColumn<QByteArray>("command"); // at which it stands still
        QTest::addColumn<QByteArray>("about");
        QTest::addColumn<bool>("outlivesTheProgram");
        QTest::newRow("letting go") << QByteArray("blockdev-reopen") << QByteArray("-hold") << false;
        QTest::newRow("letting go, for long") << QByteArray("blockdev-reopen") << QByteArray("-hold") << true;
        QTest::newRow("putting back, for long")
            << QByteArray("blockdev-add") << fileNodeName(slot, 1).toUtf8() << true;
        QTest::newRow("tidying up, for long") << QByteArray("blockdev-del") << QByteArray("-hold") << true;
    }

    // It does what it was told when it goes on, after platterctl has stopped waiting.
    void survivesAQemuThatDoesNotAnswerInTime()
    {
        QFETCH(QByteArray, command);
        QFETCH(QByteArray, about);
        QFETCH(bool, outlivesTheProgram);
        LiveMachine live;
        const QString file = makeVhdx(live, QStringLiteral("disk"));
        const StoredMachine machine = live.make(QStringLiteral("box"), {{slot, DiskDrive{file, DiskFormat::Vhdx}}});
        const auto starter = live.session(machine, QmpSeat::CommandLine);
        GOOD(QCoro::waitFor(starter->start()));
        const pid_t qemu = live.pid(machine);
        const auto goOn = qScopeGuard([qemu] { ::kill(qemu, SIGCONT); });
        QmpProxy proxy(live.runtime(machine).commandLineQmp());
        bool stood = false;
        proxy.onCommand([&](int, const QByteArray& line) {
            if (!stood && line.contains(command) && line.contains(about)) {
                stood = true;
                ::kill(qemu, SIGSTOP);
                if (!outlivesTheProgram) {
                    QTimer::singleShot(QmpClient::usualDeadline + std::chrono::seconds(2), this,
                        [qemu] { ::kill(qemu, SIGCONT); });
                }
            }
            return true;
        });
        QProcess program;
        program.setProcessEnvironment(live.environment());
        program.start(QStringLiteral(PLATTER_BINARY_DIR "/bin/platterctl"),
            {QStringLiteral("disk"), QStringLiteral("expand"), file, large.toExactString()});
        QVERIFY(QTest::qWaitFor([&] { return program.state() == QProcess::NotRunning; }, patience));
        QVERIFY(stood);
        const bool isDone = program.exitCode() == 0;
        QCOMPARE(isDone, command == "blockdev-del");
        const ByteCount size = command == "blockdev-reopen" ? small : large;
        const std::optional<ExchangeJournal> journal = ExchangeJournal::read(live.runtime(machine));
        QCOMPARE(journal.has_value(), outlivesTheProgram);
        QVERIFY(!journal || !journal->trouble);
        ::kill(qemu, SIGCONT);
        proxy.onCommand({});
        if (isDone) {
            // The journal is there still; who pauses the machine meanwhile finds it paused.
            GOOD(QCoro::waitFor(starter->pause()));
        }
        const auto next = live.session(machine, QmpSeat::CommandLine);
        QCoro::waitFor(next->refresh());
        QCOMPARE(next->state(), isDone ? MachineState::Paused : MachineState::Running);
        QVERIFY(!QFile::exists(live.runtime(machine).exchangeJournal()));
        WHOLE(graphOf(live, machine), size);
        QCOMPARE(sizeIn(file), size);
        GOOD(QCoro::waitFor(starter->powerOff()));
    }

    // The application, which looks on while platterctl dies, sets things right by itself.
    void isHealedByTheApplication()
    {
        LiveMachine live;
        const QString file = makeVhdx(live, QStringLiteral("disk"));
        const StoredMachine machine = live.make(QStringLiteral("box"), {{slot, DiskDrive{file, DiskFormat::Vhdx}}});
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        QmpProxy proxy(live.runtime(machine).commandLineQmp());
        QProcess program;
        program.setProcessEnvironment(live.environment());
        bool wasPaused = false;
        proxy.onCommand([&](int, const QByteArray& command) {
            const bool isNext = command.contains("block_resize");
            if (isNext) {
                wasPaused = true;
                program.kill();
            }
            return !wasPaused;
        });
        program.start(QStringLiteral(PLATTER_BINARY_DIR "/bin/platterctl"),
            {QStringLiteral("disk"), QStringLiteral("expand"), file, large.toExactString()});
        QVERIFY(QTest::qWaitFor([&] { return program.state() == QProcess::NotRunning; }, patience));
        QVERIFY(wasPaused);
        proxy.onCommand({});
        QTRY_VERIFY_WITH_TIMEOUT(!QFile::exists(live.runtime(machine).exchangeJournal()), patience);
        QTRY_VERIFY_WITH_TIMEOUT(isWhole(graphOf(live, machine), large), patience);
        QCOMPARE(session->state(), MachineState::Running);
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    // QEMU dies before each command of an exchange: the image is whole, old or new, and the machine starts again.
    void survivesTheDeathOfQemu()
    {
        LiveMachine live;
        const QString file = makeVhdx(live, QStringLiteral("disk"));
        const StoredMachine machine = live.make(QStringLiteral("box"), {{slot, DiskDrive{file, DiskFormat::Vhdx}}});
        ByteCount size = small;
        int deaths = 0;
        for (bool died = true; died; ++deaths) {
            const auto session = live.session(machine, QmpSeat::CommandLine);
            GOOD(QCoro::waitFor(session->start()));
            const ByteCount wanted = ByteCount(size.bytes() + ByteCount::gibibytes(1).bytes());
            died = false;
            bool isExpanded = false;
            {
                QmpProxy proxy(live.runtime(machine).commandLineQmp());
                proxy.onCommand([&](int number, const QByteArray&) {
                    if (number == deaths) {
                        ::kill(live.pid(machine), SIGKILL);
                        died = true;
                    }
                    return !died;
                });
                const Result<OperationOutcome> outcome =
                    run(*expandRunning({session.get(), slot}, {.file = file, .newSize = wanted}, InGuest::Leave));
                isExpanded = outcome.has_value();
                QVERIFY2(died || isExpanded, qUtf8Printable(isExpanded ? QString() : outcome.error().text()));
            }
            if (died) {
                QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Crashed, patience);
            } else {
                WHOLE(graphOf(live, machine), wanted);
                GOOD(QCoro::waitFor(session->powerOff()));
            }
            const ByteCount found = sizeIn(file);
            QVERIFY2((found == size && !isExpanded) || found == wanted, qUtf8Printable(found.toString()));
            size = found;
        }
        QVERIFY2(deaths > 10, qPrintable(QString::number(deaths)));
    }

    // The second of two is told who has the machine's disk in hand.
    void oneAtATime()
    {
        LiveMachine live;
        const QString file = makeVhdx(live, QStringLiteral("disk"));
        const StoredMachine machine = live.make(QStringLiteral("box"), {{slot, DiskDrive{file, DiskFormat::Vhdx}}});
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        std::binary_semaphore go(0);
        QCoro::Task<Result<ExchangeOutcome>> first =
            session->exchangeDisk(slot, [&go]() -> Result<OperationOutcome> {
                go.acquire();
                return OperationOutcome{};
            });
        const Result<ExchangeOutcome> second = QCoro::waitFor(
            session->exchangeDisk(slot, []() -> Result<OperationOutcome> { return OperationOutcome{}; }));
        go.release();
        GOOD(QCoro::waitFor(first));
        QVERIFY(!second);
        QVERIFY2(second.error().summary.contains(QString::number(QCoreApplication::applicationPid())),
            qUtf8Printable(second.error().summary));
        WHOLE(graphOf(live, machine), small);
        GOOD(QCoro::waitFor(session->powerOff()));
    }
};

QTEST_GUILESS_MAIN(DiskExchangeTest)
#include "disk_exchange_test.moc"
