// SPDX-License-Identifier: GPL-3.0-or-later
// Brings a GPT into order after its disk has changed its size, or will: its backup header and entries go to the end
// of the disk, the usable range follows, a damaged copy is made anew from the sound one. libfdisk decides what the
// table looks like, in memory; what differs is then written in an order in which, wherever the power fails, a sound
// header with sound entries is on the disk. No partition and no byte outside the two tables changes. One thread at
// a time.
#pragma once

#include "core/disk/virtual_disk.h"

namespace platter {

struct GptRepair {
    std::uint64_t backupSectorBefore = 0; // where the table said that its backup lies
    std::uint64_t backupSector = 0;
    std::uint64_t bytesWritten = 0; // 0: it was in order

    friend bool operator==(const GptRepair&, const GptRepair&) = default;
};

// DISK_SIZE: the size that the disk has, or will have once it is cut: then the backup is moved down before. Errors:
// InvalidInput: there is no GPT, DISK_SIZE is larger than the disk. WrongState: a partition would lie behind
// DISK_SIZE or under the backup, partitions overlap, the table is hybrid. Corrupt: neither copy is sound. Otherwise
// the disk's own. Where both copies are sound and differ, the primary counts, as it does for firmware and systems.
Result<GptRepair> repairGpt(WritableDisk& disk, std::uint64_t diskSize);

// Whether repairGpt() could do it; touches nothing.
Result<void> checkGptRepair(const VirtualDisk& disk, std::uint64_t diskSize);

} // namespace platter
