// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/disk_use.h"

#include <QCoreApplication>
#include <QFile>

#include <sys/stat.h>
#include <utility>

namespace platter {

namespace {

using FileId = std::pair<dev_t, ino_t>;

std::optional<FileId> idOf(const QString& file)
{
    struct stat status = {};
    if (file.isEmpty() || ::stat(QFile::encodeName(file).constData(), &status) != 0) {
        return std::nullopt;
    }
    return FileId(status.st_dev, status.st_ino);
}

} // namespace

DiskUse findDiskUse(const MachineLibrary& library, const QString& file)
{
    DiskUse found;
    const std::optional<FileId> wanted = idOf(file);
    if (!wanted) {
        return found;
    }
    for (const LibraryEntry& entry : library.entries()) {
        if (entry.session == nullptr) {
            continue;
        }
        for (const Drive& drive : entry.session->machine().definition.drives) {
            const auto* disk = std::get_if<DiskDrive>(&drive.what);
            if (disk == nullptr || idOf(disk->file()) != wanted) {
                continue;
            }
            if (!found.isUsed() || (!found.isRunning() && isUp(entry.session->state()))) {
                found = {entry.session, entry.session->name(), drive.slot, entry.session->state()};
            }
        }
    }
    return found;
}

QString mustBeOff(const DiskUse& use)
{
    return use.state == MachineState::Paused
        ? QCoreApplication::translate("platter::DiskUse",
              "The machine “%1” is paused and uses this disk: resume it and shut it down first.")
              .arg(use.machine)
        : QCoreApplication::translate(
              "platter::DiskUse", "The machine “%1” is running and uses this disk: shut it down first.")
              .arg(use.machine);
}

} // namespace platter
