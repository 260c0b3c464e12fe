// SPDX-License-Identifier: GPL-3.0-or-later
// A new VHDX file, laid out as Windows does it: log, metadata, block allocation table, then blocks. Any thread.
#pragma once

#include "core/disk/vhdx/image.h"

namespace platter::vhdx {

// What Windows chooses: 32 MiB for dynamic images, 2 MiB for fixed and differencing ones.
inline constexpr std::uint32_t defaultDynamicBlock = 32 * (1 << 20);
inline constexpr std::uint32_t defaultFixedBlock = 2 * (1 << 20);
// For a dynamic image of SIZE bytes: what Windows chooses up to 16 TiB, then as much more as keeps the table within
// 5 MiB. QEMU reads all of it whenever it opens an image, and so while a guest waits for its disk to become larger.
std::uint32_t dynamicBlockFor(std::uint64_t size);

struct NewDisk {
    std::uint64_t virtualSize = 0; // bytes; whole logical sectors, at most 64 TiB
    std::uint32_t blockSize = defaultDynamicBlock; // power of two from 1 to 256 MiB
    std::uint32_t logicalSectorSize = 512; // or 4096
    std::uint32_t physicalSectorSize = 4096; // or 512
    bool isFixed = false; // every block has its place at once
    std::optional<ParentLocator> parent = {}; // makes a differencing image
    QUuid virtualDiskId = QUuid::createUuid(); // a child takes its parent's
};

// The rules that a new disk must keep. InvalidInput.
Result<void> checkNewDisk(const NewDisk& disk);

// How long the file will be at first.
std::uint64_t initialLength(const NewDisk& disk);

// FILE is empty. What was written is flushed; a file that was interrupted is not a VHDX file. NoSpace.
Result<void> create(BlockFile& file, const NewDisk& disk);

// The same, but nothing is flushed yet: for a file that nobody finds before it has been.
Result<void> layOut(BlockFile& file, const NewDisk& disk);

} // namespace platter::vhdx
