// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/space_map.h"

#include "core/disk/vhdx/layout.h"
#include "core/disk/vhdx/rules.h"

#include <algorithm>
#include <bit>

namespace platter::vhdx {

namespace {

constexpr std::uint64_t bitsPerWord = 64;

std::uint64_t unitsOf(std::uint64_t bytes)
{
    return (bytes + mebibyte - 1) / mebibyte;
}

} // namespace

bool SpaceMap::isTaken(std::uint64_t unit) const
{
    return unit / bitsPerWord < m_words.size() && (m_words[unit / bitsPerWord] >> (unit % bitsPerWord) & 1);
}

void SpaceMap::mark(std::uint64_t begin, std::uint64_t end, bool taken)
{
    if (end > m_words.size() * bitsPerWord) {
        m_words.resize((end + bitsPerWord - 1) / bitsPerWord);
    }
    for (std::uint64_t unit = begin; unit < end; ++unit) {
        const std::uint64_t bit = std::uint64_t(1) << (unit % bitsPerWord);
        std::uint64_t& word = m_words[unit / bitsPerWord];
        word = taken ? word | bit : word & ~bit;
    }
    m_used = taken ? m_used + (end - begin) : m_used - (end - begin);
}

bool SpaceMap::claim(std::uint64_t offset, std::uint64_t length)
{
    const std::uint64_t begin = offset / mebibyte;
    const std::uint64_t end = begin + unitsOf(length);
    for (std::uint64_t unit = begin; unit < end; ++unit) {
        if (isTaken(unit)) {
            return false;
        }
    }
    mark(begin, end, true);
    return true;
}

void SpaceMap::release(std::uint64_t offset, std::uint64_t length)
{
    const std::uint64_t begin = offset / mebibyte;
    mark(begin, begin + unitsOf(length), false);
    m_lowest = std::min(m_lowest, begin);
}

std::optional<std::uint64_t> SpaceMap::takeGap(std::uint64_t length, std::uint64_t limit)
{
    const std::uint64_t wanted = unitsOf(length);
    const std::uint64_t last = limit / mebibyte;
    std::uint64_t found = 0;
    bool onlyTaken = true; // from m_lowest on
    for (std::uint64_t unit = m_lowest; unit < last;) {
        if (unit % bitsPerWord == 0 && unit / bitsPerWord < m_words.size()
            && m_words[unit / bitsPerWord] == ~std::uint64_t(0)) {
            found = 0;
            unit += bitsPerWord;
        } else if (isTaken(unit)) {
            found = 0;
            ++unit;
        } else {
            onlyTaken = false;
            ++unit;
            if (++found == wanted) {
                mark(unit - wanted, unit, true);
                return (unit - wanted) * mebibyte;
            }
        }
        if (onlyTaken) {
            m_lowest = std::min(unit, last);
        }
    }
    return std::nullopt;
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> SpaceMap::nextGap(std::uint64_t from) const
{
    const std::uint64_t last = end() / mebibyte;
    std::uint64_t begin = from / mebibyte;
    while (begin < last && isTaken(begin)) {
        begin += begin % bitsPerWord == 0 && m_words[begin / bitsPerWord] == ~std::uint64_t(0) ? bitsPerWord : 1;
    }
    if (begin >= last) {
        return std::nullopt;
    }
    std::uint64_t stop = begin;
    while (!isTaken(stop)) {
        ++stop;
    }
    return std::pair(begin * mebibyte, (stop - begin) * mebibyte);
}

std::uint64_t SpaceMap::end() const
{
    for (std::size_t i = m_words.size(); i > 0; --i) {
        if (m_words[i - 1] != 0) {
            const auto top = static_cast<std::uint64_t>(std::bit_width(m_words[i - 1]));
            return ((i - 1) * bitsPerWord + top) * mebibyte;
        }
    }
    return 0;
}

Result<SpaceMap> mapSpace(const Structure& structure, const Header& header, const PagedBat& bat,
    std::uint64_t fileSize, const std::function<void(const Error&)>& report)
{
    SpaceMap map;
    const auto complain = [&](Error error) -> Result<void> {
        if (!report) {
            return std::unexpected(std::move(error));
        }
        report(error);
        return {};
    };
    map.claim(0, objectAlignment);
    map.claim(header.logOffset, header.logLength);
    for (const Region& region : structure.regions.regions) {
        map.claim(region.offset, region.length); // readRegionTable() has seen that they lie apart
    }
    const BatLayout layout = structure.batLayout();
    const bool hasParent = structure.metadata.parent.has_value();
    const Result<void> walked = bat.forEach(0, layout.entries(), [&](std::uint64_t number, BatEntry entry) {
        if (entry.is(BlockState::Zero) && !hasParent) {
            return Result<void>(); // sound and without a place: what QEMU writes for every block of a new disk
        }
        const std::uint64_t position = bat.offset() + number * layout::batEntrySize;
        const bool isBlock = layout.blockOfEntry(number).has_value();
        if (isBlock) {
            if (Result<void> sound = checkBlockEntry(entry, fileSize, hasParent, position); !sound) {
                return complain(sound.error());
            }
        } else if (!hasParent) {
            return Result<void>(); // the slot is unused
        } else if (entry.state != 0 && !entry.is(BlockState::FullyPresent)) {
            return complain(broken(Rule::BatBitmapState, position, QStringLiteral("%1").arg(entry.state)));
        } else if (entry.state != 0 && (entry.offset < objectAlignment || entry.offset >= fileSize)) {
            return complain(broken(entry.offset < objectAlignment ? Rule::BatNoPlace : Rule::BatPastEnd, position));
        }
        if (!entry.keepsPlace()) {
            return Result<void>();
        }
        if (entry.offset >= fileSize) {
            // Whoever reads does not care; but another block may be given this place.
            return complain(broken(Rule::BatPastEnd, position, QStringLiteral("at 0x%1").arg(entry.offset, 0, 16)));
        }
        const std::uint64_t length = isBlock ? structure.metadata.blockSize : layout::bitmapBlockSize;
        if (!map.claim(entry.offset, length)) {
            return complain(broken(Rule::BatOverlap, position, QStringLiteral("at 0x%1").arg(entry.offset, 0, 16)));
        }
        return Result<void>();
    });
    if (!walked) {
        return std::unexpected(walked.error());
    }
    return map;
}

} // namespace platter::vhdx
