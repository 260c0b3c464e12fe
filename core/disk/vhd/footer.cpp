// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhd/footer.h"

#include "core/disk/vhd/big_endian.h"
#include "core/disk/vhd/rules.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace platter::vhd {

namespace {

bool hasMark(std::span<const std::byte> bytes)
{
    return std::memcmp(bytes.data(), footer::mark.data(), footer::mark.size()) == 0;
}

template <std::size_t Size>
std::array<char, Size> charactersAt(std::span<const std::byte> bytes, std::size_t offset)
{
    std::array<char, Size> characters{};
    std::memcpy(characters.data(), bytes.subspan(offset, Size).data(), Size);
    return characters;
}

bool sizeIsByGeometry(const std::array<char, 4>& creator)
{
    const std::string_view name(creator.data(), creator.size());
    return name == "vpc " || name == "qemu";
}

// Of what stands in a valid footer, whether a disk can be like that.
Result<void> checkValues(const Footer& found, std::uint64_t offset)
{
    if (found.virtualSize() == 0) {
        return std::unexpected(broken(Rule::SizeZero, offset + footer::currentSize));
    }
    if (found.virtualSize() % sectorSize != 0) {
        return std::unexpected(broken(Rule::SizeNotSectors, offset + footer::currentSize));
    }
    if (found.virtualSize() > largestSize) {
        return std::unexpected(broken(Rule::SizeTooLarge, offset + footer::currentSize));
    }
    return {};
}

} // namespace

Geometry geometryFor(std::uint64_t size)
{
    constexpr std::uint64_t largestCylinders = 65535;
    constexpr std::uint64_t largestHeads = 16;
    const std::uint64_t sectors = std::min(size / sectorSize, largestCylinders * largestHeads * 255);
    std::uint64_t perTrack = 255;
    std::uint64_t heads = largestHeads;
    std::uint64_t tracks = sectors / perTrack;
    if (sectors < largestCylinders * largestHeads * 63) {
        constexpr std::uint64_t cylindersPerHead = 1024;
        perTrack = 17;
        tracks = sectors / perTrack;
        heads = std::max<std::uint64_t>(4, (tracks + cylindersPerHead - 1) / cylindersPerHead);
        if (tracks >= heads * cylindersPerHead || heads > largestHeads) {
            perTrack = 31;
            heads = largestHeads;
            tracks = sectors / perTrack;
        }
        if (tracks >= heads * cylindersPerHead) {
            perTrack = 63;
            heads = largestHeads;
            tracks = sectors / perTrack;
        }
    }
    return Geometry{static_cast<std::uint16_t>(tracks / heads), static_cast<std::uint8_t>(heads),
        static_cast<std::uint8_t>(perTrack)};
}

std::uint64_t Footer::virtualSize() const
{
    // The largest geometry stands for every size above it.
    constexpr Geometry largest{65535, 16, 255};
    if (sizeIsByGeometry(creatorApplication) && geometry.bytes() != 0 && geometry != largest) {
        return geometry.bytes();
    }
    return currentSize;
}

std::uint32_t checksumOf(std::span<const std::byte> bytes, std::size_t checksumOffset)
{
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const bool isChecksum = i >= checksumOffset && i < checksumOffset + sizeof(std::uint32_t);
        sum += isChecksum ? 0 : std::to_integer<std::uint32_t>(bytes[i]);
    }
    return ~sum;
}

