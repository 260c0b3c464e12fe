// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/guest_advice.h"

#include <QCoreApplication>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::GuestAdvice)
};

QString growthOf(const QString& type, const QString& device)
{
    if (type.startsWith(QLatin1String("ext"))) {
        return QStringLiteral("resize2fs %1").arg(device);
    }
    if (type == QLatin1String("xfs")) {
        return QStringLiteral("xfs_growfs /");
    }
    if (type == QLatin1String("btrfs")) {
        return QStringLiteral("btrfs filesystem resize max /");
    }
    if (type == QLatin1String("LVM2_member")) {
        return QStringLiteral("pvresize %1").arg(device);
    }
    if (type == QLatin1String("crypto_LUKS")) {
        return QStringLiteral("cryptsetup resize …");
    }
    return {};
}

} // namespace

QStringList afterExpanding(const DiskInspection& disk)
{
    const PartitionTable& table = disk.partitions;
    if (table.kind == PartitionTable::Kind::None) {
        if (!table.fileSystem) {
            return {};
        }
        const QString command = growthOf(table.fileSystem->type, QStringLiteral("/dev/sdX"));
        return {command.isEmpty()
                ? Texts::tr("Afterwards, grow the file system in the guest.")
                : Texts::tr("Afterwards, grow the file system in the guest. Linux: %1").arg(command)};
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
    const QString partition = QStringLiteral("growpart /dev/sdX %1").arg(last.number);
    const QString fileSystem = growthOf(type, QStringLiteral("/dev/sdX%1").arg(last.number));
    return {Texts::tr("Afterwards, grow the last partition and its file system in the guest."),
        Texts::tr("Linux: %1")
            .arg(fileSystem.isEmpty() ? partition : partition + QStringLiteral(" && ") + fileSystem)};
}

} // namespace platter
