// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/former_disk.h"

#include "core/disk/host_file.h"
#include "core/disk/operations/vhdx_file.h"
#include "core/live/drive_traffic.h"
#include "core/live/running_disk_job.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::FormerDisk)
};

// More than a boot loader writes (GRUB a sector, Windows some KiB), and than firmware reads to find one.
constexpr ByteCount enoughRead = ByteCount::mebibytes(32);
constexpr ByteCount enoughWritten = ByteCount::mebibytes(1);
// A firmware that looks whether a medium can be booted reads less; the smallest system on one is larger.
constexpr ByteCount looksAtMedia = ByteCount::mebibytes(4);

Result<void> checkNoMachineHas(const MachineStore& store, const QString& file)
{
    for (const StoreEntry& entry : store.list()) {
        if (const auto slot = entry.definition ? slotOfDisk(*entry.definition, file) : std::nullopt) {
            return std::unexpected(Error{ErrorKind::InUse,
                Texts::tr("%1 is disk %2 of the machine “%3”.").arg(file, slot->toString(), entry.name),
                Texts::tr("Keep it, or remove it from that machine first."), {}});
        }
    }
    return {};
}

Result<void> checkNoImageStandsOn(const QString& file)
{
    Result<std::unique_ptr<HostFile>> opened = HostFile::open(file, HostFile::Access::Unlocked);
    if (!opened) {
        return std::unexpected(opened.error());
    }
    const Result<std::unique_ptr<vhdx::Image>> image = vhdx::Image::open(*std::move(opened), {});
    return image ? checkHasNoChildren(file, (*image)->header().dataWriteGuid) : Result<void>();
}

} // namespace

bool showsRunningSystem(const DiskTraffic& traffic)
{
    return traffic.read >= enoughRead && traffic.written >= enoughWritten && traffic.fromMedia <= looksAtMedia;
}

QCoro::Task<Result<DiskTraffic>> trafficOf(QPointer<MachineMonitor> monitor, Definition definition, SlotId slot)
{
    const Result<DriveCounts> counts = co_await countersOf(monitor);
    if (!counts) {
        co_return std::unexpected(counts.error());
    }
    std::uint64_t fromMedia = 0;
    for (const Drive& drive : definition.drives) {
        const auto found = counts->find(drive.slot);
        fromMedia +=
            std::holds_alternative<DvdDrive>(drive.what) && found != counts->end() ? found->second.readBytes : 0;
    }
    if (const auto disk = counts->find(slot); disk != counts->end()) {
        co_return DiskTraffic{
            ByteCount(disk->second.readBytes), ByteCount(disk->second.writtenBytes), ByteCount(fromMedia)};
    }
    co_return std::unexpected(
        Error{ErrorKind::NotFound, Texts::tr("The running machine has no drive in slot %1.").arg(slot.toString())});
}

Result<void> removeFormerFile(const MachineStore& store, const QString& file, Removal removal)
{
    const Result<void> isFree =
        checkImageNotInUse(file).and_then([&] { return checkNoMachineHas(store, file); }).and_then([&] {
            return checkNoImageStandsOn(file);
        });
    if (!isFree) {
        return isFree;
    }
    QFile old(file);
    if (removal == Removal::ToTrash ? old.moveToTrash() : old.remove()) {
        return {};
    }
    if (removal == Removal::ToTrash) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("%1 cannot be moved to the trash; there is none for this place.").arg(file),
            Texts::tr("Delete it for good instead."), old.errorString()});
    }
    return std::unexpected(
        Error{ErrorKind::PermissionDenied, Texts::tr("%1 could not be deleted: %2.").arg(file, old.errorString()),
            Texts::tr("Delete it by hand."), {}});
}

Error noFormerDisk(const QString& machine, SlotId slot)
{
    return {ErrorKind::NotFound,
        Texts::tr("No disk has taken another one’s place in slot %1 of “%2”.").arg(slot.toString(), machine),
        Texts::tr("Look at its list of drives."), {}};
}

Error notReplacedYet(const QString& machine, const FormerDisk& former)
{
    return {ErrorKind::WrongState,
        Texts::tr("%1 is needed as long as the system in “%2” has not run from the disk that took its place.")
            .arg(former.file, machine),
        Texts::tr("Start the machine and let its system come up."), {}};
}

} // namespace platter
