// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_drives.h"

#include "core/live/drive_change.h"
#include "core/live/machine_session.h"
#include "core/machine/preflight.h"
#include "core/qemu/qmp_error.h"

#include <QCoroFuture>
#include <QFileInfo>
#include <QPointer>
#include <QtConcurrentRun>

#include <algorithm>

namespace platter {

namespace {

using DriveKind = std::variant<DiskDrive, DvdDrive>;

const Drive* driveIn(const std::vector<Drive>& drives, SlotId slot)
{
    const auto found = std::ranges::find(drives, slot, &Drive::slot);
    return found == drives.end() ? nullptr : &*found;
}

// What matters of a drive for whether two say the same.
QString fileOf(const DriveKind& what)
{
    const auto* disk = std::get_if<DiskDrive>(&what);
    return disk != nullptr ? disk->file : std::get<DvdDrive>(what).medium;
}

bool isSame(const Drive& a, const Drive& b)
{
    return a.what.index() == b.what.index() && fileOf(a.what) == fileOf(b.what);
}

QString nameOf(const Drive& drive)
{
    const QString file = QFileInfo(fileOf(drive.what)).fileName();
    if (std::holds_alternative<DiskDrive>(drive.what)) {
        return MachineDrives::tr("the disk %1").arg(file);
    }
    return file.isEmpty() ? MachineDrives::tr("an empty DVD drive")
                          : MachineDrives::tr("a DVD drive with %1").arg(file);
}

// WHAT, a disk with the format that its image has; an error is that it cannot be used.
Result<DriveKind> usable(DriveKind what)
{
    if (auto* disk = std::get_if<DiskDrive>(&what)) {
        const Result<DiskFormat> format = checkDiskImage(disk->file, useOf(*disk));
        if (!format) {
            return std::unexpected(format.error());
        }
        disk->format = *format;
        return what;
    }
    const QString& medium = std::get<DvdDrive>(what).medium;
    const Result<void> readable = medium.isEmpty() ? Result<void>() : checkMedium(medium);
    return readable.transform([&] { return what; });
}

// The first rule that CHANGED breaks and BEFORE did not.
Result<void> checkRules(const Definition& before, const Definition& changed)
{
    const HostResources host = HostResources::ofThisHost();
    const std::vector<Violation> old = violations(before, host);
    for (const Violation& violation : violations(changed, host)) {
        if (std::ranges::none_of(old, [&](const Violation& known) { return known.error == violation.error; })) {
            return std::unexpected(violation.error);
        }
    }
    return {};
}

Error noDrive(const QString& machine, SlotId slot)
{
    return {ErrorKind::NotFound, MachineDrives::tr("“%1” has no drive in slot %2.").arg(machine, slot.toString()),
        MachineDrives::tr("Look at its list of drives."), {}};
}

} // namespace

QStringList driveDifferences(const std::vector<Drive>& running, const std::vector<Drive>& defined)
{
    QStringList sentences;
    for (const Drive& drive : running) {
        const Drive* next = driveIn(defined, drive.slot);
        if (next == nullptr) {
            sentences << MachineDrives::tr("Slot %1 holds %2 only until the machine is shut down.")
                             .arg(drive.slot.toString(), nameOf(drive));
        } else if (!isSame(drive, *next)) {
            sentences << MachineDrives::tr("Slot %1 holds %2 now, and %3 from the next start on.")
                             .arg(drive.slot.toString(), nameOf(drive), nameOf(*next));
        }
    }
    for (const Drive& drive : defined) {
        if (driveIn(running, drive.slot) == nullptr) {
            sentences << MachineDrives::tr("Slot %1 is empty now, and holds %2 from the next start on.")
                             .arg(drive.slot.toString(), nameOf(drive));
        }
    }
    return sentences;
}

MachineDrives::MachineDrives(MachineSession& session)
    : m_session(session)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(0);
    connect(&m_soon, &QTimer::timeout, this, [this] { QCoro::connect(read(), this, [](const Result<void>&) { }); });
}

const std::vector<Drive>& MachineDrives::list() const
{
    return m_running ? *m_running : m_session.machine().definition.drives;
}

const Drive* MachineDrives::at(SlotId slot) const
{
    return driveIn(list(), slot);
}

QStringList MachineDrives::differences() const
{
    return m_running ? driveDifferences(*m_running, m_session.machine().definition.drives) : QStringList();
}

