// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/running_machine.h"

#include "core/live/exchange_journal.h"
#include "core/live/former_disk.h"
#include "core/live/graph_turn.h"
#include "core/live/machine_trouble.h"
#include "core/qemu/block_graph.h"
#include "core/qemu/guest_agent.h"
#include "core/qemu/pending_answer.h"
#include "core/qemu/qmp_error.h"

#include <QFile>
#include <QJsonArray>
#include <QPointer>

#include <array>
#include <utility>

namespace platter {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// What QEMU may need to write out and close its images.
constexpr milliseconds quitDeadline{15000};
// Longer than any edit of a disk in use takes.
constexpr std::chrono::days exchangeDeadline{365};
// One that answers at all answers within this.
constexpr milliseconds hungDeadline{3000};

std::unexpected<Error> over()
{
    return std::unexpected(qmpInterrupted(QString()));
}

} // namespace

RunningMachine::RunningMachine(StoredMachine machine, const RuntimeFolder& runtime, QmpSeat seat,
    std::unique_ptr<QemuProcess> process, milliseconds patience)
    : m_machine(std::move(machine))
    , m_runtime(runtime)
    , m_seat(seat)
    , m_process(std::move(process))
    , m_monitor(runtime, seat)
    , m_evidence(&m_monitor, runtime)
    , m_gone(std::make_shared<PendingAnswer>())
    , m_patienceLength(patience)
{
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this,
        [this] { enter(MachineState::Running, guestDidNotReact(m_machine, m_patienceLength)); });
    connect(m_process.get(), &QemuProcess::ended, this, &RunningMachine::finish);
    connect(&m_monitor, &MachineMonitor::event, this, &RunningMachine::hear);
    connect(&m_monitor, &MachineMonitor::closed, this, [this] {
        m_evidence.forget();
        if (m_seat == QmpSeat::Application) {
            QCoro::connect(keepAsking(), this, [] { });
        }
    });
    readRecord();
}

RunningMachine::~RunningMachine()
{
    m_monitor.disconnect(this);
    m_gone->settle(over());
}

bool RunningMachine::hasEnded() const
{
    return m_gone->isSettled();
}

void RunningMachine::enter(MachineState state, std::optional<Error> trouble)
{
    if (state != MachineState::ShuttingDown) {
        m_patience.stop();
    }
    if (m_state == state && m_trouble == trouble) {
        return;
    }
    m_state = state;
    m_trouble = std::move(trouble);
    Q_EMIT stateChanged();
}

void RunningMachine::readRecord()
{
    std::optional<LaunchRecord> record = LaunchRecord::read(m_runtime);
    if (record && record->pid == m_process->pid()) {
        m_record = std::move(record);
        expectEnd(m_record->shutdownAskedAt);
    }
}

// Without the record the machine runs all the same; only what it says is known to no other program.
void RunningMachine::writeRecord() const
{
    if (m_record) {
        if (const Result<void> written = m_record->write(m_runtime); !written) {
            qWarning("%s", qUtf8Printable(written.error().text()));
        }
    }
}

// --- following --------------------------------------------------------------------------------------------------

QCoro::Task<Result<void>> RunningMachine::readStatus()
{
    const QPointer<RunningMachine> self(this);
    const Result<QJsonValue> answer = co_await m_monitor.execute(QStringLiteral("query-status"));
    if (!self || hasEnded()) {
        co_return over();
    }
    if (!answer) {
        // An end of the connection is most often QEMU's own, and told by its process.
        if (answer.error().kind != ErrorKind::Interrupted && answer.error().kind != ErrorKind::NotFound) {
            enter(m_state == MachineState::Starting ? MachineState::Running : m_state,
                doesNotAnswer(m_machine, answer.error()));
            if (m_seat == QmpSeat::Application) {
                QCoro::connect(keepAsking(), this, [] { });
            }
        }
        co_return std::unexpected(answer.error());
    }
    m_missedNothing = m_seat == QmpSeat::Application;
    if (m_missedNothing && !m_evidence.isCounting() && awaitsProof(m_machine.definition)) {
        m_evidence.begin();
    }
    m_runState = answer->toObject().value(QLatin1String("status")).toString();
    if (const auto journal = ExchangeJournal::read(m_runtime); journal && m_runState == QLatin1String("paused")) {
        show(*journal);
        co_return Result<void>();
    }
    if (m_runState == QLatin1String("io-error")) {
        const Error trouble = co_await diskTrouble();
        if (!self || hasEnded()) {
            co_return over();
        }
        enter(MachineState::IoError, trouble);
    } else {
        show(m_runState);
    }
    co_return Result<void>();
}

