// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_session.h"

#include "core/live/launch_plan.h"
#include "core/live/machine_trouble.h"
#include "core/live/medium_change.h"
#include "core/live/qemu_process.h"
#include "core/machine/preflight.h"
#include "core/qemu/block_graph.h"
#include "core/qemu/guest_agent.h"
#include "core/qemu/launch.h"
#include "core/qemu/pending_answer.h"
#include "core/qemu/qmp_error.h"
#include "core/qemu/start_lock.h"

#include <QCoroFuture>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QPointer>
#include <QtConcurrentRun>

#include <utility>

namespace platter {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A KVM that cannot run this guest shows it while the firmware and the system start.
constexpr qint64 firstSeconds = 60;
// What QEMU may need to write out and close its images.
constexpr seconds quitDeadline{15};
constexpr seconds hungDeadline{3};

// One after the other is tiring: all of them, the first in the foreground.
Error firstOf(const std::vector<Error>& obstacles)
{
    Error first = obstacles.front();
    for (std::size_t i = 1; i < obstacles.size(); ++i) {
        first.detail += (first.detail.isEmpty() ? QString() : QStringLiteral("\n")) + obstacles[i].text();
    }
    return first;
}

Error sessionEnded()
{
    return qmpInterrupted(QStringLiteral("session"));
}

} // namespace

MachineSession::MachineSession(
    StoredMachine machine, const Places& places, AcceleratorProbe& probe, QmpSeat seat, QObject* parent)
    : QObject(parent)
    , m_machine(std::move(machine))
    , m_places(places)
    , m_runtime(RuntimeFolder::of(places.runtime, m_machine.definition.id))
    , m_probe(probe)
    , m_seat(seat)
{
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this,
        [this] { enter(MachineState::Running, guestDidNotReact(m_machine, m_patienceLength)); });
    m_lookAgain.setSingleShot(true);
    m_lookAgain.setInterval(milliseconds(500));
    connect(&m_lookAgain, &QTimer::timeout, this, [this] { QCoro::connect(refresh(), this, [] { }); });
}

MachineSession::~MachineSession()
{
    if (m_gone) {
        m_gone->settle();
    }
    if (m_looking) {
        m_looking->settle();
    }
    if (m_monitor) {
        m_monitor->disconnect(this);
    }
}

QDateTime MachineSession::startedAt() const
{
    return m_process && m_launch ? m_launch->startedAt : QDateTime();
}

QString MachineSession::vncSocket() const
{
    return m_process ? m_runtime.vnc() : QString();
}

void MachineSession::enter(MachineState state, std::optional<Error> error)
{
    if (state != MachineState::ShuttingDown) {
        m_patience.stop();
    }
    if (m_state == state && m_lastError == error) {
        return;
    }
    m_state = state;
    m_lastError = std::move(error);
    Q_EMIT stateChanged();
}

std::unexpected<Error> MachineSession::wrongState(const QString& sentence) const
{
    return std::unexpected(
        Error{ErrorKind::WrongState, sentence.arg(name(), displayName(m_state)), {}, nameOf(m_state)});
}

void MachineSession::setMachine(StoredMachine machine)
{
    const bool sameDefinition = machine.definition == m_machine.definition && machine.name == m_machine.name;
    m_machine = std::move(machine);
    if (!sameDefinition) {
        Q_EMIT definitionChanged();
    }
}

// --- starting ---------------------------------------------------------------------------------------------------

QCoro::Task<Result<QStringList>> MachineSession::commandLine() const
{
    if (m_process && m_launch && !m_launch->commandLine.isEmpty()) {
        co_return m_launch->commandLine;
    }
    const Result<LaunchPlan> plan =
        co_await planLaunch(m_machine, m_places, &m_probe, AcceleratorChoice::Automatic);
    co_return plan.transform([](const LaunchPlan& found) { return found.record.commandLine; });
}

QCoro::Task<Result<void>> MachineSession::start(AcceleratorChoice choice)
{
    const QPointer<MachineSession> self(this);
    if (m_launching || isUp(m_state)) {
        co_return wrongState(tr("“%1” cannot be started: it is in the state “%2” already."));
    }
    m_launching = true;
    m_kvmFailed = false;
    enter(MachineState::Starting);
    Result<void> started = co_await launchQemu(choice);
    if (!self) {
        co_return std::unexpected(sessionEnded());
    }
    m_launching = false;
    if (!started) {
        const bool othersDo =
            started.error().kind == ErrorKind::WrongState || started.error().kind == ErrorKind::InUse;
        enter(MachineState::Off, started.error());
        if (othersDo) {
            co_await refresh();
        }
        co_return started;
    }
    if (auto process = QemuProcess::find(m_runtime)) {
        started = co_await takeUp(std::move(process));
        if (!self) {
            co_return std::unexpected(sessionEnded());
        }
    } else {
        const Error error = crashed(m_machine, m_launch);
        noteKvmFailure(MachineState::Crashed, error);
        enter(MachineState::Crashed, error);
    }
    if (m_state == MachineState::Crashed && m_lastError) {
        co_return std::unexpected(*m_lastError);
    }
    co_return started;
}