Result<void> MachineDrives::keepRunning()
{
    if (!m_running) {
        return m_session.wrongState(tr("The drives of “%1” are as its definition says. Its state: %2."));
    }
    return m_session.changeDefinition([running = *m_running](Definition& definition) -> Result<void> {
        definition.drives = running;
        for (const Drive& drive : running) {
            definition.controllers = std::max(definition.controllers, drive.slot.controller + 1);
        }
        std::erase_if(definition.bootOrder, [&](const BootDevice& device) {
            const auto* slot = std::get_if<SlotId>(&device);
            return slot != nullptr && definition.driveAt(*slot) == nullptr;
        });
        return {};
    });
}

// --- following ------------------------------------------------------------------------------------------------

void MachineDrives::readSoon()
{
    if (m_session.m_running && m_session.m_seat == QmpSeat::Application) {
        m_soon.start();
    }
}

void MachineDrives::follow()
{
    if (m_session.m_running) {
        connect(m_session.m_running->monitor(), &MachineMonitor::event, this, [this](const QString& event) {
            // RESUME: a disk's image may have been changed meanwhile.
            if (event == QLatin1String("DEVICE_DELETED") || event == QLatin1String("DEVICE_TRAY_MOVED")
                || event == QLatin1String("RESUME")) {
                readSoon();
            }
        });
        readSoon();
    } else if (m_running) {
        m_running.reset();
        Q_EMIT changed();
    }
}

QCoro::Task<Result<void>> MachineDrives::read()
{
    if (!m_session.m_running) {
        co_return Result<void>();
    }
    const QPointer<MachineDrives> self(this);
    if (!m_running) {
        co_await closeLeftImages(m_session.m_running->monitor(), m_session.m_runtime);
        if (!self || !m_session.m_running) {
            co_return std::unexpected(qmpInterrupted(QString()));
        }
    }
    Result<std::vector<Drive>> drives = co_await drivesOf(m_session.m_running->monitor());
    if (!self || !m_session.m_running) {
        co_return std::unexpected(qmpInterrupted(QString()));
    }
    if (!drives) {
        co_return std::unexpected(drives.error());
    }
    for (Drive& drive : *drives) {
        // What QEMU does not know of it.
        const Drive* defined = m_session.machine().definition.driveAt(drive.slot);
        if (defined != nullptr && isSame(*defined, drive)) {
            drive.what = defined->what;
        }
    }
    const QStringList before = differences();
    const bool isAnother = !m_running || *m_running != *drives;
    m_running = *std::move(drives);
    if (isAnother || differences() != before) {
        Q_EMIT changed();
    }
    co_return Result<void>();
}

// --- changing -------------------------------------------------------------------------------------------------

bool MachineDrives::isTaken(SlotId slot) const
{
    return m_session.machine().definition.driveAt(slot) != nullptr || at(slot) != nullptr;
}

std::optional<SlotId> MachineDrives::firstFree(int controller) const
{
    for (int target = 0; target < slotsPerController; ++target) {
        if (!isTaken({controller, target})) {
            return SlotId{controller, target};
        }
    }
    return std::nullopt;
}

Result<SlotId> MachineDrives::placeFor(std::optional<SlotId> slot) const
{
    const Definition& definition = m_session.machine().definition;
    if (slot && isTaken(*slot)) {
        return std::unexpected(
            Error{ErrorKind::InUse, tr("Slot %1 of “%2” holds a drive.").arg(slot->toString(), m_session.name()),
                tr("Choose another slot, or none to get the first that is free."), {}});
    }
    if (slot) {
        return *slot;
    }
    for (int controller = 0; controller < definition.controllers; ++controller) {
        if (const std::optional<SlotId> free = firstFree(controller)) {
            return *free;
        }
    }
    return std::unexpected(Error{ErrorKind::NoSpace,
        tr("All %1 slots of “%2” hold drives.")
            .arg(definition.controllers * slotsPerController)
            .arg(m_session.name()),
        definition.controllers < maxControllers
            ? tr("Add a SCSI controller while the machine is off, or remove a drive.")
            : tr("Remove a drive first: a machine has at most %1.").arg(maxControllers * slotsPerController),
        {}});
}

