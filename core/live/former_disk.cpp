// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/former_disk.h"

#include "core/disk/host_file.h"
#include "core/disk/operations/vhdx_file.h"
#include "core/live/running_disk_job.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::FormerDisk)
};

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

bool awaitsProof(const Definition& definition)
{
    return std::ranges::any_of(definition.drives, [](const Drive& drive) {
        const auto* disk = std::get_if<DiskDrive>(&drive.what);
        return disk != nullptr && disk->former && !disk->former->isReplaced;
    });
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
        Texts::tr("Start the machine and let its system come up, with Platter open or the guest agent inside."),
        {}};
}

} // namespace platter
