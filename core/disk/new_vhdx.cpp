// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/new_vhdx.h"

#include "core/disk/host_file.h"
#include "core/disk/partial_file.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <cerrno>

namespace platter {

Result<void> createVhdx(const QString& file, const vhdx::NewDisk& disk)
{
    const QString what = QCoreApplication::translate("platter::NewImage", "Making the disk image");
    if (Result<void> sound = vhdx::checkNewDisk(disk); !sound) {
        return sound;
    }
    const QFileInfo target(file);
    if (target.exists() || target.isSymLink()) {
        return std::unexpected(systemError(what, file, EEXIST));
    }
    if (!QFileInfo(target.absolutePath()).isDir()) {
        return std::unexpected(systemError(what, target.absolutePath(), ENOENT));
    }
    PartialFile partial(file);
    {
        const Result<std::unique_ptr<HostFile>> made = HostFile::create(partial.path());
        const Result<void> filled = made ? vhdx::create(**made, disk) : Result<void>(std::unexpected(made.error()));
        if (!filled) {
            return std::unexpected(partial.named(filled.error()));
        }
    }
    return partial.appear(what);
}

} // namespace platter
