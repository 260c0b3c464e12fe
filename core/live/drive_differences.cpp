// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/drive_differences.h"

#include "core/qemu/network_node.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::DriveDifferences)
};

QString nameOf(const Drive& drive)
{
    if (const auto* disk = std::get_if<DiskDrive>(&drive.what)) {
        return Texts::tr("the disk %1").arg(disk->shortName());
    }
    const QString file = QFileInfo(drive.where()).fileName();
    return file.isEmpty() ? Texts::tr("an empty DVD drive") : Texts::tr("a DVD drive with %1").arg(file);
}

} // namespace

const Drive* driveIn(const std::vector<Drive>& drives, SlotId slot)
{
    const auto found = std::ranges::find(drives, slot, &Drive::slot);
    return found == drives.end() ? nullptr : &*found;
}

bool areSame(const Drive& a, const Drive& b)
{
    if (a.isOnNetwork() && b.isOnNetwork()) {
        return isSamePlace(std::get<NetworkLocation>(std::get<DiskDrive>(a.what).source),
            std::get<NetworkLocation>(std::get<DiskDrive>(b.what).source));
    }
    return a.what.index() == b.what.index() && a.where() == b.where();
}

QStringList driveDifferences(const std::vector<Drive>& running, const std::vector<Drive>& defined)
{
    QStringList sentences;
    for (const Drive& drive : running) {
        const Drive* next = driveIn(defined, drive.slot);
        if (next == nullptr) {
            sentences << Texts::tr("Slot %1 holds %2 only until the machine is shut down.")
                             .arg(drive.slot.toString(), nameOf(drive));
        } else if (!areSame(drive, *next)) {
            sentences << Texts::tr("Slot %1 holds %2 now, and %3 from the next start on.")
                             .arg(drive.slot.toString(), nameOf(drive), nameOf(*next));
        }
    }
    for (const Drive& drive : defined) {
        if (driveIn(running, drive.slot) == nullptr) {
            sentences << Texts::tr("Slot %1 is empty now, and holds %2 from the next start on.")
                             .arg(drive.slot.toString(), nameOf(drive));
        }
    }
    return sentences;
}

} // namespace platter
