// SPDX-License-Identifier: GPL-3.0-or-later
// Which file system (or swap, LVM, RAID, encryption) a partition holds, by libblkid over a copy of its superblocks.
// Reads a few MiB at most, however large the partition is. Pure functions over a source; any thread.
#pragma once

#include "core/byte_source.h"
#include "core/disk/disk_range.h"
#include "core/disk/file_system_space.h"

#include <optional>
#include <vector>

namespace platter {

class SparseCopy;

struct FileSystem {
    QString type; // libblkid's name: "ext4", "ntfs", "vfat", "crypto_LUKS"; "ambiguous" where it sees several
    QString version = {}; // "FAT32", "1.0"; mostly empty
    QString label = {};
    QString uuid = {};
    std::optional<FileSystemSpace> space = {}; // nothing: not known

    // As people write it: "FAT32", "NTFS", "LUKS".
    QString displayType() const;

    friend bool operator==(const FileSystem&, const FileSystem&) = default;
};

// What VOLUME holds; nothing where no signature is known.
Result<std::optional<FileSystem>> fileSystemOf(const ByteSource& volume, std::uint32_t sectorSize);

// The same of what has been copied already.
Result<std::optional<FileSystem>> fileSystemOfCopy(const SparseCopy& copy, std::uint32_t sectorSize);

// Where libblkid's signatures, labels and UUIDs lie in VOLUME: its first and last MiB (ext, XFS, btrfs at 64 KiB,
// swap, LVM2, LUKS, ISO 9660, UDF at 512 KiB or 1 MiB, VMFS at 2 MiB, RAID and ZFS at the end), and what NTFS (its
// volume record), FAT32 and exFAT (the root directory's first cluster, where the label is) point to. The labels of
// HFS+, and those that lie in later clusters of a root directory, are not seen.
std::vector<DiskRange> superblockRanges(const ByteSource& volume);

} // namespace platter
