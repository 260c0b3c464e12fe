// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/el_torito.h"

#include "core/little_endian.h"
#include "core/media/iso9660.h"

#include <QCoreApplication>

#include <array>

namespace platter {

namespace {

constexpr std::size_t entrySize = 32;

// El Torito, figures 2 to 6
constexpr std::byte validationHeader{0x01};
constexpr std::byte bootable{0x88};
constexpr std::byte sectionHeader{0x90};
constexpr std::byte lastSectionHeader{0x91};
constexpr std::uint16_t keyBytes = 0xAA55;
constexpr std::size_t platformAt = 1;
constexpr std::size_t keyBytesAt = 30;
constexpr std::size_t mediaTypeAt = 1;
constexpr std::byte mediaTypeMask{0x0F};
constexpr std::size_t sectorCountAt = 6;
constexpr std::size_t firstSectorAt = 8;

QString tr(const char* text)
{
    return QCoreApplication::translate("platter::ElTorito", text);
}

Error corrupt(const QString& summary, std::uint64_t offset, const QString& rule)
{
    return Error{ErrorKind::Corrupt, summary,
        tr(QT_TRANSLATE_NOOP("platter::ElTorito", "Copy or download it again.")),
        QStringLiteral("offset 0x%1, %2").arg(offset, 0, 16).arg(rule)};
}

} // namespace

Result<std::vector<BootImage>> readBootCatalog(const ByteSource& source, std::uint32_t sector)
{
    const std::uint64_t start = sector * isoSectorSize;
    std::array<std::byte, isoSectorSize> catalog;
    if (Result<void> read = source.read(start, catalog); !read) {
        return std::unexpected(
            corrupt(tr(QT_TRANSLATE_NOOP("platter::ElTorito", "It ends before its boot catalogue.")), start,
                read.error().detail));
    }
    const std::span<const std::byte> bytes(catalog);
    const std::span<const std::byte> validation = bytes.first(entrySize);
    if (validation[0] != validationHeader || littleEndian<std::uint16_t>(validation, keyBytesAt) != keyBytes) {
        return std::unexpected(
            corrupt(tr(QT_TRANSLATE_NOOP("platter::ElTorito", "Its boot catalogue does not begin as one does.")),
                start, QStringLiteral("El Torito 1.0, figure 2: header id and key bytes")));
    }
    std::uint16_t sum = 0;
    for (std::size_t i = 0; i < entrySize; i += 2) {
        sum = static_cast<std::uint16_t>(sum + littleEndian<std::uint16_t>(validation, i));
    }
    if (sum != 0) {
        return std::unexpected(
            corrupt(tr(QT_TRANSLATE_NOOP("platter::ElTorito", "Its boot catalogue has a wrong checksum.")), start,
                QStringLiteral("El Torito 1.0, figure 2: checksum")));
    }

    std::vector<BootImage> images;
    auto platform = static_cast<BootPlatform>(validation[platformAt]);
    for (std::size_t at = entrySize; at + entrySize <= bytes.size(); at += entrySize) {
        const std::span<const std::byte> entry = bytes.subspan(at, entrySize);
        if (entry[0] == sectionHeader || entry[0] == lastSectionHeader) {
            platform = static_cast<BootPlatform>(entry[platformAt]);
            continue;
        }
        const auto first = littleEndian<std::uint32_t>(entry, firstSectorAt);
        if (entry[0] != bootable || first == 0) {
            continue;
        }
        images.push_back(BootImage{platform, static_cast<BootEmulation>(entry[mediaTypeAt] & mediaTypeMask),
            littleEndian<std::uint16_t>(entry, sectorCountAt), first});
    }
    return images;
}

std::uint64_t bootImageLength(const BootImage& image, std::uint64_t volumeSectors, std::uint64_t sourceSize)
{
    const std::uint64_t start = image.firstSector * isoSectorSize;
    std::uint64_t sectors = image.sectors;
    std::uint64_t sectorSize = 512;
    switch (image.emulation) {
    case BootEmulation::None:
        // The standard counts sectors of 512 bytes here as well; EDK2 counts the disc's, and so reaches further.
        sectorSize = isoSectorSize;
        break;
    case BootEmulation::Floppy1200:
        sectors = 80UL * 2 * 15;
        break;
    case BootEmulation::Floppy1440:
        sectors = 80UL * 2 * 18;
        break;
    case BootEmulation::Floppy2880:
        sectors = 80UL * 2 * 36;
        break;
    case BootEmulation::HardDisk:
        break;
    }
    const std::uint64_t rest = sourceSize > start ? sourceSize - start : 0;
    if (sectors >= 2) {
        return std::min(sectors * sectorSize, rest);
    }
    const std::uint64_t volumeEnd = volumeSectors * isoSectorSize;
    return volumeEnd > sourceSize || volumeEnd <= start ? rest : volumeEnd - start;
}

} // namespace platter