Result<Footer> parseFooter(std::span<const std::byte, footer::size> bytes, std::uint64_t offset)
{
    if (!hasMark(bytes)) {
        return std::unexpected(broken(Rule::FooterMissing, offset));
    }
    if (bigEndian<std::uint32_t>(bytes, footer::checksum) != checksumOf(bytes, footer::checksum)) {
        return std::unexpected(broken(Rule::FooterChecksum, offset + footer::checksum));
    }
    if (bigEndian<std::uint32_t>(bytes, footer::version) != formatVersion) {
        return std::unexpected(broken(Rule::FooterVersion, offset + footer::version));
    }
    const auto type = bigEndian<std::uint32_t>(bytes, footer::type);
    if (type < static_cast<std::uint32_t>(DiskType::Fixed)
        || type > static_cast<std::uint32_t>(DiskType::Differencing)) {
        return std::unexpected(broken(Rule::DiskType, offset + footer::type));
    }
    Footer found;
    found.type = static_cast<DiskType>(type);
    found.headerOffset = bigEndian<std::uint64_t>(bytes, footer::headerOffset);
    found.timeStamp = bigEndian<std::uint32_t>(bytes, footer::timeStamp);
    found.creatorApplication = charactersAt<4>(bytes, footer::creatorApplication);
    found.creatorVersion = bigEndian<std::uint32_t>(bytes, footer::creatorVersion);
    found.creatorSystem = charactersAt<4>(bytes, footer::creatorSystem);
    found.originalSize = bigEndian<std::uint64_t>(bytes, footer::originalSize);
    found.currentSize = bigEndian<std::uint64_t>(bytes, footer::currentSize);
    found.geometry = {bigEndian<std::uint16_t>(bytes, footer::cylinders),
        bigEndian<std::uint8_t>(bytes, footer::heads), bigEndian<std::uint8_t>(bytes, footer::sectorsPerTrack)};
    std::ranges::copy(bytes.subspan(footer::uniqueId, uniqueIdSize), found.uniqueId.begin());
    found.savedState = bytes[footer::savedState] == std::byte(1);
    if (const Result<void> good = checkValues(found, offset); !good) {
        return std::unexpected(good.error());
    }
    return found;
}

FooterBytes encode(const Footer& value)
{
    FooterBytes bytes{};
    const std::span span(bytes);
    std::memcpy(bytes.data(), footer::mark.data(), footer::mark.size());
    putBigEndian(span, footer::features, footer::reservedFeature);
    putBigEndian(span, footer::version, formatVersion);
    putBigEndian(span, footer::headerOffset, value.headerOffset);
    putBigEndian(span, footer::timeStamp, value.timeStamp);
    std::memcpy(&bytes[footer::creatorApplication], value.creatorApplication.data(), 4);
    putBigEndian(span, footer::creatorVersion, value.creatorVersion);
    std::memcpy(&bytes[footer::creatorSystem], value.creatorSystem.data(), 4);
    putBigEndian(span, footer::originalSize, value.originalSize);
    putBigEndian(span, footer::currentSize, value.currentSize);
    putBigEndian(span, footer::cylinders, value.geometry.cylinders);
    putBigEndian(span, footer::heads, value.geometry.heads);
    putBigEndian(span, footer::sectorsPerTrack, value.geometry.sectorsPerTrack);
    putBigEndian(span, footer::type, static_cast<std::uint32_t>(value.type));
    std::ranges::copy(value.uniqueId, bytes.begin() + footer::uniqueId);
    bytes[footer::savedState] = std::byte(value.savedState ? 1 : 0);
    putBigEndian(span, footer::checksum, checksumOf(bytes, footer::checksum));
    return bytes;
}

Result<FoundFooter> findFooter(const ByteSource& file)
{
    if (file.size() < footer::oldSize) {
        return std::unexpected(broken(Rule::FileTooShort, 0));
    }
    std::optional<Error> firstError;
    const auto tryAt = [&](std::uint64_t offset) -> Result<Footer> {
        FooterBytes bytes{}; // what an old footer lacks is zero
        const auto length = std::min<std::uint64_t>(footer::size, file.size() - offset);
        if (const Result<void> done = file.read(offset, std::span(bytes).first(length)); !done) {
            return std::unexpected(done.error());
        }
        Result<Footer> parsed = parseFooter(bytes, offset);
        if (!parsed && hasMark(bytes) && !firstError) {
            firstError = parsed.error(); // says more than that there is none
        }
        return parsed;
    };
    for (const std::size_t length : {footer::size, footer::oldSize}) {
        if (file.size() < length) {
            continue;
        }
        const std::uint64_t offset = file.size() - length;
        Result<Footer> found = tryAt(offset);
        if (found) {
            return FoundFooter{*found, offset};
        }
        if (found.error().kind == ErrorKind::InputOutput) {
            return std::unexpected(found.error());
        }
    }
    const Result<Footer> copy = tryAt(0);
    if (copy && copy->type != DiskType::Fixed) { // a fixed disk has no copy: what looks like one is its content
        return FoundFooter{*copy, file.size()};
    }
    return std::unexpected(firstError.value_or(broken(Rule::FooterMissing, file.size() - footer::oldSize)));
}

} // namespace platter::vhd
