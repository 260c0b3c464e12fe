// SPDX-License-Identifier: GPL-3.0-or-later
// The header of a dynamic or differencing VHD: where its block allocation table lies, and which parent it has
// ("Dynamic Disk Header Format"). Values and pure functions.
#pragma once

#include "core/disk/vhd/layout.h"
#include "core/error.h"

#include <span>

namespace platter::vhd {

// One way to the parent; the path itself stands elsewhere in the file.
struct ParentLocator {
    std::uint32_t platform = 0; // 0: none
    std::uint32_t dataSpace = 0;
    std::uint32_t dataLength = 0; // bytes
    std::uint64_t dataOffset = 0;

    friend bool operator==(const ParentLocator&, const ParentLocator&) = default;
};

struct DynamicHeader {
    std::uint64_t tableOffset = 0;
    std::uint32_t tableEntries = 0;
    std::uint32_t blockSize = defaultBlockSize;
    UniqueId parentId{};
    std::uint32_t parentTimeStamp = 0; // 0: not known
    QString parentName; // a path of the maker's system
    std::array<ParentLocator, locator::count> locators{};

    // Of the bitmap before each block's data: whole sectors.
    std::uint32_t bitmapSize() const;

    std::uint64_t tableSize() const { return std::uint64_t(tableEntries) * table::entrySize; }

    friend bool operator==(const DynamicHeader&, const DynamicHeader&) = default;
};

using HeaderBytes = std::array<std::byte, header::size>;

// OFFSET is where BYTES stand in the file, for the error.
Result<DynamicHeader> parseDynamicHeader(std::span<const std::byte, header::size> bytes, std::uint64_t offset);
HeaderBytes encode(const DynamicHeader& header);

} // namespace platter::vhd
