// SPDX-License-Identifier: GPL-3.0-or-later
// Reads of a few bytes here and there, in tables too large to be held in memory: whole pages are read and the ones
// used last are kept. What is read must not change meanwhile. Any number of threads at once; whoever makes it keeps
// the source alive.
#pragma once

#include "core/byte_source.h"

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace platter {

class CachedPages {
public:
    using Page = std::shared_ptr<const std::vector<std::byte>>;

    // Keeps at most COUNT pages of PAGE_SIZE bytes.
    CachedPages(const ByteSource& source, std::size_t pageSize, std::size_t count);

    std::size_t pageSize() const { return m_pageSize; }

    // The page that begins at NUMBER * pageSize(); shorter at the source's end. Corrupt past it.
    Result<Page> page(std::uint64_t number) const;
    // Corrupt where the source ends before.
    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const;

private:
    struct Kept {
        std::uint64_t number;
        Page page;
    };

    const ByteSource& m_source;
    std::size_t m_pageSize;
    std::size_t m_count;
    mutable std::mutex m_mutex;
    mutable std::list<Kept> m_kept; // used last first
    mutable std::unordered_map<std::uint64_t, std::list<Kept>::iterator> m_places;
};

} // namespace platter
