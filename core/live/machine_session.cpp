// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_session.h"

#include "core/disk/image_lock.h"
#include "core/disk/operations/kept_copy.h"
#include "core/live/former_disk.h"
#include "core/live/key_prompt.h"
#include "core/live/launch_plan.h"
#include "core/live/machine_settings.h"
#include "core/live/machine_trouble.h"
#include "core/live/network_cable.h"
#include "core/live/session_start.h"
#include "core/machine/preflight.h"
#include "core/qemu/block_drivers.h"
#include "core/qemu/launch.h"
#include "core/qemu/pending_answer.h"
#include "core/qemu/qmp_error.h"
#include "core/qemu/start_lock.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QCoroTimer>
#include <QFile>
#include <QFileInfo>
#include <QPointer>
#include <QtConcurrentRun>

#include <utility>

namespace platter {

namespace {

using std::chrono::milliseconds;

// A KVM that cannot run this guest shows it while the firmware and the system start.
constexpr qint64 firstSeconds = 60;
// How often to look whether another program's start has failed, which nothing tells.
constexpr milliseconds lookAgainInterval{500};
constexpr milliseconds startingPoll{50};
constexpr std::chrono::seconds lookDeadline{60};
// A guest that runs for less is not seen to have run.
constexpr std::chrono::seconds evidenceInterval{5};
// How long a command-line program waits for another one that changes a disk before it says what it sees.
constexpr std::chrono::seconds othersDeadline{3};

// One after the other is tiring: all of them, the first in the foreground.
Error firstOf(const std::vector<Error>& obstacles)
{
    Error first = obstacles.front();
    for (std::size_t i = 1; i < obstacles.size(); ++i) {
        first.detail += (first.detail.isEmpty() ? QString() : QStringLiteral("\n")) + obstacles[i].text();
    }
    return first;
}

// What can be told from the files before a start; copies that were kept long enough go on the way.
std::vector<Error> lookAtFiles(const StoredMachine& machine, const HostResources& host)
{
    for (const Drive& drive : machine.definition.drives) {
        if (const auto* disk = std::get_if<DiskDrive>(&drive.what)) {
            dropCopiesOf(disk->file(), CopiesToDrop::Old);
        }
    }
    return preflight(machine, host);
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
    m_lookAgain.setSingleShot(true);
    m_lookAgain.setInterval(lookAgainInterval);
    connect(&m_lookAgain, &QTimer::timeout, this, [this] { QCoro::connect(refresh(), this, [] { }); });
    m_evidence.setInterval(evidenceInterval);
    connect(&m_evidence, &QTimer::timeout, this, [this] { QCoro::connect(lookForReplaced(), this, [] { }); });
}

MachineSession::~MachineSession()
{
    if (m_running) {
        m_running->disconnect(this);
    }
    if (m_looking) {
        m_looking->settle();
    }
}

QDateTime MachineSession::startedAt() const
{
    return m_running && m_launch ? m_launch->startedAt : QDateTime();
}

QString MachineSession::vncSocket() const
{
    return m_running ? m_runtime.vnc() : QString();
}

void MachineSession::enter(MachineState state, std::optional<Error> error)
{
    if (m_state == state && m_lastError == error) {
        return;
    }
    m_state = state;
    m_lastError = std::move(error);
    Q_EMIT stateChanged();
}

std::unexpected<Error> MachineSession::wrongState(const QString& sentence) const
{
    QString advice;
    switch (m_state) {
    case MachineState::Off:
    case MachineState::Crashed:
        advice = tr("Start it first.");
        break;
    case MachineState::Starting:
        advice = tr("Wait until it is up.");
        break;
    case MachineState::Paused:
    case MachineState::IoError:
        advice = tr("Resume it first, or power it off.");
        break;
    case MachineState::InternalError:
    case MachineState::GuestPanicked:
        advice = tr("Reset it, or power it off.");
        break;
    case MachineState::Running:
    case MachineState::ShuttingDown:
        break; // what was asked for is done, or about to be
    }
    return std::unexpected(
        Error{ErrorKind::WrongState, sentence.arg(name(), displayName(m_state)), advice, nameOf(m_state)});
}

void MachineSession::setMachine(StoredMachine machine)
{
    const bool isAnother = machine.definition != m_machine.definition || machine.name != m_machine.name
        || machine.folder != m_machine.folder;
    m_machine = std::move(machine);
    if (m_running) {
        m_running->setMachine(m_machine);
    }
    if (isAnother) {
        m_drives.readSoon();
        Q_EMIT definitionChanged();
    }
}

void MachineSession::setPatience(milliseconds patience)
{
    m_patience = patience;
    if (m_running) {
        m_running->setPatience(patience);
    }
}

// --- starting -------------------------------------------------------------------------------------------------

QCoro::Task<Result<QStringList>> MachineSession::commandLine() const
{
    if (m_running && m_launch && !m_launch->commandLine.isEmpty()) {
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
    m_launch.reset();
    m_kvmFailed = false;
    enter(MachineState::Starting);
    Result<void> started = co_await launchQemu(choice);
    if (!self) {
        co_return std::unexpected(sessionEnded());
    }
    m_launching = false;
    if (!started) {
        if (blamesKvm(started.error().detail)) {
            judgeKvm(MachineState::Crashed, started.error());
        }
        enter(MachineState::Off, started.error());
        if (started.error().kind == ErrorKind::WrongState || started.error().kind == ErrorKind::InUse) {
            // Another program was first.
            co_await refresh();
        }
        co_return started;
    }
    if (auto process = QemuProcess::find(m_runtime)) {
        started = co_await takeUp(std::move(process));
        if (!self) {
            co_return std::unexpected(sessionEnded());
        }
        if (started && m_running) {
            std::vector<NetworkAdapter> plugged = m_machine.definition.adapters;
            std::ranges::for_each(plugged, [](NetworkAdapter& adapter) { adapter.isConnected = true; });
            started = co_await plugCables(std::move(plugged));
            if (!self) {
                co_return std::unexpected(sessionEnded());
            }
        }
    } else {
        // It was up, and has ended since.
        const Error error = crashed(m_machine, m_launch);
        judgeKvm(MachineState::Crashed, error);
        enter(MachineState::Crashed, error);
    }
    if (m_state == MachineState::Crashed && m_lastError) {
        co_return std::unexpected(*m_lastError);
    }
    co_return started;
}

QCoro::Task<void> MachineSession::answerKeyPrompt()
{
    const QPointer<MachineSession> self(this);
    while (self && m_launching) {
        co_await QCoro::sleepFor(startingPoll);
    }
    if (!self || !m_running) {
        co_return;
    }
    std::map<SlotId, ByteCount> dvds;
    for (const Drive& drive : m_machine.definition.drives) {
        const auto* dvd = std::get_if<DvdDrive>(&drive.what);
        if (dvd != nullptr && !dvd->medium.isEmpty()) {
            dvds[drive.slot] = readBeforeStart(ByteCount(quint64(QFileInfo(dvd->medium).size())));
        }
    }
    co_await platter::answerKeyPrompt(m_running->monitor(), std::move(dvds));
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
        co_await QtConcurrent::run(lookAtFiles, m_machine, HostResources::ofThisHost());
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
    const Result<void> driven = co_await checkBlockDrivers(plan->settings.program, m_machine.definition.drives);
    if (!driven || !self) {
        co_return driven ? std::unexpected(sessionEnded()) : driven;
    }
    LaunchRecord record = std::move(plan->record);
    record.startedAt = QDateTime::currentDateTimeUtc();
    record.logOffset = QFileInfo(record.machine.qemuLog()).size();
    m_launch = record;
    const RuntimeFolder runtime = m_runtime;
    const Result<void> launched = co_await launch(record.machine, plan->settings);
    if (!launched) {
        co_return launched;
    }
    // Also when the session has gone meanwhile: the machine runs. Without the record it does all the same; only
    // what it was started with is known to no other program.
    record.pid = runtime.runningQemu().value_or(0);
    if (const Result<void> written = record.write(runtime); !written) {
        qWarning("%s", qUtf8Printable(written.error().text()));
    }
    co_return launched;
}

// --- following a QEMU -----------------------------------------------------------------------------------------

QCoro::Task<void> MachineSession::refresh()
{
    if (m_launching) {
        co_return;
    }
    const QPointer<MachineSession> self(this);
    if (m_looking) {
        co_await PendingAnswer::wait(m_looking, lookDeadline, sessionEnded());
        if (self) {
            readRecord(); // that look may have begun before it was written
        }
        co_return;
    }
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
    const QPointer<MachineSession> self(this);
    std::unique_ptr<QemuProcess> process = m_running ? nullptr : QemuProcess::find(m_runtime);
    const bool isStarting = !m_running && !process && StartLock::isTaken(m_runtime);
    if (!m_running && !process && !isStarting) {
        // One that came up between the two looks is there now.
        process = QemuProcess::find(m_runtime);
    }
    if (m_running) {
        readRecord();
        if (m_seat == QmpSeat::CommandLine || m_running->state() == MachineState::Starting) {
            co_await m_running->readStatus();
        }
    } else if (process) {
        co_await takeUp(std::move(process));
        if (self && m_running && m_seat == QmpSeat::CommandLine) {
            co_await m_running->finishLeftExchange(othersDeadline);
        }
    } else if (isStarting) {
        enter(MachineState::Starting);
        m_lookAgain.start();
    } else {
        lookAtLeftovers();
    }
    if (self && m_running && m_running->state() == MachineState::Starting) {
        // Found in its first moments, before it listens.
        m_lookAgain.start();
    }
}

// Whoever started the machine writes the record a moment after QEMU is there.
void MachineSession::readRecord()
{
    if (!m_running) {
        return;
    }
    const bool wasKnown = m_running->record().has_value();
    m_running->readRecord();
    takeRecord();
    if (!wasKnown && m_launch) {
        Q_EMIT stateChanged();
    }
}

void MachineSession::takeRecord()
{
    m_launch = m_running->record();
    m_accelerator = m_launch ? std::optional(m_launch->accelerator) : std::nullopt;
}

void MachineSession::lookAtLeftovers()
{
    const std::optional<LaunchRecord> record = LaunchRecord::read(m_runtime);
    if (record && record->crash) {
        enter(MachineState::Crashed, record->crash);
    } else if (QFile::exists(m_runtime.pidFile()) && !(record && record->endAsked)) {
        // A QEMU that ends as it should takes its pid file with it.
        enter(MachineState::Crashed, crashed(m_machine, record));
    } else {
        if (record) {
            LaunchRecord::forget(m_runtime);
        }
        if (isUp(m_state) || m_state == MachineState::Crashed) {
            enter(MachineState::Off);
        }
    }
}

QCoro::Task<Result<void>> MachineSession::takeUp(std::unique_ptr<QemuProcess> process)
{
    m_running = std::make_unique<RunningMachine>(m_machine, m_runtime, m_seat, std::move(process), m_patience);
    takeRecord();
    m_kvmFailed = false;
    connect(m_running.get(), &RunningMachine::stateChanged, this, &MachineSession::follow);
    connect(m_running.get(), &RunningMachine::ended, this, &MachineSession::letGo);
    connect(m_running->monitor(), &MachineMonitor::sent, this, &MachineSession::qmpSent);
    connect(m_running->monitor(), &MachineMonitor::received, this, &MachineSession::qmpReceived);
    enter(MachineState::Starting);
    m_drives.follow();
    return m_running->readStatus();
}

void MachineSession::follow()
{
    const MachineState state = m_running->state();
    if (isUp(state)) {
        judgeKvm(state, m_running->trouble());
        watchForReplaced();
        enter(state, m_running->trouble());
    }
}

void MachineSession::letGo()
{
    const MachineState state = m_running->state();
    const std::optional<Error> crash = m_running->trouble();
    // This runs in the middle of its own signal.
    m_running->disconnect(this);
    m_running.release()->deleteLater();
    m_drives.follow();
    m_evidence.stop();
    m_accelerator.reset();
    if (state == MachineState::Off) {
        LaunchRecord::forget(m_runtime);
    }
    judgeKvm(state, crash);
    enter(state, crash);
}

void MachineSession::judgeKvm(MachineState state, const std::optional<Error>& error)
{
    const bool isFailure = state == MachineState::InternalError || state == MachineState::Crashed;
    if (!isFailure || m_kvmFailed || !m_launch || m_launch->accelerator.accelerator != Accelerator::Kvm
        || m_launch->startedAt.secsTo(QDateTime::currentDateTimeUtc()) > firstSeconds) {
        return;
    }
    m_kvmFailed = true;
    // A QEMU that somebody killed says nothing about KVM.
    if (error && (state == MachineState::InternalError || blamesKvm(error->detail))) {
        m_probe.rememberFailure(m_launch->qemuVersion, error->summary);
    }
}

// --- what people ask for --------------------------------------------------------------------------------------

QCoro::Task<Result<void>> MachineSession::pause()
{
    if (!m_running || m_state == MachineState::Paused) {
        co_return wrongState(tr("“%1” cannot be paused. Its state: %2."));
    }
    co_return co_await m_running->pause();
}

QCoro::Task<Result<void>> MachineSession::resume()
{
    if (m_running && m_state == MachineState::Running && m_running->hasJustGoneOn()) {
        co_return Result<void>(); // by looking at it: it stood still for a disk
    }
    if (!m_running || m_state == MachineState::Running || m_state == MachineState::ShuttingDown) {
        co_return wrongState(tr("“%1” cannot be resumed. Its state: %2."));
    }
    const QPointer<MachineSession> self(this);
    const Result<void> done = co_await m_running->resume();
    // It repeats the access that stopped it, and stops again while its cause is there.
    if (done && self && m_state == MachineState::IoError && m_lastError) {
        co_return std::unexpected(*m_lastError);
    }
    co_return done;
}

QCoro::Task<Result<void>> MachineSession::reset()
{
    if (!m_running) {
        co_return wrongState(tr("“%1” cannot be reset. Its state: %2."));
    }
    co_return co_await m_running->reset();
}

QCoro::Task<Result<void>> MachineSession::shutDown(ShutdownWay way)
{
    if (!m_running || (m_state != MachineState::Running && m_state != MachineState::ShuttingDown)) {
        co_return wrongState(tr("“%1” cannot be shut down. Its state: %2."));
    }
    co_return co_await m_running->shutDown(way);
}

QCoro::Task<Result<void>> MachineSession::powerOff()
{
    if (!m_running) {
        co_return wrongState(tr("“%1” cannot be powered off. Its state: %2."));
    }
    co_return co_await m_running->powerOff();
}

QStringList MachineSession::waitingSettings(const Definition& wanted) const
{
    return m_running && m_launch ? platter::waitingSettings(m_launch->machine.definition, wanted) : QStringList();
}

QCoro::Task<Result<void>> MachineSession::changeSettings(Definition before, Definition after)
{
    if (const auto broken = newViolations(before, after, HostResources::ofThisHost()); !broken.empty()) {
        co_return std::unexpected(broken.front().error);
    }
    const Result<void> changed = changeDefinition([&](Definition& definition) -> Result<void> {
        if (!haveSameSettings(definition, before)) {
            return std::unexpected(Error{ErrorKind::InUse,
                tr("The settings of “%1” have been changed meanwhile by another program.").arg(name()),
                tr("Look at them again, then change them.")});
        }
        after.drives = definition.drives;
        definition = after;
        return {};
    });
    if (!changed) {
        co_return changed;
    }
    Result<void> followed = {};
    // Also what an earlier attempt has left undone.
    if (before.startsWithSession || after.startsWithSession || QFile::exists(sessionStartFile())) {
        const QString program = QCoreApplication::applicationDirPath() + QStringLiteral("/platterctl");
        followed = keepSessionStart(MachineStore(m_places.machines), program);
    }
    const Result<void> plugged = co_await plugCables(before.adapters);
    if (followed) {
        followed = plugged;
    }
    co_return followed.transform_error([](Error error) {
        error.summary = tr("The settings are changed, but not all of it took effect. %1").arg(error.summary);
        return error;
    });
}

QCoro::Task<Result<void>> MachineSession::plugCables(std::vector<NetworkAdapter> now)
{
    if (!m_running) {
        co_return Result<void>();
    }
    const std::vector<NetworkAdapter> launched =
        m_launch ? m_launch->machine.definition.adapters : m_machine.definition.adapters;
    // Only what QEMU was started with has a cable.
    now.resize(std::min(now.size(), launched.size()));
    for (std::size_t i = 0; i < now.size(); ++i) {
        now[i].mac = launched[i].mac;
    }
    co_return co_await platter::plugCables(m_running->monitor(), std::move(now), m_machine.definition.adapters);
}

QCoro::Task<Result<void>> MachineSession::setMedium(SlotId slot, QString iso, TrayOpening opening)
{
    const QPointer<MachineSession> self(this);
    const Error noDrive{ErrorKind::NotFound, tr("“%1” has no DVD drive in slot %2.").arg(name(), slot.toString()),
        tr("Choose one of its DVD drives."), {}};
    const Drive* drive = m_machine.definition.driveAt(slot);
    if (drive == nullptr || !std::holds_alternative<DvdDrive>(drive->what)) {
        co_return std::unexpected(noDrive);
    }
    if (!iso.isEmpty()) {
        // Storage that hangs must not take the window with it.
        const Result<void> readable = co_await QtConcurrent::run(checkMedium, iso);
        if (!self) {
            co_return std::unexpected(sessionEnded());
        }
        if (!readable) {
            co_return readable;
        }
    }
    if (m_running) {
        const Result<void> changed = co_await changeMedium(m_running->monitor(), m_runtime, slot, iso, opening);
        if (!self) {
            co_return std::unexpected(sessionEnded());
        }
        if (!changed) {
            co_return changed;
        }
    }
    co_return changeDefinition([slot, iso, noDrive](Definition& definition) -> Result<void> {
        for (Drive& candidate : definition.drives) {
            if (candidate.slot == slot && std::holds_alternative<DvdDrive>(candidate.what)) {
                candidate.what = DvdDrive{iso};
                return {};
            }
        }
        // Another program has taken it out meanwhile.
        return std::unexpected(noDrive);
    });
}

QCoro::Task<Result<ExchangeOutcome>> MachineSession::exchangeDisk(SlotId slot, ImageEdit edit)
{
    const Drive* drive = m_machine.definition.driveAt(slot);
    if (drive == nullptr || !std::holds_alternative<DiskDrive>(drive->what)) {
        co_return std::unexpected(noDiskAt(slot));
    }
    if (!m_running) {
        co_return wrongState(tr("The disk of “%1” is not in use: the machine is %2."));
    }
    co_return co_await m_running->exchangeDisk(slot, std::get<DiskDrive>(drive->what), std::move(edit));
}

QCoro::Task<Result<GuestNotice>> MachineSession::resizeDisk(SlotId slot, ByteCount size)
{
    const Drive* drive = m_machine.definition.driveAt(slot);
    if (drive == nullptr || !std::holds_alternative<DiskDrive>(drive->what)) {
        co_return std::unexpected(noDiskAt(slot));
    }
    if (!m_running) {
        co_return wrongState(tr("The disk of “%1” is not in use: the machine is %2."));
    }
    co_return co_await resizeInQemu(m_running->monitor(), m_runtime, slot, size);
}

QCoro::Task<Result<GuestVolume>> MachineSession::lookInGuest(SlotId slot)
{
    if (m_state != MachineState::Running) {
        co_return wrongState(tr("The guest of “%1” cannot be asked: the machine is %2."));
    }
    co_return co_await platter::lookInGuest(m_runtime, slot);
}

QCoro::Task<Result<GuestGrowth>> MachineSession::growInGuest(SlotId slot, ByteCount size)
{
    if (m_state != MachineState::Running) {
        co_return wrongState(tr("The guest of “%1” cannot be asked: the machine is %2."));
    }
    co_return co_await platter::growInGuest(m_runtime, slot, size);
}

Error MachineSession::noDiskAt(SlotId slot) const
{
    return {ErrorKind::NotFound, tr("“%1” has no disk in slot %2.").arg(name(), slot.toString()),
        tr("Choose one of its disks."), {}};
}

Result<void> MachineSession::setDisk(SlotId slot, const DiskDrive& disk)
{
    if (m_launching || isUp(m_state) || m_runtime.runningQemu()) {
        return wrongState(tr("A disk of “%1” can be exchanged while the machine is off. Its state: %2."));
    }
    return changeDefinition([this, slot, &disk](Definition& definition) -> Result<void> {
        const auto drive = std::ranges::find(definition.drives, slot, &Drive::slot);
        if (drive == definition.drives.end() || !std::holds_alternative<DiskDrive>(drive->what)) {
            return std::unexpected(
                Error{ErrorKind::NotFound, tr("“%1” has no disk in slot %2.").arg(name(), slot.toString()),
                    tr("Look at its list of drives."), {}});
        }
        const auto& old = std::get<DiskDrive>(drive->what);
        DiskDrive taken = disk;
        if (old.former && !old.former->isReplaced) {
            // Of those that came after it none has proved itself.
            taken.former = old.former->file == disk.file() ? std::nullopt : old.former;
        } else if (!old.file().isEmpty() && old.file() != disk.file()) {
            taken.former = FormerDisk{old.file(), old.format};
        }
        drive->what = taken;
        return {};
    });
}

const FormerDisk* MachineSession::formerDiskAt(SlotId slot) const
{
    const Drive* drive = m_machine.definition.driveAt(slot);
    const auto* disk = drive != nullptr ? std::get_if<DiskDrive>(&drive->what) : nullptr;
    return disk != nullptr && disk->former ? &*disk->former : nullptr;
}

Result<void> MachineSession::changeFormer(SlotId slot, const std::function<void(DiskDrive& disk)>& change)
{
    return changeDefinition([this, slot, &change](Definition& definition) -> Result<void> {
        const auto drive = std::ranges::find(definition.drives, slot, &Drive::slot);
        auto* disk = drive != definition.drives.end() ? std::get_if<DiskDrive>(&drive->what) : nullptr;
        if (disk == nullptr || !disk->former) {
            return std::unexpected(noFormerDisk(name(), slot));
        }
        change(*disk);
        return {};
    });
}

Result<void> MachineSession::goBackToFormerDisk(SlotId slot)
{
    if (m_launching || isUp(m_state) || m_runtime.runningQemu()) {
        return wrongState(tr("A disk of “%1” can be exchanged while the machine is off. Its state: %2."));
    }
    const FormerDisk* former = formerDiskAt(slot);
    if (former == nullptr) {
        return std::unexpected(noFormerDisk(name(), slot));
    }
    if (const Result<void> usable = checkImageNotInUse(former->file); !usable) {
        return usable;
    }
    return changeFormer(slot, [](DiskDrive& disk) { disk = DiskDrive{disk.former->file, disk.former->format}; });
}

Result<void> MachineSession::keepFormerDisk(SlotId slot)
{
    return changeFormer(slot, [](DiskDrive& disk) { disk.former.reset(); });
}

QCoro::Task<Result<void>> MachineSession::deleteFormerDisk(SlotId slot, Removal removal)
{
    const QPointer<MachineSession> self(this);
    const FormerDisk* former = formerDiskAt(slot);
    if (former == nullptr) {
        co_return std::unexpected(noFormerDisk(name(), slot));
    }
    if (!former->isReplaced) {
        co_return std::unexpected(notReplacedYet(name(), *former));
    }
    const Result<void> removed =
        co_await QtConcurrent::run(removeFormerFile, MachineStore(m_places.machines), former->file, removal);
    if (!removed || !self) {
        co_return removed;
    }
    co_return keepFormerDisk(slot);
}

void MachineSession::watchForReplaced()
{
    const bool isWanted = m_running && m_seat == QmpSeat::Application && awaitsProof(m_machine.definition);
    if (isWanted && !m_evidence.isActive()) {
        m_evidence.start();
    } else if (!isWanted) {
        m_evidence.stop();
    }
}

QCoro::Task<void> MachineSession::lookForReplaced()
{
    const QPointer<MachineSession> self(this);
    const std::vector<Drive> drives = m_machine.definition.drives;
    for (const Drive& drive : drives) {
        const FormerDisk* former = self ? formerDiskAt(drive.slot) : nullptr;
        if (former == nullptr || former->isReplaced || !m_running) {
            continue;
        }
        const bool hasRun = co_await m_running->hasRunFrom(drive.slot);
        if (self && m_running && hasRun) {
            const Result<void> remembered =
                changeFormer(drive.slot, [](DiskDrive& disk) { disk.former->isReplaced = true; });
            if (!remembered) {
                qWarning("%s", qUtf8Printable(remembered.error().text()));
            }
        }
    }
    if (self) {
        watchForReplaced();
    }
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