// It stands still for a moment while its disk is changed, which is no state to tell of; or the program that did
// that has died, and this one goes on where it was.
void RunningMachine::show(const ExchangeJournal& journal)
{
    if (journal.trouble) {
        enter(MachineState::Paused, journal.trouble);
        return;
    }
    enter(journal.resume ? MachineState::Running : MachineState::Paused);
    if (m_seat == QmpSeat::Application && m_exchanges == 0 && !m_waitsForExchange) {
        m_waitsForExchange = true;
        QCoro::connect(finishLeftExchange(exchangeDeadline), this, [this] { m_waitsForExchange = false; });
    }
}

QCoro::Task<void> RunningMachine::finishLeftExchange(milliseconds deadline)
{
    m_hasGoneOn = false;
    const RuntimeFolder runtime = m_runtime;
    const std::optional<ExchangeJournal> left = ExchangeJournal::read(runtime);
    if (!left) {
        co_return;
    }
    const QPointer<RunningMachine> self(this);
    Result<void> finished;
    // Another one may be at it, and then it goes on by itself.
    bool isAnothers = false;
    {
        const Result<std::shared_ptr<GraphTurn>> turn = co_await GraphTurn::take(&m_monitor, runtime, deadline);
        isAnothers = !turn && turn.error().kind == ErrorKind::TimedOut;
        if (turn) {
            finished = co_await finishExchange(*turn, runtime);
        } else {
            finished = std::unexpected(turn.error());
        }
    }
    if (self && !hasEnded()) {
        co_await readStatus();
    }
    if (self) {
        m_hasGoneOn = finished && left->resume && m_runState == QLatin1String("running");
    }
    if (!finished && !isAnothers && self && m_state == MachineState::Running
        && m_runState == QLatin1String("paused")) {
        enter(MachineState::Paused, finished.error());
    }
}

QCoro::Task<Result<ExchangeOutcome>> RunningMachine::exchangeDisk(SlotId slot, DiskDrive disk, ImageEdit edit)
{
    const QPointer<RunningMachine> self(this);
    ++m_exchanges;
    Result<ExchangeOutcome> outcome =
        co_await platter::exchangeDisk(&m_monitor, m_runtime, slot, std::move(disk), std::move(edit));
    if (self) {
        --m_exchanges;
        if (!outcome && !hasEnded()) {
            co_await readStatus();
        }
    }
    co_return outcome;
}

QCoro::Task<Error> RunningMachine::diskTrouble()
{
    const StoredMachine machine = m_machine;
    const Result<QJsonValue> answer = co_await m_monitor.execute(QStringLiteral("query-block"));
    const QJsonArray devices = answer ? answer->toArray() : QJsonArray();
    for (const QJsonValue& device : devices) {
        const QString drive = device[QLatin1String("qdev")].toString();
        const QString status = device[QLatin1String("io-status")].toString();
        if (!status.isEmpty() && status != QLatin1String("ok")) {
            co_return stoppedByDisk(machine, slotOfName(drive),
                status == QLatin1String("nospace") ? DiskTrouble::NoSpace : DiskTrouble::Other,
                QStringLiteral("%1: io-status %2").arg(drive, status));
        }
    }
    co_return stoppedByDisk(machine, {}, DiskTrouble::Other, answer ? QString() : answer.error().text());
}

