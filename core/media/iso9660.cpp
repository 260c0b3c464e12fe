// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/iso9660.h"

#include "core/little_endian.h"

#include <QCoreApplication>
#include <QStringDecoder>

#include <array>
#include <string_view>

namespace platter {

namespace {

constexpr std::uint64_t firstDescriptor = 16 * isoSectorSize; // ECMA-119 6.2.1: after the system area
constexpr int mostDescriptors = 64; // no disc has more than a handful; a bound for damaged ones

// ECMA-119 8.1.1
constexpr std::byte bootRecord{0};
constexpr std::byte primaryDescriptor{1};
constexpr std::byte terminator{255};

// Offsets in a descriptor: ECMA-119 8.1, 8.4; El Torito 1.0, figure 7
constexpr std::size_t identifierAt = 1;
constexpr std::size_t versionAt = 6;
constexpr std::size_t bootSystemAt = 7;
constexpr std::size_t bootCatalogAt = 71;
constexpr std::size_t systemIdAt = 8;
constexpr std::size_t labelAt = 40;
constexpr std::size_t shortIdLength = 32;
constexpr std::size_t volumeBlocksAt = 80;
constexpr std::size_t blockSizeAt = 128;
constexpr std::size_t publisherAt = 318;
constexpr std::size_t preparerAt = 446;
constexpr std::size_t applicationAt = 574;
constexpr std::size_t longIdLength = 128;

// UDF: ECMA-167 2/9.1.2 (recognition), 3/8.4.2.1 and 3/10.2 (anchor), 3/7.2 (tag), 3/10.6 (logical volume)
constexpr std::uint64_t anchorSector = 256;
constexpr std::uint16_t anchorTag = 2;
constexpr std::uint16_t logicalVolumeTag = 6;
constexpr std::uint16_t terminatingTag = 8;
constexpr std::size_t mainExtentLengthAt = 16;
constexpr std::size_t mainExtentSectorAt = 20;
constexpr std::size_t logicalLabelAt = 84;
constexpr std::size_t logicalLabelLength = 128;

using Sector = std::array<std::byte, isoSectorSize>;

QString tr(const char* text)
{
    return QCoreApplication::translate("platter::Iso9660", text);
}

Error corrupt(const QString& summary, std::uint64_t offset, const QString& rule)
{
    return Error{ErrorKind::Corrupt, summary,
        tr(QT_TRANSLATE_NOOP("platter::Iso9660", "Copy or download it again.")),
        QStringLiteral("offset 0x%1, %2").arg(offset, 0, 16).arg(rule)};
}

std::string_view characters(const Sector& sector, std::size_t offset, std::size_t length)
{
    return {reinterpret_cast<const char*>(sector.data()) + offset, length};
}

// Printable text without padding. The standard allows little more than A-Z; discs carry UTF-8 and Latin-1 all the
// same.
QString cleaned(QString text)
{
    for (QChar& character : text) {
        if (!character.isPrint()) {
            character = QLatin1Char(' ');
        }
    }
    return text.trimmed();
}

QString text(const Sector& sector, std::size_t offset, std::size_t length)
{
    std::string_view raw = characters(sector, offset, length);
    raw = raw.substr(0, raw.find('\0'));
    const QByteArrayView bytes(raw.data(), static_cast<qsizetype>(raw.size()));
    QStringDecoder utf8(QStringDecoder::Utf8);
    const QString decoded = utf8(bytes);
    return cleaned(utf8.hasError() ? QString::fromLatin1(bytes) : decoded);
}

// A "dstring" of OSTA's compressed unicode: UDF 2.1.1 and 2.1.3.
QString udfText(const Sector& sector, std::size_t offset, std::size_t length)
{
    const std::string_view raw = characters(sector, offset, length);
    const std::size_t used = std::min<std::size_t>(static_cast<unsigned char>(raw.back()), length - 1);
    QString result;
    if (used > 1 && raw[0] == 8) {
        result = QString::fromLatin1(raw.data() + 1, static_cast<qsizetype>(used - 1));
    } else if (used > 1 && raw[0] == 16) {
        for (std::size_t i = 1; i + 1 < used; i += 2) {
            result +=
                QChar(ushort(static_cast<unsigned char>(raw[i]) << 8 | static_cast<unsigned char>(raw[i + 1])));
        }
    }
    return cleaned(result);
}

Result<PrimaryVolume> parsePrimary(const Sector& sector, std::uint64_t offset)
{
    if (sector[versionAt] != std::byte{1}) {
        return std::unexpected(corrupt(
            tr(QT_TRANSLATE_NOOP("platter::Iso9660", "Its volume descriptor has a version that does not exist.")),
            offset + versionAt, QStringLiteral("ECMA-119 8.4.3")));
    }
    PrimaryVolume volume;
    volume.systemId = text(sector, systemIdAt, shortIdLength);
    volume.label = text(sector, labelAt, shortIdLength);
    volume.publisher = text(sector, publisherAt, longIdLength);
    volume.preparer = text(sector, preparerAt, longIdLength);
    volume.application = text(sector, applicationAt, longIdLength);
    // Both numbers are stored twice, in either byte order; firmware and kernels look at the little-endian one
    // alone.
    volume.blocks = littleEndian<std::uint32_t>(sector, volumeBlocksAt);
    volume.blockSize = littleEndian<std::uint16_t>(sector, blockSizeAt);
    if (volume.blockSize != 512 && volume.blockSize != 1024 && volume.blockSize != isoSectorSize) {
        return std::unexpected(
            corrupt(tr(QT_TRANSLATE_NOOP("platter::Iso9660", "Its blocks have %1 bytes, which no disc has."))
                        .arg(volume.blockSize),
                offset + blockSizeAt, QStringLiteral("ECMA-119 8.4.12")));
    }
    return volume;
}

// Best effort: a disc without a readable label is still a disc.
QString readUdfLabel(const ByteSource& source)
{
    Sector sector;
    if (!source.read(anchorSector * isoSectorSize, sector) || littleEndian<std::uint16_t>(sector, 0) != anchorTag) {
        return {};
    }
    const std::uint64_t first = littleEndian<std::uint32_t>(sector, mainExtentSectorAt);
    const std::uint64_t count = littleEndian<std::uint32_t>(sector, mainExtentLengthAt) / isoSectorSize;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, mostDescriptors); ++i) {
        if (!source.read((first + i) * isoSectorSize, sector)) {
            return {};
        }
        const auto tag = littleEndian<std::uint16_t>(sector, 0);
        if (tag == logicalVolumeTag) {
            return udfText(sector, logicalLabelAt, logicalLabelLength);
        }
        if (tag == terminatingTag) {
            return {};
        }
    }
    return {};
}

} // namespace

