// SPDX-License-Identifier: GPL-3.0-or-later
// The footer of a VHD: type, size and identity of the disk ("Hard Disk Footer Format"). Values and pure functions;
// findFooter() reads, any thread.
#pragma once

#include "core/byte_source.h"
#include "core/disk/vhd/layout.h"

#include <span>

namespace platter::vhd {

enum class DiskType : std::uint32_t { Fixed = 2, Dynamic = 3, Differencing = 4 };

struct Geometry {
    std::uint16_t cylinders = 0;
    std::uint8_t heads = 0;
    std::uint8_t sectorsPerTrack = 0;

    std::uint64_t bytes() const { return std::uint64_t(cylinders) * heads * sectorsPerTrack * sectorSize; }

    friend bool operator==(const Geometry&, const Geometry&) = default;
};

// "CHS Calculation": rounds down, and ends at 127 GiB.
Geometry geometryFor(std::uint64_t size);

struct Footer {
    DiskType type = DiskType::Dynamic;
    std::uint64_t headerOffset = footer::noHeader;
    std::uint32_t timeStamp = 0; // when it was made
    std::array<char, 4> creatorApplication{};
    std::uint32_t creatorVersion = 0;
    std::array<char, 4> creatorSystem{};
    std::uint64_t originalSize = 0;
    std::uint64_t currentSize = 0;
    Geometry geometry;
    UniqueId uniqueId{};
    bool savedState = false; // a machine was saved with this disk: do not change its size

    // The size that the maker's own programs take: Virtual PC and the QEMU of old calculate it from the geometry.
    std::uint64_t virtualSize() const;

    friend bool operator==(const Footer&, const Footer&) = default;
};

using FooterBytes = std::array<std::byte, footer::size>;

// OFFSET is where BYTES stand in the file, for the error.
Result<Footer> parseFooter(std::span<const std::byte, footer::size> bytes, std::uint64_t offset);
FooterBytes encode(const Footer& footer);

struct FoundFooter {
    Footer footer;
    // Where the disk's data and blocks must end: at the footer, or at the file's end where only the copy is good.
    std::uint64_t dataEnd = 0;
};

// The footer at the end, or where that is bad the copy at 0.
Result<FoundFooter> findFooter(const ByteSource& file);

// One's complement of the sum of all bytes, the four at CHECKSUM_OFFSET taken as zero.
std::uint32_t checksumOf(std::span<const std::byte> bytes, std::size_t checksumOffset);

} // namespace platter::vhd