QCoro::Task<Result<SlotId>> MachineDrives::add(std::optional<SlotId> slot, DriveKind what)
{
    const QPointer<MachineDrives> self(this);
    if (m_session.m_running) {
        // Of the very image, perhaps, that is to be added.
        co_await closeLeftImages(m_session.m_running->monitor(), m_session.m_runtime);
    }
    // Storage that hangs must not take the window with it.
    const Result<DriveKind> checked = co_await QtConcurrent::run(usable, what);
    if (!checked) {
        co_return std::unexpected(checked.error());
    }
    if (self && m_session.m_running && !m_running) {
        const Result<void> known = co_await read();
        if (!known) {
            co_return std::unexpected(known.error());
        }
    }
    if (!self) {
        co_return std::unexpected(qmpInterrupted(QString()));
    }
    const Result<SlotId> place = placeFor(slot);
    if (!place) {
        co_return std::unexpected(place.error());
    }
    const Result<void> added = co_await addTo(*place, *checked);
    if (!added) {
        co_return std::unexpected(added.error());
    }
    co_return *place;
}

QCoro::Task<Result<void>> MachineDrives::addTo(SlotId slot, DriveKind what)
{
    const QPointer<MachineDrives> self(this);
    const Drive drive{slot, what};
    const auto into = [drive](Definition& definition) -> Result<void> {
        if (definition.driveAt(drive.slot) != nullptr) {
            return std::unexpected(Error{ErrorKind::InUse,
                tr("Slot %1 has been taken by another program meanwhile.").arg(drive.slot.toString()),
                tr("Choose another slot."), {}});
        }
        definition.drives.push_back(drive);
        // The firmware tries it when all else has failed.
        definition.bootOrder.emplace_back(drive.slot);
        return {};
    };
    Definition changed = m_session.machine().definition;
    Result<void> done = into(changed).and_then([&] { return checkRules(m_session.machine().definition, changed); });
    if (!done) {
        co_return done;
    }
    if (m_session.m_launching || m_session.m_state == MachineState::Starting) {
        co_return m_session.wrongState(tr("“%1” cannot get a drive right now. Its state: %2."));
    }
    const RuntimeFolder runtime = m_session.m_runtime;
    const QPointer<MachineMonitor> monitor = m_session.m_running ? m_session.m_running->monitor() : nullptr;
    if (monitor) {
        done = co_await plugIn(monitor, runtime, drive);
        if (!done) {
            co_return done;
        }
    }
    if (!self) {
        co_return std::unexpected(qmpInterrupted(QString()));
    }
    done = m_session.changeDefinition(into);
    if (!done && monitor) {
        co_await pullOut(monitor, runtime, slot);
    }
    if (self) {
        readSoon();
    }
    co_return done;
}

QCoro::Task<Result<DriveRemoval>> MachineDrives::remove(SlotId slot, RemovalWay way)
{
    const QPointer<MachineDrives> self(this);
    if (m_session.m_running && !m_running) {
        const Result<void> known = co_await read();
        if (!known) {
            co_return std::unexpected(known.error());
        }
    }
    const Drive* drive = self ? at(slot) : nullptr;
    if (self && drive == nullptr) {
        // Another program's change, or one that is in the definition only.
        drive = m_session.machine().definition.driveAt(slot);
    }
    if (drive == nullptr) {
        co_return std::unexpected(noDrive(self ? m_session.name() : QString(), slot));
    }
    if (m_session.m_launching || m_session.m_state == MachineState::Starting
        || (!m_session.m_running && m_session.m_runtime.runningQemu())) {
        co_return m_session.wrongState(tr("“%1” cannot lose a drive right now. Its state: %2."));
    }
    Result<DriveRemoval> removed = DriveRemoval{true, {}};
    if (m_session.m_running && (m_running && driveIn(*m_running, slot) != nullptr)) {
        removed = co_await removeFromRunning(m_session.m_running->monitor(), m_session.m_runtime, *drive, way);
        if (!removed) {
            co_return removed;
        }
        if (!self) {
            co_return std::unexpected(qmpInterrupted(QString()));
        }
    }
    const Result<void> done = m_session.changeDefinition([slot](Definition& definition) -> Result<void> {
        std::erase_if(definition.drives, [slot](const Drive& candidate) { return candidate.slot == slot; });
        std::erase(definition.bootOrder, BootDevice(slot));
        return {};
    });
    if (!done) {
        co_return std::unexpected(done.error());
    }
    readSoon();
    co_return removed;
}