Result<VolumeDescriptors> readVolumeDescriptors(const ByteSource& source)
{
    VolumeDescriptors found;
    bool terminated = false;
    for (int i = 0; i < mostDescriptors; ++i) {
        const std::uint64_t offset = firstDescriptor + std::uint64_t(i) * isoSectorSize;
        Sector sector;
        if (const Result<void> read = source.read(offset, sector); !read) {
            if (i == 0) {
                break;
            }
            if (terminated) { // whether UDF follows does not matter on a disc that has ISO 9660
                break;
            }
            return std::unexpected(read.error());
        }
        const std::string_view identifier = characters(sector, identifierAt, 5);
        if (identifier == "NSR02" || identifier == "NSR03") {
            found.udf = true;
            break;
        }
        if (identifier == "BEA01" || identifier == "BOOT2" || identifier == "CDW02") {
            continue;
        }
        if (identifier != "CD001" || terminated) {
            break;
        }
        if (sector[0] == terminator) {
            terminated = true;
        } else if (sector[0] == primaryDescriptor && !found.primary) {
            Result<PrimaryVolume> volume = parsePrimary(sector, offset);
            if (!volume) {
                return std::unexpected(volume.error());
            }
            found.primary = std::move(*volume);
        } else if (sector[0] == bootRecord && characters(sector, bootSystemAt, 23) == "EL TORITO SPECIFICATION") {
            found.bootCatalogs.push_back(littleEndian<std::uint32_t>(sector, bootCatalogAt));
        }
    }
    if (found.primary) {
        return found;
    }
    if (found.udf) {
        found.udfLabel = readUdfLabel(source);
        return found;
    }
    return std::unexpected(Error{ErrorKind::InvalidInput,
        tr(QT_TRANSLATE_NOOP(
            "platter::Iso9660", "It is no ISO image: it has neither an ISO 9660 nor a UDF volume.")),
        tr(QT_TRANSLATE_NOOP("platter::Iso9660", "Choose an ISO image.")),
        QStringLiteral("offset 0x%1, ECMA-119 6.7.1.1").arg(firstDescriptor, 0, 16)});
}

} // namespace platter
