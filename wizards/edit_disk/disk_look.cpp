// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/disk_look.h"

#include "core/disk/open_disk.h"
#include "core/disk/operations/migrate_disk.h"

#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <unistd.h>

namespace platter {

Result<DiskLook> lookAtDisk(const QString& file, const QStringList& parents, InspectAccess access)
{
    DiskLook look;
    Result<DiskInspection> disk = inspectFile(file, parents, access);
    if (!disk && access == InspectAccess::Locked && disk.error().kind == ErrorKind::InUse) {
        look.inUse = disk.error();
        disk = inspectFile(file, parents, InspectAccess::Shared);
    }
    if (!disk) {
        return std::unexpected(disk.error());
    }
    look.disk = *std::move(disk);
    look.mayWrite = ::faccessat(AT_FDCWD, QFile::encodeName(file).constData(), W_OK, AT_EACCESS) == 0;
    look.keptCopy = keptCopyOf(file);
    look.bootabilityAsMachineDisk = look.disk.bootability;
    if (look.disk.image.format == ImageKind::Vhd && !look.inUse) {
        // Of a VHD it is said that no machine has one; what it becomes as a VHDX is the question here.
        const Result<std::unique_ptr<VirtualDisk>> open = openDisk(file, parents);
        if (open) {
            if (const Result<Bootability> after = judgeBootability(**open, look.disk.partitions, ImageKind::Vhdx)) {
                look.bootabilityAsMachineDisk = *after;
            }
        }
    }
    if (!look.inUse) {
        if (const Result<void> can =
                checkMigration(QFileInfo(file).fileName(), look.disk.partitions, look.bootabilityAsMachineDisk);
            !can) {
            look.againstMigration = can.error();
        }
    }
    return look;
}

} // namespace platter