QCoro::Task<Result<void>> MachineDrives::move(SlotId from, SlotId to)
{
    const QPointer<MachineDrives> self(this);
    const Drive* found = at(from);
    if (found == nullptr) {
        co_return std::unexpected(noDrive(m_session.name(), from));
    }
    if (from == to) {
        co_return Result<void>();
    }
    const Drive drive = *found;
    const bool isOn = isUp(m_session.m_state) || m_session.m_launching || m_session.m_runtime.runningQemu();
    if (isOn && std::holds_alternative<DiskDrive>(drive.what)) {
        co_return m_session.wrongState(
            tr("A disk of “%1” can be moved to another slot while the machine is off. Its state: %2."));
    }
    const Result<SlotId> place = placeFor(to);
    if (!place) {
        co_return std::unexpected(place.error());
    }
    const auto change = [from, to](Definition& definition) -> Result<void> {
        for (Drive& candidate : definition.drives) {
            candidate.slot = candidate.slot == from ? to : candidate.slot;
        }
        std::ranges::replace(definition.bootOrder, BootDevice(from), BootDevice(to));
        return {};
    };
    Definition changed = m_session.machine().definition;
    const Result<void> allowed =
        change(changed).and_then([&] { return checkRules(m_session.machine().definition, changed); });
    if (!allowed) {
        co_return allowed;
    }
    if (m_session.m_running) {
        const RuntimeFolder runtime = m_session.m_runtime;
        const QPointer<MachineMonitor> monitor = m_session.m_running->monitor();
        const Result<DriveRemoval> removed =
            co_await removeFromRunning(monitor, runtime, drive, RemovalWay::Safely);
        if (!removed) {
            co_return std::unexpected(removed.error());
        }
        if (const Result<void> added = co_await plugIn(monitor, runtime, {to, drive.what}); !added) {
            co_await plugIn(monitor, runtime, drive);
            co_return added;
        }
        if (!self) {
            co_return std::unexpected(qmpInterrupted(QString()));
        }
    }
    const Result<void> done = m_session.changeDefinition(change);
    readSoon();
    co_return done;
}

Result<void> MachineDrives::setAttachment(SlotId slot, bool isReadOnly, bool discards)
{
    if (isUp(m_session.m_state) || m_session.m_launching || m_session.m_runtime.runningQemu()) {
        return m_session.wrongState(
            tr("How a disk of “%1” is attached can be changed while the machine is off. Its state: %2."));
    }
    return m_session.changeDefinition([this, slot, isReadOnly, discards](Definition& definition) -> Result<void> {
        const auto drive = std::ranges::find(definition.drives, slot, &Drive::slot);
        auto* disk = drive != definition.drives.end() ? std::get_if<DiskDrive>(&drive->what) : nullptr;
        if (disk == nullptr) {
            return std::unexpected(m_session.noDiskAt(slot));
        }
        disk->isReadOnly = isReadOnly;
        disk->discards = discards;
        return {};
    });
}

Result<void> MachineDrives::addController()
{
    if (isUp(m_session.m_state) || m_session.m_launching || m_session.m_runtime.runningQemu()) {
        return m_session.wrongState(tr("“%1” can get a SCSI controller while the machine is off. Its state: %2."));
    }
    return m_session.changeDefinition([](Definition& definition) -> Result<void> {
        if (definition.controllers >= maxControllers) {
            return std::unexpected(Error{ErrorKind::NoSpace,
                tr("The machine has %1 SCSI controllers, which is as many as there can be.").arg(maxControllers),
                tr("Each has %1 slots: use those that are empty.").arg(slotsPerController), {}});
        }
        ++definition.controllers;
        return {};
    });
}

Result<void> MachineDrives::removeController()
{
    if (isUp(m_session.m_state) || m_session.m_launching || m_session.m_runtime.runningQemu()) {
        return m_session.wrongState(tr("“%1” can lose a SCSI controller while the machine is off. Its state: %2."));
    }
    return m_session.changeDefinition([](Definition& definition) -> Result<void> {
        const int last = definition.controllers - 1;
        if (last < 1) {
            return std::unexpected(Error{ErrorKind::InvalidInput,
                tr("The machine's only SCSI controller cannot be removed."), tr("Remove its drives instead."), {}});
        }
        if (std::ranges::any_of(definition.drives, [last](const Drive& d) { return d.slot.controller == last; })) {
            return std::unexpected(Error{ErrorKind::InUse, tr("SCSI controller %1 still has drives.").arg(last),
                tr("Move them to another controller or remove them first."), {}});
        }
        definition.controllers = last;
        return {};
    });
}

} // namespace platter