void RunningMachine::show(const QString& runState)
{
    if (runState == QLatin1String("running")) {
        enter(m_patience.isActive() ? MachineState::ShuttingDown : MachineState::Running);
    } else if (runState == QLatin1String("shutdown")) {
        enter(MachineState::ShuttingDown);
    } else if (runState == QLatin1String("internal-error")) {
        enter(MachineState::InternalError, stoppedByAccelerator(m_machine, m_record));
    } else if (runState == QLatin1String("guest-panicked")) {
        if (m_state != MachineState::GuestPanicked) {
            enter(MachineState::GuestPanicked, guestPanicked(m_machine, {}));
        }
    } else {
        // paused, prelaunch, suspended and what else keeps a guest from running until somebody lets it.
        enter(MachineState::Paused);
    }
}

void RunningMachine::hear(const QString& event, const QJsonObject& data)
{
    if (event == QLatin1String("SHUTDOWN")) {
        m_endExpected = true;
        enter(MachineState::ShuttingDown);
    } else if (event == QLatin1String("POWERDOWN")) {
        m_patience.start(m_patienceLength);
        enter(MachineState::ShuttingDown);
    } else if (event == QLatin1String("RESUME")) {
        m_runState = QStringLiteral("running");
        show(m_runState);
    } else if (event == QLatin1String("GUEST_PANICKED")) {
        enter(MachineState::GuestPanicked, guestPanicked(m_machine, data.value(QLatin1String("info")).toObject()));
    } else if (event == QLatin1String("RESET")) {
        // What went by until now proves nothing of what comes; readStatus() has it counted from here.
        m_evidence.forget();
        QCoro::connect(readStatus(), this, [](const Result<void>&) { });
    } else if (event == QLatin1String("STOP") || event == QLatin1String("SUSPEND")
        || event == QLatin1String("WAKEUP")) {
        // The event does not say why; the status does.
        QCoro::connect(readStatus(), this, [](const Result<void>&) { });
    }
}

void RunningMachine::expectEnd(const QDateTime& askedAt)
{
    if (!askedAt.isValid() || m_patience.isActive()) {
        return;
    }
    const milliseconds left = m_patienceLength - milliseconds(askedAt.msecsTo(QDateTime::currentDateTimeUtc()));
    if (left > milliseconds(0)) {
        m_patience.start(left);
        if (m_state == MachineState::Running) {
            enter(MachineState::ShuttingDown);
        }
    }
}

QCoro::Task<void> RunningMachine::keepAsking()
{
    if (m_asking || m_endExpected) {
        co_return;
    }
    const QPointer<RunningMachine> self(this);
    const std::shared_ptr<PendingAnswer> gone = m_gone;
    m_asking = true;
    for (bool answered = false; !answered;) {
        // A connection that ends is most often a QEMU that ends, which is heard of within moments.
        co_await PendingAnswer::wait(gone, seconds(1), qmpInterrupted(QString()));
        if (!self || hasEnded()) {
            co_return;
        }
        m_missedNothing = m_missedNothing && m_monitor.isConnected();
        const Result<void> status = co_await readStatus();
        if (!self || hasEnded()) {
            co_return;
        }
        answered = status.has_value();
    }
    m_asking = false;
}

void RunningMachine::finish()
{
    m_monitor.hearTheRest();
    m_monitor.disconnect(this);
    readRecord();
    m_gone->settle();
    const bool isClean = m_endExpected || (m_record && m_record->endAsked)
        || (!m_missedNothing && !QFile::exists(m_runtime.pidFile()));
    if (isClean) {
        enter(MachineState::Off);
    } else {
        const Error crash = crashed(m_machine, m_record);
        if (m_record && QFile::exists(LaunchRecord::fileIn(m_runtime))) {
            m_record->crash = crash;
            writeRecord();
        }
        enter(MachineState::Crashed, crash);
    }
    Q_EMIT ended();
}

// --- asking -----------------------------------------------------------------------------------------------------