QCoro::Task<Result<void>> MachineSession::launchQemu(AcceleratorChoice choice)
{
    const QPointer<MachineSession> self(this);
    if (m_runtime.runningQemu()) {
        co_return std::unexpected(
            Error{ErrorKind::WrongState, tr("“%1” has been started by another program.").arg(name()), {}, {}});
    }
    if (StartLock::isTaken(m_runtime)) {
        co_return std::unexpected(
            Error{ErrorKind::InUse, tr("“%1” is being started by another program right now.").arg(name()), {}, {}});
    }
    // It looks at every image: storage that hangs must not take the window with it.
    const std::vector<Error> obstacles =
        co_await QtConcurrent::run(preflight, m_machine, HostResources::ofThisHost());
    if (!self) {
        co_return std::unexpected(sessionEnded());
    }
    if (!obstacles.empty()) {
        co_return std::unexpected(firstOf(obstacles));
    }
    Result<LaunchPlan> plan = co_await planLaunch(m_machine, m_places, &m_probe, choice);
    if (!self) {
        co_return std::unexpected(sessionEnded());
    }
    if (!plan) {
        co_return std::unexpected(std::move(plan).error());
    }
    plan->record.startedAt = QDateTime::currentDateTimeUtc();
    plan->record.logOffset = QFileInfo(m_machine.qemuLog()).size();
    m_launch = plan->record;
    const Result<void> launched = co_await launch(plan->record.machine, plan->settings);
    if (!launched) {
        co_return launched;
    }
    if (self) {
        m_launch->pid = m_runtime.runningQemu().value_or(0);
        note(*m_launch);
    }
    co_return launched;
}

// --- following a QEMU -------------------------------------------------------------------------------------------

QCoro::Task<void> MachineSession::refresh()
{
    if (m_launching) {
        co_return;
    }
    if (m_looking) {
        co_await PendingAnswer::wait(m_looking, seconds(60), sessionEnded());
        co_return;
    }
    const QPointer<MachineSession> self(this);
    const auto looking = std::make_shared<PendingAnswer>();
    m_looking = looking;
    co_await lookAround();
    looking->settle();
    if (self) {
        m_looking = nullptr;
    }
}

QCoro::Task<void> MachineSession::lookAround()
{
    if (m_process) {
        if (std::optional<LaunchRecord> record = LaunchRecord::read(m_runtime);
            record && record->pid == m_process->pid()) {
            m_launch = std::move(record);
            m_accelerator = m_launch->accelerator;
            expectEnd(m_launch->shutdownAskedAt);
        }
        if (m_seat == QmpSeat::CommandLine) {
            co_await readStatus();
        }
    } else if (auto process = QemuProcess::find(m_runtime)) {
        co_await takeUp(std::move(process));
    } else {
        lookAtLeftovers();
    }
}

void MachineSession::lookAtLeftovers()
{
    if (StartLock::isTaken(m_runtime)) {
        enter(MachineState::Starting);
        // Nothing in the folder tells when that start fails.
        m_lookAgain.start();
        return;
    }
    const std::optional<LaunchRecord> record = LaunchRecord::read(m_runtime);
    const bool killed = record && record->endAsked;
    if (record && record->crash) {
        enter(MachineState::Crashed, record->crash);
    } else if (QFile::exists(m_runtime.pidFile()) && !killed) {
        // A QEMU that ends as it should takes its pid file with it.
        enter(MachineState::Crashed, crashed(m_machine, record));
    } else {
        if (record) {
            cleanUp();
        }
        if (isUp(m_state) || m_state == MachineState::Crashed) {
            enter(MachineState::Off);
        }
    }
}

// Where another program starts the machine again already, what is there is that program's.
void MachineSession::cleanUp()
{
    const Result<StartLock> lock = StartLock::take(m_runtime);
    if (lock && !m_runtime.runningQemu()) {
        m_runtime.removeStaleFiles();
        LaunchRecord::remove(m_runtime);
    }
}

