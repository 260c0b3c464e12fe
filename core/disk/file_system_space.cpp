// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/file_system_space.h"

#include "core/little_endian.h"

#include <algorithm>
#include <array>
#include <vector>

namespace platter {

namespace {

namespace ext {
constexpr std::uint64_t superblock = 1024;
constexpr std::size_t superblockSize = 1024;
constexpr std::size_t blocksLow = 0x04;
constexpr std::size_t freeLow = 0x0c;
constexpr std::size_t logBlockSize = 0x18; // of 1024
constexpr std::size_t logClusterSize = 0x1c;
constexpr std::size_t state = 0x3a;
constexpr std::size_t incompatible = 0x60;
constexpr std::size_t blocksHigh = 0x150;
constexpr std::size_t freeHigh = 0x158;
constexpr std::size_t overheadClusters = 0x248;
constexpr std::uint16_t isClean = 1;
constexpr std::uint32_t needsRecovery = 0x4;
constexpr std::uint32_t has64Bits = 0x80;
constexpr unsigned largestShift = 6; // blocks of 64 KiB
constexpr unsigned largestClusterShift = 20;
} // namespace ext

namespace fat {
constexpr std::size_t sectorSize = 11;
constexpr std::size_t sectorsPerCluster = 13;
constexpr std::size_t reservedSectors = 14;
constexpr std::size_t count = 16;
constexpr std::size_t rootEntries = 17;
constexpr std::size_t sectors16 = 19;
constexpr std::size_t fatSectors16 = 22;
constexpr std::size_t sectors32 = 32;
constexpr std::size_t fatSectors32 = 36;
constexpr std::size_t infoSector = 48; // FAT32
constexpr std::size_t state16 = 37; // bit 0: mounted, as Linux and Windows mark it
constexpr std::size_t state32 = 65;
constexpr std::size_t infoFree = 488;
constexpr std::uint64_t entrySize = 32;
constexpr std::uint64_t firstCluster = 2;
constexpr std::uint64_t leastOf16 = 4085; // clusters; fewer are FAT12
} // namespace fat

using Sector = std::array<std::byte, 512>;

std::optional<FileSystemSpace> extSpace(const ByteSource& volume)
{
    std::array<std::byte, ext::superblockSize> superblock{};
    if (volume.size() < ext::superblock + superblock.size() || !volume.read(ext::superblock, superblock)) {
        return std::nullopt;
    }
    const auto word = [&](std::size_t at) { return littleEndian<std::uint32_t>(superblock, at); };
    const unsigned shift = word(ext::logBlockSize);
    const unsigned clusterShift = word(ext::logClusterSize);
    const std::uint32_t features = word(ext::incompatible);
    if (shift > ext::largestShift || clusterShift > ext::largestClusterShift || clusterShift < shift
        || (features & ext::needsRecovery) != 0
        || (littleEndian<std::uint16_t>(superblock, ext::state) & ext::isClean) == 0) {
        return std::nullopt;
    }
    const bool isWide = (features & ext::has64Bits) != 0;
    const auto wide = [&](std::size_t low, std::size_t high) {
        return word(low) | (isWide ? std::uint64_t(word(high)) << 32U : 0);
    };
    const std::uint64_t blockSize = std::uint64_t(1024) << shift;
    const std::uint64_t blocks = wide(ext::blocksLow, ext::blocksHigh);
    const std::uint64_t free = wide(ext::freeLow, ext::freeHigh);
    const std::uint64_t overhead = std::uint64_t(word(ext::overheadClusters)) << (clusterShift - shift);
    // 0: written by a program that does not count it; then it would pass for the files'.
    if (overhead == 0 || blocks > volume.size() / blockSize || overhead > blocks || free > blocks - overhead) {
        return std::nullopt;
    }
    return FileSystemSpace{(blocks - overhead) * blockSize, (blocks - overhead - free) * blockSize};
}

// Entries of the table that are 0.
std::optional<std::uint64_t> freeIn(
    const ByteSource& volume, std::uint64_t offset, std::uint64_t clusters, bool isFat16)
{
    const std::uint64_t entries = fat::firstCluster + clusters;
    std::vector<std::byte> table(isFat16 ? entries * 2 : (entries * 3 + 1) / 2);
    if (volume.size() < offset || volume.size() - offset < table.size() || !volume.read(offset, table)) {
        return std::nullopt;
    }
    std::uint64_t free = 0;
    for (std::uint64_t entry = fat::firstCluster; entry < entries; ++entry) {
        const std::size_t at = isFat16 ? entry * 2 : entry * 3 / 2;
        const unsigned pair = littleEndian<std::uint16_t>(table, at);
        const unsigned value = isFat16 ? pair : (entry % 2 == 0 ? pair & 0xfffU : pair >> 4U);
        free += value == 0 ? 1 : 0;
    }
    return free;
}

std::optional<std::uint64_t> freeAsTold(const ByteSource& volume, std::uint64_t offset)
{
    Sector info{};
    if (volume.size() < offset || volume.size() - offset < info.size() || !volume.read(offset, info)
        || !hasSignature(info, 0, "RRaA") || !hasSignature(info, 484, "rrAa")) {
        return std::nullopt;
    }
    return littleEndian<std::uint32_t>(info, fat::infoFree);
}

std::optional<FileSystemSpace> fatSpace(const ByteSource& volume)
{
    Sector boot{};
    if (volume.size() < boot.size() || !volume.read(0, boot)) {
        return std::nullopt;
    }
    const auto half = [&](std::size_t at) { return std::uint64_t(littleEndian<std::uint16_t>(boot, at)); };
    const auto word = [&](std::size_t at) { return std::uint64_t(littleEndian<std::uint32_t>(boot, at)); };
    const std::uint64_t sectorSize = half(fat::sectorSize);
    const std::uint64_t clusterSize = littleEndian<std::uint8_t>(boot, fat::sectorsPerCluster) * sectorSize;
    const std::uint64_t fatSectors =
        half(fat::fatSectors16) != 0 ? half(fat::fatSectors16) : word(fat::fatSectors32);
    const std::uint64_t sectors = half(fat::sectors16) != 0 ? half(fat::sectors16) : word(fat::sectors32);
    if (sectorSize < 512 || clusterSize == 0) {
        return std::nullopt;
    }
    const std::uint64_t meta = half(fat::reservedSectors)
        + littleEndian<std::uint8_t>(boot, fat::count) * fatSectors
        + (half(fat::rootEntries) * fat::entrySize + sectorSize - 1) / sectorSize;
    if (meta >= sectors || sectors > volume.size() / sectorSize) {
        return std::nullopt;
    }
    const std::uint64_t clusters = (sectors - meta) * sectorSize / clusterSize;
    const bool is32 = half(fat::fatSectors16) == 0;
    if ((littleEndian<std::uint8_t>(boot, is32 ? fat::state32 : fat::state16) & 1U) != 0) {
        return std::nullopt;
    }
    const std::optional<std::uint64_t> free = is32
        ? freeAsTold(volume, half(fat::infoSector) * sectorSize)
        : freeIn(volume, half(fat::reservedSectors) * sectorSize, clusters, clusters >= fat::leastOf16);
    if (!free || *free > clusters) {
        return std::nullopt;
    }
    return FileSystemSpace{clusters * clusterSize, (clusters - *free) * clusterSize};
}

} // namespace

std::optional<FileSystemSpace> spaceOf(const ByteSource& volume, const QString& type)
{
    if (type == QLatin1String("ext2") || type == QLatin1String("ext3") || type == QLatin1String("ext4")) {
        return extSpace(volume);
    }
    return type == QLatin1String("vfat") ? fatSpace(volume) : std::nullopt;
}

} // namespace platter
