// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/file_system.h"

#include "core/disk/sparse_copy.h"
#include "core/little_endian.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <bit>
#include <blkid/blkid.h>
#include <cerrno>
#include <memory>
#include <string_view>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::FileSystem)
};

constexpr std::uint64_t mebibyte = std::uint64_t(1) << 20;
constexpr std::uint64_t head = 2 * mebibyte + (std::uint64_t(64) << 10);
constexpr std::uint64_t tail = mebibyte;
constexpr std::uint64_t largestCluster = 32 * mebibyte; // of exFAT; a directory's label is among its first entries
constexpr std::uint64_t directoryPart = std::uint64_t(64) << 10;

// The boot sector of NTFS and exFAT begins like that of FAT: jump, name, parameters.
constexpr std::size_t nameAt = 3;
constexpr std::string_view ntfsName = "NTFS    ";
constexpr std::string_view exfatName = "EXFAT   ";
constexpr std::size_t sectorSizeAt = 11;
constexpr std::size_t sectorsPerClusterAt = 13;
constexpr std::size_t reservedSectorsAt = 14;
constexpr std::size_t fatCountAt = 16;
constexpr std::size_t fatSectors16At = 22;
constexpr std::size_t fatSectors32At = 36;
constexpr std::size_t rootCluster32At = 44;
constexpr std::size_t mftClusterAt = 48;
constexpr std::uint64_t mftPart = std::uint64_t(256)
    << 10; // the volume's record is the fourth; records have up to 64 KiB
constexpr std::size_t exfatFatOffsetAt = 80;
constexpr std::size_t exfatHeapOffsetAt = 88;
constexpr std::size_t exfatRootClusterAt = 96;
constexpr std::size_t exfatSectorShiftAt = 108;
constexpr std::size_t exfatClusterShiftAt = 109;

bool isNamed(std::span<const std::byte> sector, std::string_view name)
{
    return std::ranges::equal(sector.subspan(nameAt, name.size()), std::as_bytes(std::span(name)));
}

// FIRST + COUNT * SIZE, or past every disk where that is too large.
std::uint64_t position(std::uint64_t first, std::uint64_t count, std::uint64_t size)
{
    return size != 0 && count > (SparseCopy::largest - first) / size ? SparseCopy::largest : first + count * size;
}

void addNtfs(std::span<const std::byte> sector, std::vector<DiskRange>& ranges)
{
    const std::uint64_t sectorSize = littleEndian<std::uint16_t>(sector, sectorSizeAt);
    const std::uint64_t coded = littleEndian<std::uint8_t>(sector, sectorsPerClusterAt);
    // Above 128 it is the negative of a power of two.
    const std::uint64_t sectors =
        coded <= 128 ? coded : std::uint64_t(1) << std::min<std::uint64_t>(256 - coded, 16);
    ranges.push_back(
        {position(0, littleEndian<std::uint64_t>(sector, mftClusterAt), sectorSize * sectors), mftPart});
}

void addExfat(std::span<const std::byte> sector, std::vector<DiskRange>& ranges)
{
    const unsigned sectorShift = littleEndian<std::uint8_t>(sector, exfatSectorShiftAt);
    const unsigned clusterShift = littleEndian<std::uint8_t>(sector, exfatClusterShiftAt);
    const std::uint64_t root = littleEndian<std::uint32_t>(sector, exfatRootClusterAt);
    if (sectorShift < 9 || sectorShift > 12
        || (std::uint64_t(1) << sectorShift << std::min(clusterShift, 32U)) > largestCluster || root < 2) {
        return;
    }
    const std::uint64_t heap = std::uint64_t(littleEndian<std::uint32_t>(sector, exfatHeapOffsetAt)) << sectorShift;
    const std::uint64_t fat = std::uint64_t(littleEndian<std::uint32_t>(sector, exfatFatOffsetAt)) << sectorShift;
    ranges.push_back({position(heap, root - 2, std::uint64_t(1) << sectorShift << clusterShift), directoryPart});
    ranges.push_back({position(fat, root, 4), 4});
}

void addFat32(std::span<const std::byte> sector, std::vector<DiskRange>& ranges)
{
    const std::uint64_t sectorSize = littleEndian<std::uint16_t>(sector, sectorSizeAt);
    const std::uint64_t root = littleEndian<std::uint32_t>(sector, rootCluster32At);
    if (!std::has_single_bit(sectorSize) || littleEndian<std::uint16_t>(sector, fatSectors16At) != 0 || root < 2) {
        return;
    }
    const std::uint64_t reserved = littleEndian<std::uint16_t>(sector, reservedSectorsAt);
    const std::uint64_t fats = std::uint64_t(littleEndian<std::uint8_t>(sector, fatCountAt))
        * littleEndian<std::uint32_t>(sector, fatSectors32At);
    const std::uint64_t cluster = littleEndian<std::uint8_t>(sector, sectorsPerClusterAt) * sectorSize;
    ranges.push_back({position((reserved + fats) * sectorSize, root - 2, cluster), std::max(cluster, sectorSize)});
    ranges.push_back({position(reserved * sectorSize, root, 4), sectorSize});
}