QCoro::Task<Result<void>> RunningMachine::command(QString name)
{
    const QPointer<RunningMachine> self(this);
    const MachineMonitor::Hold hold(&m_monitor);
    {
        // Nobody else has the guest stopped, to let go on himself.
        const RuntimeFolder runtime = m_runtime;
        const Result<std::shared_ptr<GraphTurn>> turn = co_await GraphTurn::take(&m_monitor, runtime);
        if (!turn) {
            co_return std::unexpected(turn.error());
        }
        // A disk that could not be put back before comes first: no guest runs, or begins anew, without it.
        if (const Result<void> whole = co_await finishExchange(*turn, runtime); !whole) {
            co_return whole;
        }
        if (const Result<void> done = co_await (*turn)->tell(name); !done) {
            co_return done;
        }
    }
    if (!self || hasEnded()) {
        co_return over();
    }
    co_return co_await readStatus();
}

QCoro::Task<Result<void>> RunningMachine::pause()
{
    return command(QStringLiteral("stop"));
}

QCoro::Task<Result<void>> RunningMachine::resume()
{
    const bool isAsleep = m_runState == QLatin1String("suspended");
    return command(isAsleep ? QStringLiteral("system_wakeup") : QStringLiteral("cont"));
}

QCoro::Task<Result<void>> RunningMachine::reset()
{
    const QPointer<RunningMachine> self(this);
    const MachineMonitor::Hold hold(&m_monitor);
    const Result<void> done = co_await command(QStringLiteral("system_reset"));
    if (!done || !self || hasEnded() || m_runState == QLatin1String("running")) {
        co_return done;
    }
    // One that stood still does so at its new beginning, too.
    co_return co_await command(QStringLiteral("cont"));
}

QCoro::Task<Result<void>> RunningMachine::askGuest(ShutdownWay way)
{
    if (way == ShutdownWay::Acpi) {
        const Result<QJsonValue> answer = co_await m_monitor.execute(QStringLiteral("system_powerdown"));
        co_return answer.transform([](const QJsonValue&) { });
    }
    const auto agent = std::make_unique<GuestAgent>(m_runtime);
    const Result<void> opened = co_await agent->open();
    if (!opened) {
        co_return opened;
    }
    co_return co_await agent->shutDown();
}

QCoro::Task<Result<void>> RunningMachine::shutDown(ShutdownWay way)
{
    const QPointer<RunningMachine> self(this);
    const Result<void> asked = co_await askGuest(way);
    if (asked && self && !hasEnded()) {
        m_patience.start(m_patienceLength);
        enter(MachineState::ShuttingDown);
        if (m_record) {
            // For other programs, which see only that the guest runs.
            m_record->shutdownAskedAt = QDateTime::currentDateTimeUtc();
            writeRecord();
        }
    }
    co_return asked;
}

QCoro::Task<Result<void>> RunningMachine::powerOff()
{
    const QPointer<RunningMachine> self(this);
    const std::shared_ptr<PendingAnswer> gone = m_gone;
    const MachineMonitor::Hold hold(&m_monitor);
    m_endExpected = true;
    const Result<QJsonValue> answer = co_await m_monitor.execute(QStringLiteral("quit"), {}, hungDeadline);

    struct Step {
        milliseconds wait;
        void (QemuProcess::*then)();
    };

    const std::array<Step, 3> steps{Step{answer ? quitDeadline : milliseconds(500), &QemuProcess::terminate},
        Step{hungDeadline, &QemuProcess::kill}, Step{hungDeadline, nullptr}};
    for (const Step& step : steps) {
        if (co_await PendingAnswer::wait(gone, step.wait, qmpInterrupted(QString()))) {
            co_return Result<void>();
        }
        if (!self) {
            co_return over();
        }
        if (step.then == &QemuProcess::kill && m_record) {
            // For other programs: this is no crash.
            m_record->endAsked = true;
            writeRecord();
        }
        if (step.then != nullptr) {
            (m_process.get()->*step.then)();
        }
    }
    co_return std::unexpected(Error{ErrorKind::TimedOut,
        tr("The QEMU of “%1” does not end, even though it was killed.").arg(m_machine.name),
        tr("It waits for the host's storage or kernel: look there (dmesg), or restart the host."),
        QStringLiteral("pid %1").arg(m_process->pid())});
}

} // namespace platter
