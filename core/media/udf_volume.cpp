// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/udf_volume.h"

#include "core/little_endian.h"
#include "core/media/iso9660.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <optional>

namespace platter {

namespace {

// Tags: ECMA-167 3/7.2.1, 4/7.2.1
constexpr std::uint16_t anchorTag = 2;
constexpr std::uint16_t partitionTag = 5;
constexpr std::uint16_t logicalVolumeTag = 6;
constexpr std::uint16_t terminatingTag = 8;
constexpr std::uint16_t fileSetTag = 256;
constexpr std::uint16_t identifierTag = 257;
constexpr std::uint16_t fileEntryTag = 261;
constexpr std::uint16_t extendedFileEntryTag = 266;

constexpr std::uint64_t anchorSector = 256; // 3/8.4.2.1
constexpr std::size_t mainExtentLengthAt = 16; // 3/10.2
constexpr std::size_t mainExtentSectorAt = 20;
constexpr std::size_t partitionStartAt = 188; // 3/10.5
constexpr std::size_t blockSizeAt = 212; // 3/10.6
constexpr std::size_t fileSetAt = 248;
constexpr std::size_t mapCountAt = 268;
constexpr std::size_t mapTypeAt = 440;
constexpr std::size_t rootAt = 400; // 4/14.1
constexpr std::size_t extentBlockAt = 4; // 4/14.14.1 and 2: in both kinds of allocation descriptors
constexpr std::size_t fileTypeAt = 27; // 4/14.6: of the ICB tag, which follows the descriptor's
constexpr std::size_t flagsAt = 34;
constexpr std::byte folderType{4};
constexpr std::size_t lengthAt = 56; // 4/14.9 and 4/14.17
constexpr std::uint32_t extentLengthMask = 0x3FFFFFFF; // 4/14.14.1.1
constexpr std::size_t characteristicsAt = 18; // 4/14.4
constexpr std::size_t nameLengthAt = 19;
constexpr std::size_t entryIcbAt = 20;
constexpr std::size_t useLengthAt = 36;
constexpr std::size_t identifierSize = 38;

constexpr std::uint64_t mostDescriptors = 64;
constexpr std::uint64_t mostFolderBytes = 1 << 20; // some ten thousand entries; a bound for damaged ones

using Block = std::array<std::byte, isoSectorSize>;
using Bytes = std::vector<std::byte>;

QString tr(const char* text)
{
    return QCoreApplication::translate("platter::UdfVolume", text);
}

std::unexpected<Error> fail(ErrorKind kind, const char* summary)
{
    return std::unexpected(
        Error{kind, tr(summary), tr(QT_TRANSLATE_NOOP("platter::UdfVolume", "Copy or download it again."))});
}

std::unexpected<Error> corrupt()
{
    return fail(ErrorKind::Corrupt, QT_TRANSLATE_NOOP("platter::UdfVolume", "Its UDF volume contradicts itself."));
}

std::uint16_t tagOf(std::span<const std::byte> bytes)
{
    return littleEndian<std::uint16_t>(bytes, 0);
}

// UDF 2.1.1
QString nameOf(std::span<const std::byte> raw)
{
    QString name;
    if (!raw.empty() && raw[0] == std::byte{8}) {
        for (const std::byte character : raw.subspan(1)) {
            name += QChar(ushort(character));
        }
    } else if (!raw.empty() && raw[0] == std::byte{16}) {
        for (std::size_t i = 1; i + 1 < raw.size(); i += 2) {
            name += QChar(ushort(ushort(raw[i]) << 8 | ushort(raw[i + 1])));
        }
    }
    return name;
}

struct Identifier {
    UdfEntry entry;
    std::uint32_t block = 0; // of its file entry
};

class Volume {
public:
    static Result<Volume> open(const ByteSource& source)
    {
        Volume volume(source);
        Block block;
        if (!source.read(anchorSector * isoSectorSize, block) || tagOf(block) != anchorTag) {
            return fail(ErrorKind::InvalidInput, QT_TRANSLATE_NOOP("platter::UdfVolume", "It has no UDF volume."));
        }
        const std::uint64_t first = littleEndian<std::uint32_t>(block, mainExtentSectorAt);
        const std::uint64_t count = littleEndian<std::uint32_t>(block, mainExtentLengthAt) / isoSectorSize;
        std::optional<std::uint32_t> fileSet;
        bool hasPartition = false;
        for (std::uint64_t i = 0; i < std::min(count, mostDescriptors); ++i) {
            if (!source.read((first + i) * isoSectorSize, block)) {
                return corrupt();
            }
            const std::uint16_t tag = tagOf(block);
            if (tag == partitionTag) {
                volume.m_start = littleEndian<std::uint32_t>(block, partitionStartAt);
                hasPartition = true;
            } else if (tag == logicalVolumeTag) {
                if (littleEndian<std::uint32_t>(block, blockSizeAt) != isoSectorSize
                    || littleEndian<std::uint32_t>(block, mapCountAt) != 1 || block[mapTypeAt] != std::byte{1}) {
                    return fail(ErrorKind::InvalidInput,
                        QT_TRANSLATE_NOOP("platter::UdfVolume", "Its UDF volume is of a kind for writing."));
                }
                fileSet = littleEndian<std::uint32_t>(block, fileSetAt + extentBlockAt);
            } else if (tag == terminatingTag) {
                break;
            }
        }
        if (!fileSet || !hasPartition || !volume.readBlock(*fileSet, block) || tagOf(block) != fileSetTag) {
            return corrupt();
        }
        volume.m_root = littleEndian<std::uint32_t>(block, rootAt + extentBlockAt);
        return volume;
    }

