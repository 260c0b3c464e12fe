// SPDX-License-Identifier: GPL-3.0-or-later
// Where the blocks of an image are now: as its file says (Image), or as the file will say once what was allocated
// has been committed (Editor). Any number of threads at once.
#pragma once

#include "core/disk/vhdx/bat.h"

namespace platter::vhdx {

class BlockTable {
public:
    virtual ~BlockTable() = default;

    virtual Result<BatEntry> entryOf(std::uint64_t block) const = 0;
    // How many blocks from BLOCK on are NotPresent because that part of the table was never written; 0 where that
    // cannot be known without looking at each.
    virtual Result<std::uint64_t> absentFrom(std::uint64_t block) const;
    // Bytes of the chunk's sector bitmap from byte FIRST on: bit n (least significant first) of the bitmap stands
    // for logical sector n of the chunk, 1 means that this file holds it. Rule BatBitmapMissing.
    virtual Result<void> readBitmap(std::uint64_t chunk, std::uint64_t first, std::span<std::byte> into) const = 0;
};

inline Result<std::uint64_t> BlockTable::absentFrom(std::uint64_t) const
{
    return 0;
}

} // namespace platter::vhdx
