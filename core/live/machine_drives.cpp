// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_drives.h"

#include "core/live/drive_change.h"
#include "core/live/drive_differences.h"
#include "core/live/machine_session.h"
#include "core/machine/preflight.h"
#include "core/qemu/block_drivers.h"
#include "core/qemu/network_node.h"
#include "core/qemu/qemu_program.h"
#include "core/qemu/qmp_error.h"

#include <QCoroFuture>
#include <QFileInfo>
#include <QPointer>
#include <QtConcurrentRun>

#include <algorithm>

namespace platter {

namespace {

using DriveKind = std::variant<DiskDrive, DvdDrive>;

// WHAT, a disk with FORMAT or the one that its image has (a device or a server does not tell); an error is that it
// cannot be used.
Result<DriveKind> usable(DriveKind what, std::optional<DiskFormat> format)
{
    if (auto* disk = std::get_if<DiskDrive>(&what)) {
        const Result<DiskFormat> found = checkDisk(*disk);
        if (!found) {
            return std::unexpected(found.error());
        }
        const QString file = disk->file();
        if (file.isEmpty()) {
            disk->format = *found;
            return what;
        }
        // Its name says it with more certainty than marks that its guest may have written.
        const bool isNamedRaw = file.endsWith(QLatin1String(".raw"), Qt::CaseInsensitive);
        disk->format = format.value_or(isNamedRaw ? DiskFormat::Raw : *found);
        if (disk->format != *found && disk->format != DiskFormat::Raw) {
            return std::unexpected(Error{ErrorKind::InvalidInput,
                MachineDrives::tr("%1 is not a %2 image.").arg(file, displayName(disk->format)),
                MachineDrives::tr("Choose another file, or another format."),
                QStringLiteral("found: %1").arg(nameOf(*found))});
        }
        return what;
    }
    const QString& medium = std::get<DvdDrive>(what).medium;
    const Result<void> readable = medium.isEmpty() ? Result<void>() : checkMedium(medium);
    return readable.transform([&] { return what; });
}

QCoro::Task<Result<void>> checkDriver(QString cache, Drive drive)
{
    const Result<QemuProgram> qemu = co_await findQemu(std::move(cache));
    if (!qemu) {
        co_return std::unexpected(qemu.error());
    }
    co_return co_await checkBlockDrivers(qemu->path, {std::move(drive)});
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
        m_sizes.clear();
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
    Result<RunningDrives> drives = co_await drivesOf(m_session.m_running->monitor());
    if (!self || !m_session.m_running) {
        co_return std::unexpected(qmpInterrupted(QString()));
    }
    if (!drives) {
        co_return std::unexpected(drives.error());
    }
    for (Drive& drive : drives->list) {
        // What QEMU does not know of it.
        const Drive* defined = m_session.machine().definition.driveAt(drive.slot);
        if (defined != nullptr && areSame(*defined, drive)) {
            drive.what = defined->what;
        }
    }
    const QStringList before = differences();
    const bool isAnother = !m_running || *m_running != drives->list || m_sizes != drives->sizes;
    m_running = std::move(drives->list);
    m_sizes = std::move(drives->sizes);
    if (isAnother || differences() != before) {
        Q_EMIT changed();
    }
    co_return Result<void>();
}

// --- changing -------------------------------------------------------------------------------------------------

bool MachineDrives::isOn() const
{
    return isUp(m_session.m_state) || m_session.m_launching || m_session.m_runtime.runningQemu();
}

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

QCoro::Task<Result<SlotId>> MachineDrives::add(
    std::optional<SlotId> slot, DriveKind what, std::optional<DiskFormat> format)
{
    const QPointer<MachineDrives> self(this);
    if (m_session.m_running) {
        // Of the very image, perhaps, that is to be added.
        co_await closeLeftImages(m_session.m_running->monitor(), m_session.m_runtime);
    }
    // Storage that hangs must not take the window with it.
    const Result<DriveKind> checked = co_await QtConcurrent::run(usable, what, format);
    if (!checked) {
        co_return std::unexpected(checked.error());
    }
    if (const Drive drive{{}, *checked}; self && drive.isOnNetwork()) {
        const Result<void> reachable = co_await checkDriver(m_session.m_places.cache, drive);
        if (!reachable) {
            co_return std::unexpected(reachable.error());
        }
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
    if (isOn() && std::holds_alternative<DiskDrive>(drive.what)) {
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
    if (isOn()) {
        return m_session.wrongState(
            tr("How a disk of “%1” is attached can be changed while the machine is off. Its state: %2."));
    }
    return m_session.changeDefinition([this, slot, isReadOnly, discards](Definition& definition) -> Result<void> {
        const auto drive = std::ranges::find(definition.drives, slot, &Drive::slot);
        auto* disk = drive != definition.drives.end() ? std::get_if<DiskDrive>(&drive->what) : nullptr;
        if (disk == nullptr) {
            return std::unexpected(m_session.noDiskAt(slot));
        }
        Definition changed = definition;
        auto& attached = std::get<DiskDrive>(std::ranges::find(changed.drives, slot, &Drive::slot)->what);
        attached.isReadOnly = isReadOnly;
        attached.discards = discards;
        const Result<void> allowed = checkRules(definition, changed);
        if (allowed) {
            *disk = attached;
        }
        return allowed;
    });
}

QCoro::Task<Result<void>> MachineDrives::setImage(SlotId slot, QString file, bool isReadOnly)
{
    const QPointer<MachineDrives> self(this);
    const auto checkOff = [this]() -> Result<void> {
        return isOn() ? m_session.wrongState(
                            tr("A disk of “%1” can get another image while the machine is off. Its state: %2."))
                      : Result<void>();
    };
    if (const Result<void> off = checkOff(); !off) {
        co_return off;
    }
    const Drive* drive = m_session.machine().definition.driveAt(slot);
    const auto* disk = drive != nullptr ? std::get_if<DiskDrive>(&drive->what) : nullptr;
    if (disk == nullptr) {
        co_return std::unexpected(m_session.noDiskAt(slot));
    }
    DiskDrive now = *disk;
    now.source = file;
    now.isReadOnly = isReadOnly;
    const bool isRaw = disk->format == DiskFormat::Raw && !disk->file().isEmpty();
    const Result<DriveKind> checked =
        co_await QtConcurrent::run(usable, DriveKind(now), isRaw ? std::optional(DiskFormat::Raw) : std::nullopt);
    if (!self) {
        co_return std::unexpected(qmpInterrupted(QString()));
    }
    if (!checked) {
        co_return std::unexpected(checked.error());
    }
    if (const Result<void> off = checkOff(); !off) {
        co_return off;
    }
    co_return m_session.changeDefinition([&](Definition& definition) -> Result<void> {
        const auto changed = std::ranges::find(definition.drives, slot, &Drive::slot);
        auto* of = changed != definition.drives.end() ? std::get_if<DiskDrive>(&changed->what) : nullptr;
        if (of == nullptr) {
            return std::unexpected(m_session.noDiskAt(slot));
        }
        of->source = file;
        of->isReadOnly = isReadOnly;
        of->format = std::get<DiskDrive>(*checked).format;
        return {};
    });
}

Result<void> MachineDrives::addController()
{
    if (isOn()) {
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
    if (isOn()) {
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