    std::uint32_t root() const { return m_root; }

    Result<std::vector<Identifier>> list(std::uint32_t icb) const
    {
        const Result<Bytes> content = readFolder(icb);
        if (!content) {
            return std::unexpected(content.error());
        }
        std::vector<Identifier> found;
        const std::span<const std::byte> bytes(*content);
        for (std::size_t at = 0; at + identifierSize <= bytes.size();) {
            const std::span<const std::byte> one = bytes.subspan(at);
            if (tagOf(one) != identifierTag) {
                return corrupt();
            }
            const std::size_t nameLength = std::size_t(one[nameLengthAt]);
            const std::size_t nameAt = identifierSize + littleEndian<std::uint16_t>(one, useLengthAt);
            if (nameAt + nameLength > one.size()) {
                return corrupt();
            }
            const auto is = [flags = one[characteristicsAt]](
                                int bit) { return (flags >> bit & std::byte{1}) != std::byte{0}; };
            if (!is(2) && !is(3)) { // neither deleted nor the way up
                found.push_back({{nameOf(one.subspan(nameAt, nameLength)), is(1)},
                    littleEndian<std::uint32_t>(one, entryIcbAt + extentBlockAt)});
            }
            at += (nameAt + nameLength + 3) / 4 * 4;
        }
        return found;
    }

private:
    explicit Volume(const ByteSource& source)
        : m_source(&source)
    {
    }

    bool readBlock(std::uint32_t block, std::span<std::byte> into) const
    {
        return m_source->read((std::uint64_t(m_start) + block) * isoSectorSize, into).has_value();
    }

    // The whole content of the folder whose file entry is in block ICB.
    Result<Bytes> readFolder(std::uint32_t icb) const
    {
        Block entry;
        if (!readBlock(icb, entry)) {
            return corrupt();
        }
        const std::uint16_t tag = tagOf(entry);
        const bool isExtended = tag == extendedFileEntryTag;
        if ((tag != fileEntryTag && !isExtended) || entry[fileTypeAt] != folderType) {
            return corrupt();
        }
        const auto length = littleEndian<std::uint64_t>(entry, lengthAt);
        const std::size_t attributesAt = isExtended ? 208 : 168; // 4/14.17, 4/14.9: their length, that of the
        const std::size_t listAt =
            attributesAt + 8 + littleEndian<std::uint32_t>(entry, attributesAt); // list, both
        const std::size_t listLength = littleEndian<std::uint32_t>(entry, attributesAt + 4);
        if (length > mostFolderBytes || listAt > entry.size() || listLength > entry.size() - listAt) {
            return corrupt();
        }
        const std::span<const std::byte> list = std::span(entry).subspan(listAt, listLength);
        const int kind = littleEndian<std::uint16_t>(entry, flagsAt) & 7; // 4/14.6.8
        if (kind == 3) { // the content itself
            return length <= list.size() ? Result<Bytes>(Bytes(list.begin(), list.begin() + qsizetype(length)))
                                         : corrupt();
        }
        if (kind > 1) {
            return corrupt();
        }
        Bytes content;
        const std::size_t step = kind == 0 ? 8 : 16;
        for (std::size_t at = 0; at + step <= list.size() && content.size() < length; at += step) {
            const std::uint64_t size = littleEndian<std::uint32_t>(list, at) & extentLengthMask;
            const std::size_t before = content.size();
            content.resize(before + std::min(size, length - before));
            if (!readBlock(
                    littleEndian<std::uint32_t>(list, at + extentBlockAt), std::span(content).subspan(before))) {
                return corrupt();
            }
        }
        return content.size() == length ? Result<Bytes>(std::move(content)) : corrupt();
    }

    const ByteSource* m_source;
    std::uint32_t m_start = 0;
    std::uint32_t m_root = 0;
};

} // namespace

Result<std::vector<UdfEntry>> listUdfFolder(const ByteSource& source, const QStringList& path)
{
    const Result<Volume> volume = Volume::open(source);
    if (!volume) {
        return std::unexpected(volume.error());
    }
    Result<std::vector<Identifier>> folder = volume->list(volume->root());
    for (const QString& name : path) {
        if (!folder) {
            break;
        }
        const auto next = std::ranges::find_if(
            *folder, [&name](const Identifier& one) { return one.entry.isFolder && one.entry.name == name; });
        if (next == folder->end()) {
            return fail(
                ErrorKind::NotFound, QT_TRANSLATE_NOOP("platter::UdfVolume", "Its UDF volume has no such folder."));
        }
        const std::uint32_t icb = next->block;
        folder = volume->list(icb);
    }
    if (!folder) {
        return std::unexpected(folder.error());
    }
    std::vector<UdfEntry> entries;
    std::ranges::transform(*folder, std::back_inserter(entries), &Identifier::entry);
    return entries;
}

} // namespace platter
