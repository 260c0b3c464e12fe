// SPDX-License-Identifier: GPL-3.0-or-later
// One of the two headers of a GUID partition table, checked with its array of entries (UEFI 5.3.2, 5.3.3). libfdisk
// and the firmware know whether a header will do, but do not say what is wrong with it, and believe sizes that
// would take all memory: so it is looked at here first. Pure functions over a disk.
#pragma once

#include "core/byte_source.h"
#include "core/disk/disk_range.h"

#include <QUuid>

namespace platter {

struct GptHeader {
    std::uint64_t sector = 0; // where it lies
    std::uint64_t otherSector = 0; // where the other one is to lie
    std::uint64_t firstUsable = 0; // sectors
    std::uint64_t lastUsable = 0;
    QUuid disk;
    std::uint64_t entriesSector = 0;
    std::uint32_t entryCount = 0;
    std::uint32_t entrySize = 0;
    std::uint32_t entriesChecksum = 0;

    // In bytes, of whole sectors.
    DiskRange entries(std::uint32_t sectorSize) const;

    friend bool operator==(const GptHeader&, const GptHeader&) = default;
};

inline constexpr std::uint64_t primaryGptSector = 1;

// The header at SECTOR. NotFound: there is none. Corrupt: it breaks a rule, which the detail names; among the rules
// is one that no disk is larger than 2^62 bytes, and one that an array is not larger than 1 MiB (64 times the usual
// size).
Result<GptHeader> readGptHeader(const ByteSource& disk, std::uint32_t sectorSize, std::uint64_t sector);

// CRC-32 as in Ethernet, which a GPT is checked with.
std::uint32_t crc32(std::span<const std::byte> bytes);

} // namespace platter
