// SPDX-License-Identifier: GPL-3.0-or-later
// Finds the partition table of a disk, by libfdisk and libblkid over a copy of the few sectors that they need: a
// few MiB are read, however large the disk is. Pure functions over a disk; any thread.
#pragma once

#include "core/disk/gpt_header.h"
#include "core/disk/partition_table.h"
#include "core/disk/sparse_copy.h"
#include "core/disk/virtual_disk.h"

namespace platter {

// Damage to the table is no error but stands among its problems; an error is that the disk cannot be read.
Result<PartitionTable> readPartitionTable(const VirtualDisk& disk);

// The headers of a GPT that are sound, and what is wrong with the others.
struct GptPair {
    std::optional<GptHeader> primary;
    std::optional<GptHeader> backup; // where the primary says, or in the last sector
    bool isHonoured = false; // the first sector has the entry that makes firmware and systems look for a GPT
    bool isHybrid = false;
    std::vector<PartitionProblem> problems;

    // The one that counts; null where neither is sound.
    const GptHeader* current() const { return primary ? &*primary : backup ? &*backup : nullptr; }
};

Result<GptPair> readGptPair(const VirtualDisk& disk);

// Copies the disk's first sector and what PAIR found sound, and nothing that looks like another header.
Result<void> copyGpt(const VirtualDisk& disk, const GptPair& pair, SparseCopy& copy);

} // namespace platter
