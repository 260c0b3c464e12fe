// SPDX-License-Identifier: GPL-3.0-or-later
// The partition table of a disk, GPT or MBR, with the file systems on its partitions, and what is wrong with it.
// readPartitionTable() finds it. Offsets and lengths are bytes. Values; any thread.
#pragma once

#include "core/disk/disk_range.h"
#include "core/disk/file_system.h"

#include <optional>
#include <vector>

namespace platter {

struct Partition {
    int number = 0; // as the guest counts, from 1
    DiskRange range;
    QString type; // GPT: the type's GUID in capitals; MBR: "0x83"
    QString typeName; // "Linux filesystem"; empty where it is not known
    QString name; // GPT only
    QString uuid;
    std::optional<FileSystem> fileSystem;
    bool isEfiSystem = false; // of the type for an EFI system partition
    bool isContainer = false; // MBR: the extended partition, which holds the logical ones
    bool isActive = false; // MBR: marked as the one that BIOS firmware boots

    friend bool operator==(const Partition&, const Partition&) = default;
};

struct PartitionProblem {
    enum class Kind {
        PrimaryGptDamaged,
        BackupGptDamaged,
        BothGptsDamaged,
        BackupGptNotAtEnd, // the disk was made larger
        GptForLargerDisk, // the disk was cut
        GptsDiffer,
        ProtectiveMbrMissing,
        HybridMbr,
        PartitionsOverlap,
        PartitionPastEnd,
        PartitionReversed, // it ends before it begins
        PartitionOverTable, // GPT: outside the range that the table allows
        LogicalChainDamaged,
        OtherTable, // neither GPT nor MBR
        Unreadable, // libfdisk refuses it
    };
    Kind kind = Kind::Unreadable;
    QString detail = {}; // which partitions, the rule that is broken, libfdisk's words

    QString sentence() const;
    QString advice() const; // may be empty

    friend bool operator==(const PartitionProblem&, const PartitionProblem&) = default;
};

QString nameOf(PartitionProblem::Kind kind); // "backup-gpt-not-at-end": stable, for JSON

struct PartitionTable {
    enum class Kind { None, Mbr, Gpt };

    Kind kind = Kind::None;
    std::uint64_t diskSize = 0;
    std::uint32_t sectorSize = 512;
    QString id; // GPT: GUID in capitals; MBR: "0x1234abcd"
    DiskRange usable; // where partitions may lie, as the table says
    bool backupAtEnd = false; // GPT: its backup header is sound and lies in the disk's last sector
    std::uint64_t backupSize = 0; // GPT: what the backup takes at the disk's end
    std::vector<Partition> partitions; // by offset; a container comes before what it holds
    std::optional<FileSystem> fileSystem; // with None: the one that fills the whole disk
    std::vector<PartitionProblem> problems;

    bool has(PartitionProblem::Kind problem) const;

    // Whether every partition is where the table says: no overlap, none past the end, nothing that was left out.
    bool isSound() const;

    // Where the last partition ends; 0 without any.
    std::uint64_t endOfPartitions() const;
    // The size that a disk with these partitions has at least, in whole sectors. With None the whole disk counts.
    std::uint64_t smallestDiskSize() const;

    // What is left of the usable range. An extended partition is taken as a whole.
    std::vector<DiskRange> freeRanges() const;
    // What no partition holds and no table needs, so that a guest has no use for what is in it. Leaves out the
    // disk's first and last MiB, where boot loaders and volume managers keep things of their own. Empty unless
    // isSound().
    std::vector<DiskRange> rangesOutsidePartitions() const;

    friend bool operator==(const PartitionTable&, const PartitionTable&) = default;
};

QString nameOf(PartitionTable::Kind kind); // "none", "mbr", "gpt"

} // namespace platter