struct FreeProbe {
    void operator()(blkid_probe probe) const { blkid_free_probe(probe); }
};

QString value(blkid_probe probe, const char* name)
{
    const char* data = nullptr;
    std::size_t size = 0;
    if (blkid_probe_lookup_value(probe, name, &data, &size) != 0 || data == nullptr) {
        return {};
    }
    // The size counts the terminator.
    return QString::fromUtf8(data, static_cast<qsizetype>(::strnlen(data, size))).trimmed();
}

} // namespace

QString FileSystem::displayType() const
{
    struct Name {
        const char* type;
        const char* shown;
    };

    static constexpr std::array names{
        Name{"ntfs", "NTFS"},
        Name{"exfat", "exFAT"},
        Name{"ReFS", "ReFS"},
        Name{"xfs", "XFS"},
        Name{"crypto_LUKS", "LUKS"},
        Name{"LVM2_member", "LVM2"},
        Name{"iso9660", "ISO 9660"},
        Name{"udf", "UDF"},
        Name{"zfs_member", "ZFS"},
        Name{"linux_raid_member", "Linux RAID"},
        Name{"hfsplus", "HFS+"},
        Name{"apfs", "APFS"},
    };
    if (type == QLatin1String("vfat")) {
        return version.isEmpty() ? QStringLiteral("FAT") : version;
    }
    if (type == QLatin1String("ambiguous")) {
        return Texts::tr("several signatures");
    }
    for (const Name& name : names) {
        if (type == QLatin1String(name.type)) {
            return QString::fromLatin1(name.shown);
        }
    }
    return type;
}

std::vector<DiskRange> superblockRanges(const ByteSource& volume)
{
    const std::uint64_t size = volume.size();
    std::vector<DiskRange> ranges{{0, head}, {size > tail ? size - tail : 0, tail}};
    std::array<std::byte, 512> sector{};
    if (size < sector.size() || !volume.read(0, sector)) {
        return ranges; // the copy will say what is wrong
    }
    if (isNamed(sector, ntfsName)) {
        addNtfs(sector, ranges);
    } else if (isNamed(sector, exfatName)) {
        addExfat(sector, ranges);
    } else {
        addFat32(sector, ranges);
    }
    return ranges;
}

Result<std::optional<FileSystem>> fileSystemOf(const ByteSource& volume, std::uint32_t sectorSize)
{
    Result<SparseCopy> copy = SparseCopy::make(volume.size());
    if (!copy) {
        return std::unexpected(copy.error());
    }
    for (const DiskRange& range : superblockRanges(volume)) {
        if (Result<void> copied = copy->copy(volume, range); !copied) {
            return std::unexpected(copied.error());
        }
    }
    return fileSystemOfCopy(*copy, sectorSize);
}

Result<std::optional<FileSystem>> fileSystemOfCopy(const SparseCopy& copy, std::uint32_t sectorSize)
{
    if (copy.size() == 0) {
        return std::nullopt;
    }
    const std::unique_ptr<std::remove_pointer_t<blkid_probe>, FreeProbe> probe(blkid_new_probe());
    if (!probe
        || blkid_probe_set_device(probe.get(), copy.descriptor(), 0, static_cast<blkid_loff_t>(copy.size())) != 0) {
        return std::unexpected(
            systemError(Texts::tr("Looking for file systems"), QStringLiteral("libblkid"), probe ? errno : ENOMEM));
    }
    blkid_probe_set_sectorsize(probe.get(), sectorSize);
    blkid_probe_enable_partitions(probe.get(), 0);
    blkid_probe_enable_superblocks(probe.get(), 1);
    blkid_probe_set_superblocks_flags(
        probe.get(), BLKID_SUBLKS_TYPE | BLKID_SUBLKS_VERSION | BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID);
    switch (blkid_do_safeprobe(probe.get())) {
    case 0: {
        FileSystem found{.type = value(probe.get(), "TYPE"),
            .version = value(probe.get(), "VERSION"),
            .label = value(probe.get(), "LABEL"),
            .uuid = value(probe.get(), "UUID")};
        found.space = spaceOf(copy, found.type);
        return found.type.isEmpty() ? std::nullopt : std::optional(std::move(found));
    }
    case 1:
        return std::nullopt;
    case -2:
        return FileSystem{.type = QStringLiteral("ambiguous")};
    default:
        return std::unexpected(
            systemError(Texts::tr("Looking for file systems"), QStringLiteral("libblkid"), errno));
    }
}

} // namespace platter
