// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/cached_pages.h"

#include <algorithm>

namespace platter {

CachedPages::CachedPages(const ByteSource& source, std::size_t pageSize, std::size_t count)
    : m_source(source)
    , m_pageSize(pageSize)
    , m_count(count)
{
}

Result<CachedPages::Page> CachedPages::page(std::uint64_t number) const
{
    {
        const std::scoped_lock lock(m_mutex);
        if (const auto known = m_places.find(number); known != m_places.end()) {
            m_kept.splice(m_kept.begin(), m_kept, known->second);
            return m_kept.front().page;
        }
    }
    // Read without the lock: two threads may read the same page at once, which does no harm.
    const std::uint64_t size = m_source.size();
    const std::uint64_t offset = number <= size / m_pageSize ? number * m_pageSize : size;
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(m_pageSize, size - offset));
    auto bytes = std::make_shared<std::vector<std::byte>>(std::max<std::size_t>(length, 1));
    if (const Result<void> done = m_source.read(offset, *bytes); !done) { // one byte past the end: says so itself
        return std::unexpected(done.error());
    }
    const std::scoped_lock lock(m_mutex);
    if (const auto known = m_places.find(number); known != m_places.end()) {
        return known->second->page;
    }
    m_kept.push_front({number, std::move(bytes)});
    m_places[number] = m_kept.begin();
    if (m_kept.size() > m_count) {
        m_places.erase(m_kept.back().number);
        m_kept.pop_back();
    }
    return m_kept.front().page;
}

Result<void> CachedPages::read(std::uint64_t offset, std::span<std::byte> into) const
{
    while (!into.empty()) {
        const Result<Page> from = page(offset / m_pageSize);
        if (!from) {
            return std::unexpected(from.error());
        }
        const auto at = static_cast<std::size_t>(offset % m_pageSize);
        if (at >= (*from)->size()) {
            return m_source.read(offset, into); // past the end, which the source says best
        }
        const auto bytes = std::span(**from).subspan(at);
        const std::size_t count = std::min(bytes.size(), into.size());
        std::ranges::copy(bytes.first(count), into.begin());
        into = into.subspan(count);
        offset += count;
    }
    return {};
}

} // namespace platter
