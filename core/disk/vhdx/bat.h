// SPDX-License-Identifier: GPL-3.0-or-later
// The block allocation table ([MS-VHDX] §2.5): an array of 64-bit entries, one for each payload block and, after
// each chunk of them, one for the chunk's sector bitmap. It has up to 513 MiB and is read page by page.
#pragma once

#include "core/disk/vhdx/metadata.h"

#include <functional>
#include <list>
#include <mutex>
#include <unordered_map>

namespace platter::vhdx {

// §2.5.1.1
enum class BlockState : std::uint8_t {
    NotPresent = 0, // reads as zeros or, with a parent, as the parent
    Undefined = 1,
    Zero = 2,
    Unmapped = 3,
    FullyPresent = 6,
    PartiallyPresent = 7, // the sector bitmap says which sectors are here
};

// §2.5.1.2: a bitmap block is there (6) or not (0).

// One entry. OFFSET is 0 where the block has no place in the file.
struct BatEntry {
    std::uint8_t state = 0; // of a payload entry: a BlockState, if the file is sound
    std::uint64_t offset = 0; // in the file, whole MiB

    static BatEntry of(BlockState state, std::uint64_t offset = 0)
    {
        return BatEntry{static_cast<std::uint8_t>(state), offset};
    }

    static BatEntry fromRaw(std::uint64_t raw);
    std::uint64_t raw() const;

    bool is(BlockState which) const { return state == static_cast<std::uint8_t>(which); }

    // The block's bytes are in this file.
    bool holdsData() const { return is(BlockState::FullyPresent) || is(BlockState::PartiallyPresent); }

    // Its place belongs to it: of a payload entry whose block holds data, or may be given its old place again. In
    // the other states an offset means nothing, and something else may lie there.
    bool keepsPlace() const
    {
        return offset != 0 && (holdsData() || is(BlockState::Undefined) || is(BlockState::Unmapped));
    }

    friend bool operator==(const BatEntry&, const BatEntry&) = default;
};

// Which entry stands for what, from the sizes alone. Blocks, chunks and entries are counted from 0.
class BatLayout {
public:
    enum class Kind {
        Alone, // the table ends with the last block's entry; bitmap entries are unused
        Child, // it ends with the last chunk's bitmap entry
    };

    BatLayout(std::uint64_t virtualSize, std::uint32_t blockSize, std::uint32_t logicalSectorSize, Kind kind);

    std::uint64_t blocks() const { return m_blocks; }

    std::uint64_t chunks() const { return m_chunks; }

    std::uint64_t entries() const { return m_entries; }

    std::uint64_t bytes() const { return m_entries * sizeof(std::uint64_t); }

    std::uint64_t blocksPerChunk() const { return m_ratio; }

    std::uint64_t entryOfBlock(std::uint64_t block) const { return block + block / m_ratio; }

    std::uint64_t entryOfBitmap(std::uint64_t chunk) const { return (chunk + 1) * (m_ratio + 1) - 1; }

    std::uint64_t chunkOfBlock(std::uint64_t block) const { return block / m_ratio; }

    // The block an entry stands for; nothing for a bitmap's entry.
    std::optional<std::uint64_t> blockOfEntry(std::uint64_t entry) const;

    std::uint64_t chunkOfEntry(std::uint64_t entry) const { return entry / (m_ratio + 1); }

private:
    std::uint64_t m_ratio;
    std::uint64_t m_blocks;
    std::uint64_t m_chunks;
    std::uint64_t m_entries;
};

// The table in its file. At most some MiB of it are in memory; whoever writes to the table in the file says so with
// update(). Any number of threads at once.
class PagedBat {
public:
    PagedBat(const ReadableFile& file, std::uint64_t offset, std::uint64_t entries);

    std::uint64_t offset() const { return m_offset; }

    std::uint64_t entries() const { return m_entries; }

    // ENTRY < entries().
    Result<BatEntry> at(std::uint64_t entry) const;
    // How many entries from ENTRY on are 0 because the file has a hole there.
    Result<std::uint64_t> holeFrom(std::uint64_t entry) const;
    // The file says ENTRY now.
    void update(std::uint64_t number, BatEntry entry);

    // Calls VISIT for every entry from FIRST to before LAST that is not 0, in order; stretches of the file that
    // were never written cost nothing. Stops at the first error.
    Result<void> forEach(std::uint64_t first, std::uint64_t last,
        const std::function<Result<void>(std::uint64_t entry, BatEntry)>& visit) const;

private:
    struct Page {
        std::uint64_t number;
        std::vector<std::byte> bytes;
    };

    const ReadableFile& m_file;
    std::uint64_t m_offset;
    std::uint64_t m_entries;
    mutable std::mutex m_mutex;
    mutable std::list<Page> m_pages; // the one used last comes first
    mutable std::unordered_map<std::uint64_t, std::list<Page>::iterator> m_byNumber;
};

// How many blocks of the disk hold data in this file, some of their sectors at least.
Result<std::uint64_t> countBlocksWithData(const PagedBat& bat, const BatLayout& layout);

} // namespace platter::vhdx
