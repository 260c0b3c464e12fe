// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/migration_preview.h"

#include "core/disk/uefi_layout.h"

#include <algorithm>

namespace platter {

Result<DiskInspection> afterMigration(const DiskInspection& disk, std::optional<ByteCount> size)
{
    return layOutForUefi(disk.partitions, size).transform([&disk](UefiLayout layout) {
        DiskInspection copy = disk;
        copy.virtualSize = ByteCount(layout.diskSize);
        PartitionTable& table = copy.partitions;
        table.kind = PartitionTable::Kind::Gpt;
        table.diskSize = layout.diskSize;
        table.partitions = std::move(layout.partitions);
        Partition efi;
        efi.number = layout.efiPartitionNumber;
        efi.range = layout.efiPartition;
        efi.fileSystem = FileSystem{.type = QStringLiteral("vfat"), .version = QStringLiteral("FAT32")};
        efi.isEfiSystem = true;
        table.partitions.push_back(std::move(efi));
        std::ranges::sort(table.partitions, {}, [](const Partition& one) { return one.range.offset; });
        return copy;
    });
}

} // namespace platter
