// SPDX-License-Identifier: GPL-3.0-or-later
// A FAT12, FAT16 or FAT32 file system, for reading (Microsoft FAT specification; where UEFI firmware is stricter or
// laxer, as EDK2's driver is). Made for EFI boot images and EFI system partitions. Holds no data of the volume;
// keeps reading from its source, which its owner keeps alive. As thread-safe as the source.
#pragma once

#include "core/byte_source.h"
#include "core/fat/fat_directory.h"

namespace platter {

enum class FatType { Fat12, Fat16, Fat32 };

class FatVolume {
public:
    // InvalidInput: no FAT file system. Corrupt: one whose numbers contradict each other.
    static Result<FatVolume> open(const ByteSource& source);

    FatType type() const { return m_type; }

    std::uint32_t clusterSize() const { return m_clusterSize; } // bytes

    std::uint32_t clusterCount() const { return m_clusterCount; }

    // PATH: "\EFI\BOOT" or "/EFI/BOOT", whatever the case; empty is the root. NotFound, InvalidInput (a file where
    // a folder has to be), Corrupt (cluster chains that end early, leave the volume or bite their own tail).
    Result<std::vector<FatEntry>> list(const QString& path) const;
    Result<FatEntry> find(const QString& path) const;

    // The file's first INTO.size() bytes. Corrupt also where the file is shorter.
    Result<void> read(const FatEntry& file, std::span<std::byte> into) const;
    // Whether all the clusters of the file are there to be read. Corrupt if not.
    Result<void> check(const FatEntry& file) const;

private:
    explicit FatVolume(const ByteSource& source)
        : m_source(&source)
    {
    }

    std::uint64_t clusterPosition(std::uint32_t cluster) const;
    Result<std::uint32_t> nextCluster(std::uint32_t cluster) const;
    Result<std::vector<std::uint32_t>> chain(std::uint32_t first, std::uint64_t most) const;
    Result<std::vector<std::uint32_t>> chain(const FatEntry& file) const;
    Result<std::vector<FatEntry>> listRoot() const;
    Result<std::vector<FatEntry>> listClusters(std::uint32_t first) const;

    const ByteSource* m_source;
    FatType m_type = FatType::Fat12;
    std::uint32_t m_clusterSize = 0;
    std::uint32_t m_clusterCount = 0;
    std::uint64_t m_fatPosition = 0;
    std::uint64_t m_fatSize = 0;
    std::uint64_t m_rootPosition = 0; // FAT12 and FAT16
    std::uint32_t m_rootSize = 0; // bytes; FAT12 and FAT16
    std::uint32_t m_rootCluster = 0; // FAT32
    std::uint64_t m_dataPosition = 0;
};

} // namespace platter
