// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fat/fat_volume.h"

#include "core/little_endian.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <array>
#include <bit>
#include <unordered_set>

namespace platter {

namespace {

// The boot sector: Microsoft FAT specification, sections 3.1 to 3.3
constexpr std::size_t bootSectorSize = 512;
constexpr std::size_t sectorSizeAt = 11;
constexpr std::size_t sectorsPerClusterAt = 13;
constexpr std::size_t reservedSectorsAt = 14;
constexpr std::size_t fatCountAt = 16;
constexpr std::size_t rootEntriesAt = 17;
constexpr std::size_t sectors16At = 19;
constexpr std::size_t mediaAt = 21;
constexpr std::size_t fatSectors16At = 22;
constexpr std::size_t sectors32At = 32;
constexpr std::size_t fatSectors32At = 36;
constexpr std::size_t flags32At = 40;
constexpr std::size_t version32At = 42;
constexpr std::size_t rootCluster32At = 44;
constexpr std::uint16_t notMirrored = 0x80;
constexpr std::size_t directoryEntrySize = 32;

// Section 3.5: the type follows from the count of clusters alone.
constexpr std::uint32_t fat16From = 4085;
constexpr std::uint32_t fat32From = 65525;
constexpr std::uint64_t mostClusters = 0x0FFFFFF5;
constexpr std::uint32_t firstDataCluster = 2;

// Section 6: a directory has at most 65536 entries.
constexpr std::uint64_t largestDirectory = 65536 * directoryEntrySize;

QString tr(const char* text)
{
    return QCoreApplication::translate("platter::FatVolume", text);
}

Error corrupt(const char* summary, std::uint64_t offset, const QString& rule)
{
    return Error{ErrorKind::Corrupt, tr(summary),
        tr(QT_TRANSLATE_NOOP("platter::FatVolume", "Check the file system, or take another copy of it.")),
        QStringLiteral("offset 0x%1, %2").arg(offset, 0, 16).arg(rule)};
}

Error noFat(std::size_t offset, const QString& rule)
{
    return Error{ErrorKind::InvalidInput,
        tr(QT_TRANSLATE_NOOP("platter::FatVolume", "It holds no FAT file system.")), {},
        QStringLiteral("offset 0x%1, %2").arg(offset, 0, 16).arg(rule)};
}

QStringList components(QString path)
{
    path.replace(QLatin1Char('\\'), QLatin1Char('/'));
    return path.split(QLatin1Char('/'), Qt::SkipEmptyParts);
}

} // namespace

Result<FatVolume> FatVolume::open(const ByteSource& source)
{
    std::array<std::byte, bootSectorSize> sector;
    if (!source.read(0, sector)) {
        return std::unexpected(noFat(0, QStringLiteral("shorter than a boot sector")));
    }
    const std::span<const std::byte> bytes(sector);
    const std::uint32_t sectorSize = littleEndian<std::uint16_t>(bytes, sectorSizeAt);
    if (!std::has_single_bit(sectorSize) || sectorSize < 512 || sectorSize > 4096) {
        return std::unexpected(noFat(sectorSizeAt, QStringLiteral("FAT 3.1: bytes per sector")));
    }
    const std::uint32_t sectorsPerCluster = littleEndian<std::uint8_t>(bytes, sectorsPerClusterAt);
    if (sectorsPerCluster == 0 || !std::has_single_bit(sectorsPerCluster)) {
        return std::unexpected(noFat(sectorsPerClusterAt, QStringLiteral("FAT 3.1: sectors per cluster")));
    }
    const std::uint32_t reserved = littleEndian<std::uint16_t>(bytes, reservedSectorsAt);
    if (reserved == 0) {
        return std::unexpected(noFat(reservedSectorsAt, QStringLiteral("FAT 3.1: reserved sectors")));
    }
    const std::uint32_t fatCount = littleEndian<std::uint8_t>(bytes, fatCountAt);
    if (fatCount == 0) {
        return std::unexpected(noFat(fatCountAt, QStringLiteral("FAT 3.1: number of FATs")));
    }
    // EDK2 takes 0 and 1 as well.
    const auto media = littleEndian<std::uint8_t>(bytes, mediaAt);
    if (media > 1 && media != 0xF0 && media < 0xF8) {
        return std::unexpected(noFat(mediaAt, QStringLiteral("FAT 3.1: media")));
    }
    std::uint64_t sectors = littleEndian<std::uint16_t>(bytes, sectors16At);
    if (sectors == 0) {
        sectors = littleEndian<std::uint32_t>(bytes, sectors32At);
    }
    if (sectors == 0) {
        return std::unexpected(noFat(sectors32At, QStringLiteral("FAT 3.1: total sectors")));
    }
    const std::uint32_t rootEntries = littleEndian<std::uint16_t>(bytes, rootEntriesAt);
    std::uint64_t fatSectors = littleEndian<std::uint16_t>(bytes, fatSectors16At);
    const bool is32 = fatSectors == 0;
    if (is32) {
        fatSectors = littleEndian<std::uint32_t>(bytes, fatSectors32At);
        if (fatSectors == 0) {
            return std::unexpected(noFat(fatSectors32At, QStringLiteral("FAT 3.3: sectors per FAT")));
        }
        if (littleEndian<std::uint16_t>(bytes, version32At) != 0) {
            return std::unexpected(noFat(version32At, QStringLiteral("FAT 3.3: version")));
        }
        if ((littleEndian<std::uint16_t>(bytes, flags32At) & notMirrored) != 0) {
            return std::unexpected(
                noFat(flags32At, QStringLiteral("FAT 3.3: mirroring is off, which EDK2 refuses")));
        }
    } else if (rootEntries == 0) {
        return std::unexpected(noFat(rootEntriesAt, QStringLiteral("FAT 3.1: root entries")));
    }

    const std::uint64_t rootSectors = is32 ? 0 : (rootEntries * directoryEntrySize + sectorSize - 1) / sectorSize;
    const std::uint64_t firstRootSector = reserved + fatCount * fatSectors;
    const std::uint64_t firstDataSector = firstRootSector + rootSectors;
    if (firstDataSector >= sectors) {
        return std::unexpected(corrupt(
            QT_TRANSLATE_NOOP("platter::FatVolume", "The FAT file system has more tables than it has room for."),
            fatSectors16At, QStringLiteral("FAT 3.5: no data sectors")));
    }
    const std::uint64_t clusters = (sectors - firstDataSector) / sectorsPerCluster;
    if (clusters > mostClusters || is32 != (clusters >= fat32From)) {
        return std::unexpected(
            corrupt(QT_TRANSLATE_NOOP("platter::FatVolume",
                        "The FAT file system has a count of clusters that does not fit its type."),
                sectors32At, QStringLiteral("FAT 3.5: %1 clusters").arg(clusters)));
    }

    FatVolume volume(source);
    volume.m_type = is32 ? FatType::Fat32 : clusters < fat16From ? FatType::Fat12 : FatType::Fat16;
    volume.m_clusterSize = sectorsPerCluster * sectorSize;
    volume.m_clusterCount = static_cast<std::uint32_t>(clusters);
    volume.m_fatPosition = std::uint64_t(reserved) * sectorSize;
    volume.m_fatSize = fatSectors * sectorSize;
    volume.m_rootPosition = firstRootSector * sectorSize;
    volume.m_rootSize = is32 ? 0 : rootEntries * std::uint32_t(directoryEntrySize);
    volume.m_rootCluster = is32 ? littleEndian<std::uint32_t>(bytes, rootCluster32At) : 0;
    volume.m_dataPosition = firstDataSector * sectorSize;
    return volume;
}

std::uint64_t FatVolume::clusterPosition(std::uint32_t cluster) const
{
    return m_dataPosition + std::uint64_t(cluster - firstDataCluster) * m_clusterSize;
}

// 0 at the end of the chain. FAT specification, section 4.
Result<std::uint32_t> FatVolume::nextCluster(std::uint32_t cluster) const
{
    std::uint64_t offset = 0;
    std::size_t width = 2;
    switch (m_type) {
    case FatType::Fat12:
        offset = cluster + cluster / 2;
        break;
    case FatType::Fat16:
        offset = std::uint64_t(cluster) * 2;
        break;
    case FatType::Fat32:
        offset = std::uint64_t(cluster) * 4;
        width = 4;
        break;
    }
    if (offset + width > m_fatSize) {
        return std::unexpected(corrupt(
            QT_TRANSLATE_NOOP("platter::FatVolume", "The FAT file system's table is too short for its clusters."),
            m_fatPosition + offset, QStringLiteral("FAT 3.8: cluster %1").arg(cluster)));
    }
    std::array<std::byte, 4> raw = {};
    if (Result<void> read = m_source->read(m_fatPosition + offset, std::span(raw).first(width)); !read) {
        return std::unexpected(read.error());
    }
    std::uint32_t next = 0;
    std::uint32_t endFrom = 0;
    switch (m_type) {
    case FatType::Fat12:
        next = littleEndian<std::uint16_t>(raw, 0);
        next = cluster % 2 == 0 ? next & 0x0FFF : next >> 4;
        endFrom = 0x0FF8;
        break;
    case FatType::Fat16:
        next = littleEndian<std::uint16_t>(raw, 0);
        endFrom = 0xFFF8;
        break;
    case FatType::Fat32:
        next = littleEndian<std::uint32_t>(raw, 0) & 0x0FFFFFFF;
        endFrom = 0x0FFFFFF8;
        break;
    }
    return next >= endFrom ? 0 : next;
}

// The chain from FIRST on, at most MOST clusters of it.
Result<std::vector<std::uint32_t>> FatVolume::chain(std::uint32_t first, std::uint64_t most) const
{
    std::vector<std::uint32_t> clusters;
    std::unordered_set<std::uint32_t> seen;
    for (std::uint32_t cluster = first; cluster != 0;) {
        if (cluster < firstDataCluster || cluster - firstDataCluster >= m_clusterCount) {
            return std::unexpected(corrupt(QT_TRANSLATE_NOOP("platter::FatVolume",
                                               "The FAT file system has a chain of clusters that leaves it."),
                m_fatPosition, QStringLiteral("FAT 4: cluster %1 of %2").arg(cluster).arg(m_clusterCount)));
        }
        if (!seen.insert(cluster).second) {
            return std::unexpected(corrupt(QT_TRANSLATE_NOOP("platter::FatVolume",
                                               "The FAT file system has a chain of clusters without an end."),
                m_fatPosition, QStringLiteral("FAT 4: cluster %1 comes twice").arg(cluster)));
        }
        clusters.push_back(cluster);
        if (clusters.size() == most) {
            break;
        }
        const Result<std::uint32_t> next = nextCluster(cluster);
        if (!next) {
            return std::unexpected(next.error());
        }
        cluster = *next;
    }
    return clusters;
}

Result<std::vector<std::uint32_t>> FatVolume::chain(const FatEntry& file) const
{
    const std::uint64_t needed = (std::uint64_t(file.size) + m_clusterSize - 1) / m_clusterSize;
    if (needed == 0) {
        return std::vector<std::uint32_t>();
    }
    Result<std::vector<std::uint32_t>> clusters = chain(file.firstCluster, needed);
    if (clusters && clusters->size() < needed) {
        return std::unexpected(corrupt(QT_TRANSLATE_NOOP("platter::FatVolume",
                                           "The FAT file system has a file whose clusters end before its size."),
            m_fatPosition, QStringLiteral("FAT 4: %1 of %2 clusters").arg(clusters->size()).arg(needed)));
    }
    return clusters;
}

Result<std::vector<FatEntry>> FatVolume::listRoot() const
{
    if (m_type == FatType::Fat32) {
        return listClusters(m_rootCluster);
    }
    std::vector<std::byte> bytes(m_rootSize);
    if (Result<void> read = m_source->read(m_rootPosition, bytes); !read) {
        return std::unexpected(read.error());
    }
    return parseFatDirectory(bytes);
}

Result<std::vector<FatEntry>> FatVolume::listClusters(std::uint32_t first) const
{
    const std::uint64_t most = std::max<std::uint64_t>(1, largestDirectory / m_clusterSize);
    const Result<std::vector<std::uint32_t>> clusters = chain(first, most);
    if (!clusters) {
        return std::unexpected(clusters.error());
    }
    std::vector<std::byte> bytes(clusters->size() * m_clusterSize);
    std::span<std::byte> rest(bytes);
    for (const std::uint32_t cluster : *clusters) {
        if (Result<void> read = m_source->read(clusterPosition(cluster), rest.first(m_clusterSize)); !read) {
            return std::unexpected(read.error());
        }
        rest = rest.subspan(m_clusterSize);
    }
    return parseFatDirectory(bytes);
}

Result<std::vector<FatEntry>> FatVolume::list(const QString& path) const
{
    Result<std::vector<FatEntry>> entries = listRoot();
    for (const QString& name : components(path)) {
        if (!entries) {
            break;
        }
        const auto folder =
            std::ranges::find_if(*entries, [&](const FatEntry& entry) { return entry.isNamed(name); });
        if (folder == entries->end()) {
            return std::unexpected(Error{ErrorKind::NotFound,
                tr(QT_TRANSLATE_NOOP("platter::FatVolume", "There is no folder %1.")).arg(path), {}, name});
        }
        if (!folder->isFolder) {
            return std::unexpected(Error{ErrorKind::InvalidInput,
                tr(QT_TRANSLATE_NOOP("platter::FatVolume", "%1 is a file, not a folder.")).arg(path), {}, name});
        }
        // Some tools write 0 for the root, as ".." has to.
        const std::uint32_t first = folder->firstCluster;
        entries = first == 0 ? listRoot() : listClusters(first);
    }
    return entries;
}

Result<FatEntry> FatVolume::find(const QString& path) const
{
    QStringList names = components(path);
    if (names.isEmpty()) {
        FatEntry root;
        root.isFolder = true;
        return root;
    }
    const QString last = names.takeLast();
    const Result<std::vector<FatEntry>> entries = list(names.join(QLatin1Char('/')));
    if (!entries) {
        return std::unexpected(entries.error());
    }
    const auto entry = std::ranges::find_if(*entries, [&](const FatEntry& one) { return one.isNamed(last); });
    if (entry == entries->end()) {
        return std::unexpected(Error{ErrorKind::NotFound,
            tr(QT_TRANSLATE_NOOP("platter::FatVolume", "There is no file %1.")).arg(path), {}, last});
    }
    return *entry;
}

Result<void> FatVolume::read(const FatEntry& file, std::span<std::byte> into) const
{
    if (file.isFolder || into.size() > file.size) {
        return std::unexpected(
            corrupt(QT_TRANSLATE_NOOP("platter::FatVolume", "The file is shorter than it has to be."), 0,
                file.name + QStringLiteral(": %1 bytes, %2 wanted").arg(file.size).arg(into.size())));
    }
    FatEntry part = file;
    part.size = static_cast<std::uint32_t>(into.size());
    const Result<std::vector<std::uint32_t>> clusters = chain(part);
    if (!clusters) {
        return std::unexpected(clusters.error());
    }
    for (const std::uint32_t cluster : *clusters) {
        const std::size_t count = std::min<std::size_t>(into.size(), m_clusterSize);
        if (Result<void> read = m_source->read(clusterPosition(cluster), into.first(count)); !read) {
            return read;
        }
        into = into.subspan(count);
    }
    return {};
}

Result<void> FatVolume::check(const FatEntry& file) const
{
    const Result<std::vector<std::uint32_t>> clusters = chain(file);
    if (!clusters) {
        return std::unexpected(clusters.error());
    }
    std::uint64_t rest = file.size;
    for (const std::uint32_t cluster : *clusters) {
        const std::uint64_t end = clusterPosition(cluster) + std::min<std::uint64_t>(rest, m_clusterSize);
        if (end > m_source->size()) {
            return std::unexpected(corrupt(
                QT_TRANSLATE_NOOP("platter::FatVolume", "The FAT file system ends before a file's contents."), end,
                file.name + QStringLiteral(": cluster %1").arg(cluster)));
        }
        rest -= std::min<std::uint64_t>(rest, m_clusterSize);
    }
    return {};
}

} // namespace platter
