// SPDX-License-Identifier: GPL-3.0-or-later
// Which MiB of a VHDX file belong to an object: 8 MiB of memory for a file of 64 TiB. One thread at a time.
#pragma once

#include "core/disk/vhdx/layout.h"
#include "core/disk/vhdx/structure.h"

namespace platter::vhdx {

// Offsets and lengths are bytes, whole MiB.
class SpaceMap {
public:
    // False, and nothing is claimed, where a part of it is taken already. OFFSET + LENGTH is at most 2 *
    // largestFile.
    bool claim(std::uint64_t offset, std::uint64_t length);
    void release(std::uint64_t offset, std::uint64_t length);

    // Claims the lowest gap of LENGTH that ends at or before LIMIT; nothing where there is none.
    std::optional<std::uint64_t> takeGap(std::uint64_t length, std::uint64_t limit);

    // The first gap at or above FROM that lies below the highest object: its offset and length.
    std::optional<std::pair<std::uint64_t, std::uint64_t>> nextGap(std::uint64_t from) const;
    // Where the highest object ends.
    std::uint64_t end() const;

    // What is claimed, in all.
    std::uint64_t used() const { return m_used * mebibyte; }

private:
    bool isTaken(std::uint64_t unit) const;
    void mark(std::uint64_t begin, std::uint64_t end, bool taken);

    std::vector<std::uint64_t> m_words; // a bit for each MiB
    std::uint64_t m_used = 0; // MiB
    std::uint64_t m_lowest = 0; // below this MiB everything is taken
};

// Every object of the file in its place, the first MiB among them. Rules of the BAT (each entry's own and
// BatOverlap), RegionOverlap. Where REPORT is given it is called with each broken rule, and building goes on
// without the object.
Result<SpaceMap> mapSpace(const Structure& structure, const Header& header, const PagedBat& bat,
    std::uint64_t fileSize, const std::function<void(const Error&)>& report = {});

} // namespace platter::vhdx
