// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/bat.h"

#include "core/disk/vhdx/layout.h"
#include "core/little_endian.h"

#include <algorithm>

namespace platter::vhdx {

namespace {

constexpr std::uint64_t pageSize = 64 * kibibyte;
constexpr std::size_t mostPages = 64; // 4 MiB in memory
constexpr std::uint64_t scanSize = mebibyte; // read at once when the whole table is walked

} // namespace

BatEntry BatEntry::fromRaw(std::uint64_t raw)
{
    return BatEntry{static_cast<std::uint8_t>(raw & layout::batStateMask), raw & layout::batOffsetMask};
}

std::uint64_t BatEntry::raw() const
{
    return offset | state;
}

BatLayout::BatLayout(std::uint64_t virtualSize, std::uint32_t blockSize, std::uint32_t logicalSectorSize, Kind kind)
    : m_ratio(layout::sectorsPerBitmapBlock * logicalSectorSize / blockSize)
    , m_blocks((virtualSize - 1) / blockSize + 1)
    , m_chunks((m_blocks - 1) / m_ratio + 1)
    , m_entries(kind == Kind::Child ? m_chunks * (m_ratio + 1) : m_blocks + (m_blocks - 1) / m_ratio)
{
}

std::optional<std::uint64_t> BatLayout::blockOfEntry(std::uint64_t entry) const
{
    const std::uint64_t within = entry % (m_ratio + 1);
    if (within == m_ratio) {
        return std::nullopt;
    }
    return chunkOfEntry(entry) * m_ratio + within;
}

PagedBat::PagedBat(const ReadableFile& file, std::uint64_t offset, std::uint64_t entries)
    : m_file(file)
    , m_offset(offset)
    , m_entries(entries)
{
}

Result<BatEntry> PagedBat::at(std::uint64_t entry) const
{
    const std::uint64_t position = entry * layout::batEntrySize;
    const std::uint64_t number = position / pageSize;
    const std::scoped_lock lock(m_mutex);
    auto known = m_byNumber.find(number);
    if (known == m_byNumber.end()) {
        const std::uint64_t begin = number * pageSize;
        Page page{number, std::vector<std::byte>(std::min(pageSize, m_entries * layout::batEntrySize - begin))};
        if (const Result<void> done = m_file.read(m_offset + begin, page.bytes); !done) {
            return std::unexpected(done.error());
        }
        if (m_pages.size() == mostPages) {
            m_byNumber.erase(m_pages.back().number);
            m_pages.pop_back();
        }
        m_pages.push_front(std::move(page));
        known = m_byNumber.emplace(number, m_pages.begin()).first;
    } else {
        m_pages.splice(m_pages.begin(), m_pages, known->second);
    }
    return BatEntry::fromRaw(littleEndian<quint64>(known->second->bytes, position % pageSize));
}

Result<std::uint64_t> PagedBat::holeFrom(std::uint64_t entry) const
{
    const Result<FileRun> run = m_file.runAt(m_offset + entry * layout::batEntrySize);
    if (!run) {
        return std::unexpected(run.error());
    }
    return run->content == FileRun::Content::Hole ? std::min(run->length / layout::batEntrySize, m_entries - entry)
                                                  : 0;
}

void PagedBat::update(std::uint64_t number, BatEntry entry)
{
    const std::uint64_t position = number * layout::batEntrySize;
    const std::scoped_lock lock(m_mutex);
    if (const auto known = m_byNumber.find(position / pageSize); known != m_byNumber.end()) {
        putLittleEndian<quint64>(known->second->bytes, position % pageSize, entry.raw());
    }
}

Result<void> PagedBat::forEach(std::uint64_t first, std::uint64_t last,
    const std::function<Result<void>(std::uint64_t entry, BatEntry)>& visit) const
{
    std::vector<std::byte> buffer;
    std::uint64_t position = m_offset + first * layout::batEntrySize;
    const std::uint64_t end = m_offset + std::min(last, m_entries) * layout::batEntrySize;
    while (position < end) {
        const Result<FileRun> run = m_file.runAt(position);
        if (!run) {
            return std::unexpected(run.error());
        }
        std::uint64_t length = std::min(run->length, end - position);
        if (run->content == FileRun::Content::Hole && length >= layout::batEntrySize) {
            position += length / layout::batEntrySize * layout::batEntrySize;
            continue;
        }
        length = std::max<std::uint64_t>(std::min(length, scanSize), layout::batEntrySize);
        buffer.resize(length / layout::batEntrySize * layout::batEntrySize);
        if (const Result<void> done = m_file.read(position, buffer); !done) {
            return done;
        }
        for (std::size_t i = 0; i < buffer.size(); i += layout::batEntrySize) {
            const auto raw = littleEndian<quint64>(buffer, i);
            if (raw == 0) {
                continue;
            }
            const std::uint64_t entry = (position - m_offset + i) / layout::batEntrySize;
            if (const Result<void> visited = visit(entry, BatEntry::fromRaw(raw)); !visited) {
                return visited;
            }
        }
        position += buffer.size();
    }
    return {};
}

Result<std::uint64_t> countBlocksWithData(const PagedBat& bat, const BatLayout& layout)
{
    std::uint64_t blocks = 0;
    const Result<void> counted = bat.forEach(0, layout.entries(), [&](std::uint64_t number, BatEntry entry) {
        blocks += layout.blockOfEntry(number) && entry.holdsData();
        return Result<void>();
    });
    return counted.transform([&] { return blocks; });
}

} // namespace platter::vhdx