QCoro::Task<Result<void>> MachineSession::takeUp(std::unique_ptr<QemuProcess> process)
{
    const QPointer<MachineSession> self(this);
    m_process = std::move(process);
    m_monitor = std::make_unique<MachineMonitor>(m_runtime, m_seat);
    m_gone = std::make_shared<PendingAnswer>();
    m_endExpected = false;
    m_missedNothing = false;
    m_kvmFailed = false;
    m_launch = LaunchRecord::read(m_runtime);
    if (m_launch && m_launch->pid != m_process->pid()) {
        m_launch.reset();
    }
    if (m_launch) {
        expectEnd(m_launch->shutdownAskedAt);
    }
    m_accelerator = m_launch ? std::optional(m_launch->accelerator) : std::nullopt;
    connect(m_process.get(), &QemuProcess::ended, this, &MachineSession::finish);
    connect(m_monitor.get(), &MachineMonitor::event, this, &MachineSession::hear);
    connect(m_monitor.get(), &MachineMonitor::sent, this, &MachineSession::qmpSent);
    connect(m_monitor.get(), &MachineMonitor::received, this, &MachineSession::qmpReceived);
    connect(m_monitor.get(), &MachineMonitor::closed, this, [this] {
        if (m_seat == QmpSeat::Application) {
            QCoro::connect(keepAsking(), this, [] { });
        }
    });
    enter(MachineState::Starting);
    const Result<void> status = co_await readStatus();
    if (!self) {
        co_return std::unexpected(sessionEnded());
    }
    co_return status;
}

QCoro::Task<void> MachineSession::keepAsking()
{
    if (m_asking || m_endExpected) {
        co_return;
    }
    const QPointer<MachineSession> self(this);
    const std::shared_ptr<PendingAnswer> gone = m_gone;
    m_asking = true;
    // A connection that ends is most often a QEMU that ends, which is heard of within moments.
    for (bool connected = false; !connected;) {
        co_await PendingAnswer::wait(gone, seconds(1), sessionEnded());
        if (!self || gone->isSettled()) {
            break;
        }
        m_missedNothing = m_missedNothing && m_monitor->isConnected();
        const Result<void> status = co_await readStatus();
        if (!self || gone->isSettled()) {
            break;
        }
        connected = status.has_value();
    }
    if (self) {
        m_asking = false;
    }
}

