// SPDX-License-Identifier: GPL-3.0-or-later
// The metadata region ([MS-VHDX] §2.6): a table of items, of which six are known. Unknown ones are kept and never
// looked into. Values; any thread.
#pragma once

#include "core/disk/vhdx/parent_locator.h"
#include "core/disk/vhdx/region_table.h"

namespace platter::vhdx {

struct MetadataItem {
    QUuid id;
    std::uint32_t offset = 0; // from the start of the region
    std::uint32_t length = 0; // bytes
    std::uint32_t flags = 0;

    friend bool operator==(const MetadataItem&, const MetadataItem&) = default;
};

struct Metadata {
    std::vector<MetadataItem> items; // in the order of the table

    std::uint32_t blockSize = 0; // bytes
    bool leavesBlocksAllocated = false; // "fixed"
    std::uint64_t virtualSize = 0; // bytes
    QUuid virtualDiskId;
    std::uint32_t logicalSectorSize = 0;
    std::uint32_t physicalSectorSize = 0;
    std::optional<ParentLocator> parent; // of a differencing image
    bool hasStrayLocator = false; // an item that names a parent in an image that has none; QEMU refuses such a file

    // A system item, by its id; null where there is none.
    const MetadataItem* find(const QUuid& id) const;
};

// REGION lies inside the file. Rules Metadata*, BlockSize, SectorSize, VirtualSize, Locator*.
Result<Metadata> readMetadata(const ByteSource& file, const Region& region);

// The 64 KiB table for ITEMS.
std::vector<std::byte> serializeTable(const std::vector<MetadataItem>& items);
// The eight bytes of the file parameters item.
std::array<std::byte, 8> serializeFileParameters(const Metadata& metadata);

} // namespace platter::vhdx
