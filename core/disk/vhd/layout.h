// SPDX-License-Identifier: GPL-3.0-or-later
// Where everything in a VHD lies: "Virtual Hard Disk Image Format Specification", version 1.0 of 2006-10-11.
// Integers are big endian, times are seconds since 2000-01-01 00:00 UTC, sectors always have 512 bytes. What the
// text does not say and programs do is marked as such.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace platter::vhd {

inline constexpr std::uint32_t sectorSize = 512;
inline constexpr std::uint64_t epoch = 946684800; // 2000-01-01 00:00 UTC in Unix time
// A block's place is a sector number of 32 bits; Windows, QEMU and this project stop at 2040 GiB.
inline constexpr std::uint64_t largestSize = 0xFF00'0000ULL * sectorSize;

inline constexpr std::size_t uniqueIdSize = 16;
using UniqueId = std::array<std::byte, uniqueIdSize>;

// "Hard Disk Footer Format": the last 512 bytes, and at 0 a copy of it unless the disk is fixed.
namespace footer {
inline constexpr std::size_t size = 512;
inline constexpr std::size_t oldSize = 511; // written by programs before Virtual PC 2004
inline constexpr std::string_view mark = "conectix";
inline constexpr std::size_t features = 8;
inline constexpr std::size_t version = 12;
inline constexpr std::size_t headerOffset = 16;
inline constexpr std::size_t timeStamp = 24;
inline constexpr std::size_t creatorApplication = 28;
inline constexpr std::size_t creatorVersion = 32;
inline constexpr std::size_t creatorSystem = 36;
inline constexpr std::size_t originalSize = 40;
inline constexpr std::size_t currentSize = 48;
inline constexpr std::size_t cylinders = 56;
inline constexpr std::size_t heads = 58;
inline constexpr std::size_t sectorsPerTrack = 59;
inline constexpr std::size_t type = 60;
inline constexpr std::size_t checksum = 64;
inline constexpr std::size_t uniqueId = 68;
inline constexpr std::size_t savedState = 84;

inline constexpr std::uint32_t reservedFeature = 2; // always set
inline constexpr std::uint64_t noHeader = ~0ULL; // of a fixed disk
} // namespace footer

inline constexpr std::uint32_t formatVersion = 0x0001'0000; // of footer and dynamic header

// "Dynamic Disk Header Format"
namespace header {
inline constexpr std::size_t size = 1024;
inline constexpr std::string_view mark = "cxsparse";
inline constexpr std::size_t dataOffset = 8;
inline constexpr std::uint64_t noData = ~0ULL;
inline constexpr std::size_t tableOffset = 16;
inline constexpr std::size_t version = 24;
inline constexpr std::size_t tableEntries = 28;
inline constexpr std::size_t blockSize = 32;
inline constexpr std::size_t checksum = 36;
inline constexpr std::size_t parentId = 40;
inline constexpr std::size_t parentTimeStamp = 56;
inline constexpr std::size_t parentName = 64; // UTF-16, big endian
inline constexpr std::size_t parentNameSize = 512;
inline constexpr std::size_t locators = 576;
} // namespace header

// "Parent Locator Entries"
namespace locator {
inline constexpr std::size_t count = 8;
inline constexpr std::size_t size = 24;
inline constexpr std::size_t platform = 0;
inline constexpr std::size_t dataSpace = 4;
inline constexpr std::size_t dataLength = 8;
inline constexpr std::size_t dataOffset = 16;
inline constexpr std::uint32_t windowsRelative = 0x57327275; // "W2ru", UTF-16 (little endian in fact)
inline constexpr std::uint32_t windowsAbsolute = 0x57326B75; // "W2ku", the same
inline constexpr std::uint32_t longest = 65534; // bytes; no path of Windows is longer
} // namespace locator

// "Block Allocation Table and Data Blocks": a block is a bitmap, padded to whole sectors, and the data.
namespace table {
inline constexpr std::size_t entrySize = 4;
inline constexpr std::uint32_t noBlock = 0xFFFF'FFFF;
} // namespace table

// What this project writes: as Windows 8 and later do (not in the text), data on a boundary of 4 KiB with the
// bitmap's sector right before it.
inline constexpr std::uint64_t dataAlignment = 4096;
inline constexpr std::uint32_t defaultBlockSize = 2 << 20;

} // namespace platter::vhd
