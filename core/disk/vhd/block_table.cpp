// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhd/block_table.h"

#include "core/disk/vhd/big_endian.h"
#include "core/disk/vhd/layout.h"

#include <algorithm>

namespace platter::vhd {

namespace {

// One page stands for 8 GiB of a disk with the usual blocks; a chain of many images has a cache in each.
constexpr std::size_t pageSize = 16384;
constexpr std::size_t pagesKept = 16;
constexpr std::uint32_t entriesInPage = pageSize / table::entrySize;

} // namespace

BlockTable::BlockTable(const ByteSource& file, std::uint64_t offset, std::uint32_t entries)
    : m_table(file, offset, std::uint64_t(entries) * table::entrySize)
    , m_entries(entries)
    , m_pages(m_table, pageSize, pagesKept)
{
}

Result<std::optional<std::uint64_t>> BlockTable::startOf(std::uint32_t block) const
{
    const Result<CachedPages::Page> page = m_pages.page(block / entriesInPage);
    if (!page) {
        return std::unexpected(page.error());
    }
    const auto sector = bigEndian<std::uint32_t>(**page, std::size_t(block % entriesInPage) * table::entrySize);
    if (sector == table::noBlock) {
        return std::nullopt;
    }
    return std::uint64_t(sector) * sectorSize;
}

Result<std::uint32_t> BlockTable::absentFrom(std::uint32_t block, std::uint32_t limit) const
{
    const std::uint32_t last = limit < m_entries - block ? block + limit : m_entries;
    std::uint32_t at = block;
    while (at < last) {
        const Result<CachedPages::Page> page = m_pages.page(at / entriesInPage);
        if (!page) {
            return std::unexpected(page.error());
        }
        const std::uint32_t first = at % entriesInPage;
        const std::uint32_t count = std::min(entriesInPage - first, last - at);
        for (std::uint32_t i = 0; i < count; ++i) {
            if (bigEndian<std::uint32_t>(**page, std::size_t(first + i) * table::entrySize) != table::noBlock) {
                return at + i - block;
            }
        }
        at += count;
    }
    return last - block;
}

} // namespace platter::vhd
