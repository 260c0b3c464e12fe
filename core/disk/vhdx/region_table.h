// SPDX-License-Identifier: GPL-3.0-or-later
// The region table ([MS-VHDX] §2.2.3), of which the file has two copies: where the block allocation table, the
// metadata and regions of other programs lie. Values; any thread.
#pragma once

#include "core/disk/vhdx/header.h"

#include <vector>

namespace platter::vhdx {

struct Region {
    QUuid guid;
    std::uint64_t offset = 0; // whole MiB
    std::uint32_t length = 0; // bytes, whole MiB
    std::uint32_t flags = 0;

    friend bool operator==(const Region&, const Region&) = default;
};

struct RegionTable {
    std::vector<Region> regions; // in the order of the table
    std::array<bool, 2> copyIsValid = {};
    bool copiesAgree = true; // as far as both are valid

    const Region& bat() const;
    const Region& metadata() const;
};

// Reads the first valid copy. Rules Region*: regions overlap neither each other nor HEADER's log, lie inside the
// file, and every required one is known.
Result<RegionTable> readRegionTable(const ByteSource& file, const Header& header);

// The 64 KiB of one copy.
std::vector<std::byte> serialize(const RegionTable& table);

} // namespace platter::vhdx
