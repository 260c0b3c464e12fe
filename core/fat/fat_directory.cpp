// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fat/fat_directory.h"

#include "core/little_endian.h"

#include <array>

namespace platter {

namespace {

// Microsoft FAT specification, sections 6 (directory structure) and 7 (long names)
constexpr std::size_t entrySize = 32;
constexpr std::size_t attributesAt = 11;
constexpr std::size_t caseFlagsAt =
    12; // reserved there; Windows NT and everybody since keep the case of short names here
constexpr std::size_t checksumAt = 13;
constexpr std::size_t firstClusterHighAt = 20;
constexpr std::size_t firstClusterLowAt = 26;
constexpr std::size_t sizeAt = 28;
constexpr std::byte endMark{0x00};
constexpr std::byte deletedMark{0xE5};
constexpr std::byte kanjiMark{0x05}; // stands for a first character of 0xE5
constexpr std::byte volumeIdAttribute{0x08};
constexpr std::byte folderAttribute{0x10};
constexpr std::byte longNameAttributes{0x0F};
constexpr std::byte longNameMask{0x3F};
constexpr std::byte lowerCaseBase{0x08};
constexpr std::byte lowerCaseExtension{0x10};
constexpr std::byte lastLongPart{0x40};
constexpr unsigned mostLongParts = 20;
constexpr std::array<std::size_t, 13> longCharactersAt{1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};

std::uint8_t shortNameChecksum(std::span<const std::byte> entry)
{
    unsigned sum = 0;
    for (std::size_t i = 0; i < attributesAt; ++i) {
        sum = (((sum & 1) << 7) + (sum >> 1) + std::to_integer<unsigned>(entry[i])) & 0xFF;
    }
    return static_cast<std::uint8_t>(sum);
}

QString shortPart(std::span<const std::byte> raw, bool lowerCase)
{
    QString part;
    for (const std::byte byte : raw) {
        part += QChar(ushort(std::to_integer<unsigned>(byte)));
    }
    while (part.endsWith(QLatin1Char(' '))) {
        part.chop(1);
    }
    return lowerCase ? part.toLower() : part;
}

struct ShortNames {
    QString plain;
    QString cased;
};

ShortNames shortNames(std::span<const std::byte> entry)
{
    std::array<std::byte, attributesAt> raw;
    std::ranges::copy(entry.first(attributesAt), raw.begin());
    if (raw[0] == kanjiMark) {
        raw[0] = deletedMark;
    }
    const auto join = [&](std::byte flags) {
        const std::span<const std::byte> bytes(raw);
        const QString base = shortPart(bytes.first(8), (flags & lowerCaseBase) != std::byte{0});
        const QString extension = shortPart(bytes.subspan(8), (flags & lowerCaseExtension) != std::byte{0});
        return extension.isEmpty() ? base : base + QLatin1Char('.') + extension;
    };
    return {join(std::byte{0}), join(entry[caseFlagsAt])};
}

// Gathers the parts of a long name, which stand before their short entry in reverse order.
class LongName {
public:
    void add(std::span<const std::byte> entry)
    {
        const unsigned order = std::to_integer<unsigned>(entry[0] & ~lastLongPart);
        const auto checksum = std::to_integer<std::uint8_t>(entry[checksumAt]);
        if ((entry[0] & lastLongPart) != std::byte{0}) {
            m_text.clear();
            m_checksum = checksum;
            m_next = order;
        }
        if (order == 0 || order > mostLongParts || order != m_next || checksum != m_checksum) {
            m_next = nothing;
            return;
        }
        m_next = order - 1;
        QString part;
        for (const std::size_t at : longCharactersAt) {
            const auto character = littleEndian<std::uint16_t>(entry, at);
            if (character == 0) {
                break;
            }
            part += QChar(character);
        }
        m_text.prepend(part);
    }

    // The name, if it is complete and belongs to the short entry that follows; forgets it.
    QString take(std::span<const std::byte> shortEntry)
    {
        const bool complete = m_next == 0 && m_checksum == shortNameChecksum(shortEntry);
        m_next = nothing;
        return complete ? std::exchange(m_text, {}) : QString();
    }

private:
    static constexpr unsigned nothing = ~0U;
    QString m_text;
    unsigned m_next = nothing; // the part that has to come next, counting down; 0: complete
    std::uint8_t m_checksum = 0;
};

} // namespace

bool FatEntry::isNamed(const QString& other) const
{
    return name.compare(other, Qt::CaseInsensitive) == 0 || shortName.compare(other, Qt::CaseInsensitive) == 0;
}

std::vector<FatEntry> parseFatDirectory(std::span<const std::byte> bytes)
{
    std::vector<FatEntry> entries;
    LongName longName;
    for (std::size_t at = 0; at + entrySize <= bytes.size(); at += entrySize) {
        const std::span<const std::byte> raw = bytes.subspan(at, entrySize);
        if (raw[0] == endMark) {
            break;
        }
        if (raw[0] == deletedMark) {
            continue;
        }
        if ((raw[attributesAt] & longNameMask) == longNameAttributes) {
            longName.add(raw);
            continue;
        }
        const QString name = longName.take(raw);
        if ((raw[attributesAt] & volumeIdAttribute) != std::byte{0} || raw[0] == std::byte{'.'}) {
            continue;
        }
        const ShortNames names = shortNames(raw);
        FatEntry entry;
        entry.shortName = names.plain;
        entry.name = name.isEmpty() ? names.cased : name;
        entry.isFolder = (raw[attributesAt] & folderAttribute) != std::byte{0};
        entry.firstCluster = std::uint32_t(littleEndian<std::uint16_t>(raw, firstClusterHighAt)) << 16
            | littleEndian<std::uint16_t>(raw, firstClusterLowAt);
        entry.size = entry.isFolder ? 0 : littleEndian<std::uint32_t>(raw, sizeAt);
        entries.push_back(std::move(entry));
    }
    return entries;
}

} // namespace platter