QCoro::Task<Result<void>> MachineSession::readStatus()
{
    const QPointer<MachineSession> self(this);
    const std::shared_ptr<PendingAnswer> gone = m_gone;
    const Result<QJsonValue> answer = co_await m_monitor->execute(QStringLiteral("query-status"));
    if (!self || gone->isSettled()) {
        co_return std::unexpected(sessionEnded());
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
    m_runState = answer->toObject().value(QLatin1String("status")).toString();
    if (m_runState == QLatin1String("io-error")) {
        const Error trouble = co_await diskTrouble();
        if (!self || gone->isSettled()) {
            co_return std::unexpected(sessionEnded());
        }
        enter(MachineState::IoError, trouble);
    } else {
        show(m_runState);
    }
    co_return Result<void>();
}

void MachineSession::show(const QString& runState)
{
    if (runState == QLatin1String("running")) {
        enter(m_patience.isActive() ? MachineState::ShuttingDown : MachineState::Running);
    } else if (runState == QLatin1String("shutdown")) {
        enter(MachineState::ShuttingDown);
    } else if (runState == QLatin1String("internal-error")) {
        const Error error = stoppedByAccelerator(m_machine, m_launch);
        noteKvmFailure(MachineState::InternalError, error);
        enter(MachineState::InternalError, error);
    } else if (runState == QLatin1String("guest-panicked")) {
        if (m_state != MachineState::GuestPanicked) {
            enter(MachineState::GuestPanicked, guestPanicked(m_machine, {}));
        }
    } else {
        // paused, prelaunch, suspended and what else keeps a guest from running until somebody lets it.
        enter(MachineState::Paused);
    }
}

QCoro::Task<Error> MachineSession::diskTrouble()
{
    const StoredMachine machine = m_machine;
    const Result<QJsonValue> answer = co_await m_monitor->execute(QStringLiteral("query-block"));
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

void MachineSession::expectEnd(const QDateTime& askedAt)
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

void MachineSession::hear(const QString& event, const QJsonObject& data)
{
    if (event == QLatin1String("SHUTDOWN")) {
        m_endExpected = true;
        enter(MachineState::ShuttingDown);
    } else if (event == QLatin1String("POWERDOWN")) {
        m_patience.start(m_patienceLength);
        enter(MachineState::ShuttingDown);
    } else if (event == QLatin1String("RESUME")) {
        show(QStringLiteral("running"));
    } else if (event == QLatin1String("GUEST_PANICKED")) {
        enter(MachineState::GuestPanicked, guestPanicked(m_machine, data.value(QLatin1String("info")).toObject()));
    } else if (event == QLatin1String("STOP") || event == QLatin1String("RESET")
        || event == QLatin1String("SUSPEND") || event == QLatin1String("WAKEUP")) {
        // The event does not say why; the status does.
        QCoro::connect(readStatus(), this, [](const Result<void>&) { });
    }
}

void MachineSession::noteKvmFailure(MachineState outcome, const Error& error)
{
    if (m_kvmFailed || !m_launch || m_launch->accelerator.accelerator != Accelerator::Kvm
        || m_launch->startedAt.secsTo(QDateTime::currentDateTimeUtc()) > firstSeconds) {
        return;
    }
    m_kvmFailed = true;
    // A QEMU that somebody killed says nothing about KVM.
    if (outcome != MachineState::Crashed || blamesKvm(error)) {
        m_probe.rememberFailure(m_launch->qemuVersion, error.summary);
    }
}

void MachineSession::finish()
{
    m_monitor->hearTheRest();
    std::optional<LaunchRecord> record = LaunchRecord::read(m_runtime);
    if (record && record->pid != m_process->pid()) {
        record.reset();
    }
    const bool clean =
        m_endExpected || (record && record->endAsked) || (!m_missedNothing && !QFile::exists(m_runtime.pidFile()));
    // This runs in the middle of the process's own signal.
    m_process.release()->deleteLater();
    m_monitor->disconnect(this);
    m_monitor.release()->deleteLater();
    m_accelerator.reset();
    if (clean) {
        cleanUp();
        enter(MachineState::Off);
    } else {
        const Error error = crashed(m_machine, m_launch);
        if (record) {
            record->crash = error;
            note(*record);
        }
        noteKvmFailure(MachineState::Crashed, error);
        enter(MachineState::Crashed, error);
    }
    m_gone->settle();
}

// Without the record the machine runs all the same; only what it says is known to no other program.
void MachineSession::note(const LaunchRecord& record) const
{
    if (const Result<void> written = record.write(m_runtime); !written) {
        qWarning("%s", qUtf8Printable(written.error().text()));
    }
}

// --- what people ask for ----------------------------------------------------------------------------------------

QCoro::Task<Result<void>> MachineSession::command(QString name)
{
    const QPointer<MachineSession> self(this);
    const std::shared_ptr<PendingAnswer> gone = m_gone;
    const MachineMonitor::Hold hold(m_monitor.get());
    const Result<QJsonValue> answer = co_await m_monitor->execute(name);
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    if (!self || gone->isSettled()) {
        co_return std::unexpected(sessionEnded());
    }
    co_return co_await readStatus();
}

QCoro::Task<Result<void>> MachineSession::pause()
{
    if (!m_process || m_state == MachineState::Paused) {
        co_return wrongState(tr("“%1” cannot be paused. Its state: %2."));
    }
    co_return co_await command(QStringLiteral("stop"));
}

QCoro::Task<Result<void>> MachineSession::resume()
{
    if (!m_process || m_state == MachineState::Running || m_state == MachineState::ShuttingDown) {
        co_return wrongState(tr("“%1” cannot be resumed. Its state: %2."));
    }
    const bool asleep = m_runState == QLatin1String("suspended");
    co_return co_await command(asleep ? QStringLiteral("system_wakeup") : QStringLiteral("cont"));
}

QCoro::Task<Result<void>> MachineSession::reset()
{
    const QPointer<MachineSession> self(this);
    if (!m_process) {
        co_return wrongState(tr("“%1” cannot be reset. Its state: %2."));
    }
    const std::shared_ptr<PendingAnswer> gone = m_gone;
    const MachineMonitor::Hold hold(m_monitor.get());
    const Result<void> done = co_await command(QStringLiteral("system_reset"));
    if (!done || !self || gone->isSettled() || m_runState == QLatin1String("running")) {
        co_return done;
    }
    co_return co_await command(QStringLiteral("cont"));
}

QCoro::Task<Result<void>> MachineSession::shutDown(ShutdownWay way)
{
    if (!m_process || (m_state != MachineState::Running && m_state != MachineState::ShuttingDown)) {
        co_return wrongState(tr("“%1” cannot be shut down. Its state: %2."));
    }
    const QPointer<MachineSession> self(this);
    const std::shared_ptr<PendingAnswer> gone = m_gone;
    Result<void> asked;
    if (way == ShutdownWay::Acpi) {
        const Result<QJsonValue> answer = co_await m_monitor->execute(QStringLiteral("system_powerdown"));
        asked = answer.transform([](const QJsonValue&) { });
    } else {
        const auto agent = std::make_unique<GuestAgent>(m_runtime);
        asked = co_await agent->open();
        if (asked) {
            asked = co_await agent->shutDown();
        }
    }
    if (asked && self && !gone->isSettled()) {
        m_patience.start(m_patienceLength);
        enter(MachineState::ShuttingDown);
        if (m_launch) {
            // For other programs, which see only the guest run.
            m_launch->shutdownAskedAt = QDateTime::currentDateTimeUtc();
            note(*m_launch);
        }
    }
    co_return asked;
}

QCoro::Task<bool> MachineSession::waitUntilGone(milliseconds deadline)
{
    const std::shared_ptr<PendingAnswer> gone = m_gone;
    co_await PendingAnswer::wait(gone, deadline, sessionEnded());
    co_return gone->isSettled();
}

QCoro::Task<Result<void>> MachineSession::powerOff()
{
    const QPointer<MachineSession> self(this);
    if (!m_process) {
        co_return wrongState(tr("“%1” cannot be powered off. Its state: %2."));
    }
    const MachineMonitor::Hold hold(m_monitor.get());
    m_endExpected = true;
    const Result<QJsonValue> answer = co_await m_monitor->execute(QStringLiteral("quit"), {}, hungDeadline);
    if (!self || !m_process) {
        co_return Result<void>();
    }
    if (co_await waitUntilGone(answer ? milliseconds(quitDeadline) : milliseconds(500)) || !self) {
        co_return Result<void>();
    }
    m_process->terminate();
    if (co_await waitUntilGone(hungDeadline) || !self) {
        co_return Result<void>();
    }
    if (m_launch) {
        m_launch->endAsked = true;
        note(*m_launch);
    }
    m_process->kill();
    if (co_await waitUntilGone(hungDeadline) || !self) {
        co_return Result<void>();
    }
    co_return std::unexpected(
        Error{ErrorKind::TimedOut, tr("The QEMU of “%1” does not end, even though it was killed.").arg(name()),
            tr("It waits for the host's storage or kernel: look there (dmesg), or restart the host."),
            QStringLiteral("pid %1").arg(m_process->pid())});
}

QCoro::Task<Result<void>> MachineSession::setMedium(SlotId slot, QString iso)
{
    const QPointer<MachineSession> self(this);
    const Drive* drive = m_machine.definition.driveAt(slot);
    if (drive == nullptr || !std::holds_alternative<DvdDrive>(drive->what)) {
        co_return std::unexpected(
            Error{ErrorKind::NotFound, tr("“%1” has no DVD drive in slot %2.").arg(name(), slot.toString()),
                tr("Choose one of its DVD drives."), {}});
    }
    if (const Result<void> readable = iso.isEmpty() ? Result<void>() : checkMedium(iso); !readable) {
        co_return readable;
    }
    if (m_process) {
        const Result<void> changed = co_await changeMedium(m_monitor.get(), m_runtime, slot, iso);
        if (!self) {
            co_return std::unexpected(sessionEnded());
        }
        if (!changed) {
            co_return changed;
        }
    }
    co_return changeDefinition([slot, iso](Definition& definition) -> Result<void> {
        for (Drive& candidate : definition.drives) {
            if (candidate.slot == slot && std::holds_alternative<DvdDrive>(candidate.what)) {
                candidate.what = DvdDrive{iso};
            }
        }
        return {};
    });
}

Result<void> MachineSession::removeDrive(SlotId slot)
{
    if (m_launching || isUp(m_state) || m_runtime.runningQemu()) {
        return wrongState(tr("A drive of “%1” can be removed while the machine is off. Its state: %2."));
    }
    return changeDefinition([this, slot](Definition& definition) -> Result<void> {
        if (definition.driveAt(slot) == nullptr) {
            return std::unexpected(
                Error{ErrorKind::NotFound, tr("“%1” has no drive in slot %2.").arg(name(), slot.toString()),
                    tr("Look at its list of drives."), {}});
        }
        std::erase_if(definition.drives, [slot](const Drive& drive) { return drive.slot == slot; });
        std::erase(definition.bootOrder, BootDevice(slot));
        return {};
    });
}

Result<void> MachineSession::changeDefinition(const MachineStore::Change& change)
{
    Result<StoredMachine> updated = MachineStore(m_places.machines).update(name(), change);
    if (!updated) {
        return std::unexpected(std::move(updated).error());
    }
    setMachine(std::move(*updated));
    return {};
}

} // namespace platter
