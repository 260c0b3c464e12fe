// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/gpt_header.h"

#include "core/disk/sparse_copy.h"
#include "core/little_endian.h"

#include <QCoreApplication>

#include <algorithm>
#include <bit>
#include <isa-l/crc.h>
#include <string_view>
#include <vector>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::GptHeader)
};

// UEFI 2.10, table 5.5
constexpr std::string_view signature = "EFI PART";
constexpr std::size_t headerSizeAt = 12;
constexpr std::size_t headerChecksumAt = 16;
constexpr std::size_t mySectorAt = 24;
constexpr std::size_t otherSectorAt = 32;
constexpr std::size_t firstUsableAt = 40;
constexpr std::size_t lastUsableAt = 48;
constexpr std::size_t diskGuidAt = 56;
constexpr std::size_t entriesSectorAt = 72;
constexpr std::size_t entryCountAt = 80;
constexpr std::size_t entrySizeAt = 84;
constexpr std::size_t entriesChecksumAt = 88;
constexpr std::size_t smallestHeader = 92;
constexpr std::uint32_t smallestEntry = 128;
constexpr std::uint64_t largestArray = std::uint64_t(1) << 20;

Error broken(std::uint64_t sector, const QString& rule)
{
    return Error{.kind = ErrorKind::Corrupt,
        .summary = Texts::tr("A header of the partition table (GPT) is damaged."),
        .advice = Texts::tr("Repair the partition table from its other copy."),
        .detail = QStringLiteral("sector %1, %2").arg(sector).arg(rule)};
}

} // namespace

std::uint32_t crc32(std::span<const std::byte> bytes)
{
    return crc32_gzip_refl(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

DiskRange GptHeader::entries(std::uint32_t sectorSize) const
{
    const std::uint64_t bytes = std::uint64_t(entryCount) * entrySize;
    return {entriesSector * sectorSize, (bytes + sectorSize - 1) / sectorSize * sectorSize};
}

Result<GptHeader> readGptHeader(const ByteSource& disk, std::uint32_t sectorSize, std::uint64_t sector)
{
    if (sector >= disk.size() / sectorSize) {
        return std::unexpected(Error{.kind = ErrorKind::NotFound,
            .summary = Texts::tr("The disk ends before the header of its partition table (GPT)."),
            .detail = QStringLiteral("sector %1").arg(sector)});
    }
    std::vector<std::byte> bytes(sectorSize);
    if (Result<void> read = disk.read(sector * sectorSize, bytes); !read) {
        return std::unexpected(read.error());
    }
    if (!std::ranges::equal(std::span(bytes).first(signature.size()), std::as_bytes(std::span(signature)))) {
        return std::unexpected(Error{.kind = ErrorKind::NotFound,
            .summary = Texts::tr("There is no header of a partition table (GPT)."),
            .detail = QStringLiteral("sector %1").arg(sector)});
    }
    const std::size_t headerSize = littleEndian<std::uint32_t>(bytes, headerSizeAt);
    if (headerSize < smallestHeader || headerSize > sectorSize) {
        return std::unexpected(broken(sector, QStringLiteral("UEFI 5.3.2: HeaderSize")));
    }
    const auto checksum = littleEndian<std::uint32_t>(bytes, headerChecksumAt);
    std::ranges::fill(std::span(bytes).subspan(headerChecksumAt, 4), std::byte{0});
    if (crc32(std::span(bytes).first(headerSize)) != checksum) {
        return std::unexpected(broken(sector, QStringLiteral("UEFI 5.3.2: HeaderCRC32")));
    }
    GptHeader header;
    header.sector = littleEndian<std::uint64_t>(bytes, mySectorAt);
    header.otherSector = littleEndian<std::uint64_t>(bytes, otherSectorAt);
    header.firstUsable = littleEndian<std::uint64_t>(bytes, firstUsableAt);
    header.lastUsable = littleEndian<std::uint64_t>(bytes, lastUsableAt);
    header.disk = guidAt(bytes, diskGuidAt);
    header.entriesSector = littleEndian<std::uint64_t>(bytes, entriesSectorAt);
    header.entryCount = littleEndian<std::uint32_t>(bytes, entryCountAt);
    header.entrySize = littleEndian<std::uint32_t>(bytes, entrySizeAt);
    header.entriesChecksum = littleEndian<std::uint32_t>(bytes, entriesChecksumAt);
    if (header.sector != sector) {
        return std::unexpected(broken(sector, QStringLiteral("UEFI 5.3.2: MyLBA")));
    }
    const std::uint64_t mostSectors = SparseCopy::largest / sectorSize;
    if (header.otherSector >= mostSectors || header.otherSector == sector) {
        return std::unexpected(broken(sector, QStringLiteral("UEFI 5.3.2: AlternateLBA")));
    }
    if (header.firstUsable > header.lastUsable || header.lastUsable >= mostSectors
        || header.firstUsable <= primaryGptSector) {
        return std::unexpected(broken(sector, QStringLiteral("UEFI 5.3.2: FirstUsableLBA, LastUsableLBA")));
    }
    const std::uint64_t arraySize = std::uint64_t(header.entryCount) * header.entrySize;
    if (header.entrySize < smallestEntry || !std::has_single_bit(header.entrySize) || header.entryCount == 0
        || arraySize > largestArray) {
        return std::unexpected(
            broken(sector, QStringLiteral("UEFI 5.3.2: NumberOfPartitionEntries, SizeOfPartitionEntry")));
    }
    if (header.entriesSector <= primaryGptSector || header.entriesSector >= disk.size() / sectorSize
        || arraySize > disk.size() - header.entriesSector * sectorSize) {
        return std::unexpected(broken(sector, QStringLiteral("UEFI 5.3.2: PartitionEntryLBA")));
    }
    std::vector<std::byte> entries(arraySize);
    if (Result<void> read = disk.read(header.entriesSector * sectorSize, entries); !read) {
        return std::unexpected(read.error());
    }
    if (crc32(entries) != header.entriesChecksum) {
        return std::unexpected(broken(sector, QStringLiteral("UEFI 5.3.2: PartitionEntryArrayCRC32")));
    }
    return header;
}

} // namespace platter
