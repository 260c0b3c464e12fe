// SPDX-License-Identifier: GPL-3.0-or-later
// Where the blocks of a dynamic or differencing VHD lie ("Block Allocation Table"). Read page by page, so that a
// table of any length takes little memory. Any number of threads at once.
#pragma once

#include "core/disk/cached_pages.h"

#include <optional>

namespace platter::vhd {

class BlockTable {
public:
    // ENTRIES at OFFSET of FILE, which the caller keeps; the table lies inside of the file.
    BlockTable(const ByteSource& file, std::uint64_t offset, std::uint32_t entries);

    std::uint32_t entries() const { return m_entries; }

    // Where BLOCK (< entries()) begins, with its bitmap, in bytes; nothing where it was never written.
    Result<std::optional<std::uint64_t>> startOf(std::uint32_t block) const;
    // How many blocks from BLOCK on were never written; looks at LIMIT of them at most.
    Result<std::uint32_t> absentFrom(std::uint32_t block, std::uint32_t limit) const;

private:
    SourceWindow m_table;
    std::uint32_t m_entries;
    CachedPages m_pages;
};

} // namespace platter::vhd
