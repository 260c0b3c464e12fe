// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/guest_advice.h"

#include "core/disk/new_image.h"
#include "core/live/guest_volume.h"

#include <QCoreApplication>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::GuestAdvice)
};

// What a Linux guest would say of the file system at DEVICE, as far as it can be told from outside.
GuestVolume presumed(const QString& device, const QString& type)
{
    return {.disk = QStringLiteral("/dev/sdX"),
        .device = device,
        .type = type,
        .mountPoint = QStringLiteral("/"),
        .tools = growthTools};
}

QStringList adviceFor(const GuestVolume& volume, const QString& what)
{
    const Result<QStringList> commands = growthCommands(volume, largestVhdx);
    return commands ? QStringList{what, Texts::tr("Linux: %1").arg(commands->join(QStringLiteral(" && ")))}
                    : QStringList{what, commands.error().text()};
}

} // namespace

QStringList afterExpanding(const DiskInspection& disk)
{
    const PartitionTable& table = disk.partitions;
    if (table.kind == PartitionTable::Kind::None) {
        if (!table.fileSystem) {
            return {};
        }
        return adviceFor(presumed(QStringLiteral("/dev/sdX"), table.fileSystem->type),
            Texts::tr("Afterwards, grow the file system in the guest."));
    }
    if (table.partitions.empty()) {
        return {Texts::tr("Afterwards, make a partition in the new space in the guest.")};
    }
    const Partition& last = *std::ranges::max_element(
        table.partitions, {}, [](const Partition& partition) { return partition.range.end(); });
    const QString type = last.fileSystem ? last.fileSystem->type : QString();
    if (type == QLatin1String("swap") || last.typeName.contains(QLatin1String("swap"), Qt::CaseInsensitive)
        || last.typeName.contains(QLatin1String("recovery"), Qt::CaseInsensitive)) {
        return {
            Texts::tr("The new space lies behind a partition that is seldom worth growing (%1). In the guest, move "
                      "or delete that one first, or make a new partition in the new space.")
                .arg(last.typeName)};
    }
    if (type == QLatin1String("ntfs") || type == QLatin1String("BitLocker")) {
        return {Texts::tr("Afterwards, grow the partition in the guest."),
            Texts::tr("Windows: Disk Management, Extend Volume; or in PowerShell: %1")
                .arg(
                    QStringLiteral("Resize-Partition -DriveLetter C -Size (Get-PartitionSupportedSize -DriveLetter "
                                   "C).SizeMax"))};
    }
    GuestVolume volume = presumed(QStringLiteral("/dev/sdX%1").arg(last.number), type);
    volume.partition = static_cast<int>(last.number);
    volume.end = ByteCount(last.range.end());
    return adviceFor(volume, Texts::tr("Afterwards, grow the last partition and its file system in the guest."));
}

} // namespace platter
