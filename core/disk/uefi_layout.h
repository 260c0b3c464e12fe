// SPDX-License-Identifier: GPL-3.0-or-later
// What the partition table of a disk for BIOS firmware becomes for UEFI: a GPT with the same partitions at the same
// places and by the same numbers, and an EFI system partition in free space or at the end of a larger disk. Pure
// functions.
#pragma once

#include "core/byte_count.h"
#include "core/disk/partition_table.h"
#include "core/disk/sparse_copy.h"

namespace platter {

inline constexpr ByteCount efiPartitionSize = ByteCount::mebibytes(264); // FAT32 on sectors of 4096 bytes takes 260

struct UefiLayout {
    std::uint64_t diskSize = 0;
    DiskRange efiPartition;
    int efiPartitionNumber = 0;
    std::vector<Partition> partitions; // those that stay

    friend bool operator==(const UefiLayout&, const UefiLayout&) = default;
};

// SIZE is what the disk is to have; without it, its own, or as much more as the EFI system partition needs. Errors:
// InvalidInput: SIZE is too small; WrongState: the table is damaged, its partitions are too near to the disk's
// start or have numbers that a GPT has no place for.
Result<UefiLayout> layOutForUefi(const PartitionTable& table, std::optional<ByteCount> size);

// Writes the table into COPY, a disk of the layout's size; the result is where it lies in there.
Result<std::vector<DiskRange>> writeUefiTable(
    const UefiLayout& layout, SparseCopy& copy, std::uint32_t logicalSectorSize, std::uint32_t physicalSectorSize);

} // namespace platter
