// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhd/dynamic_header.h"

#include "core/disk/vhd/big_endian.h"
#include "core/disk/vhd/footer.h"
#include "core/disk/vhd/rules.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace platter::vhd {

namespace {

QString nameAt(std::span<const std::byte> bytes)
{
    QString name;
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        const auto unit = bigEndian<std::uint16_t>(bytes, at);
        if (unit == 0) {
            break;
        }
        name.append(QChar(unit));
    }
    return name;
}

} // namespace

std::uint32_t DynamicHeader::bitmapSize() const
{
    const std::uint32_t bits = blockSize / sectorSize;
    const std::uint32_t bytes = (bits + 7) / 8;
    return (bytes + sectorSize - 1) / sectorSize * sectorSize;
}

Result<DynamicHeader> parseDynamicHeader(std::span<const std::byte, header::size> bytes, std::uint64_t offset)
{
    if (std::memcmp(bytes.data(), header::mark.data(), header::mark.size()) != 0) {
        return std::unexpected(broken(Rule::HeaderMark, offset));
    }
    if (bigEndian<std::uint32_t>(bytes, header::checksum) != checksumOf(bytes, header::checksum)) {
        return std::unexpected(broken(Rule::HeaderChecksum, offset + header::checksum));
    }
    if (bigEndian<std::uint32_t>(bytes, header::version) != formatVersion) {
        return std::unexpected(broken(Rule::HeaderVersion, offset + header::version));
    }
    DynamicHeader found;
    found.tableOffset = bigEndian<std::uint64_t>(bytes, header::tableOffset);
    found.tableEntries = bigEndian<std::uint32_t>(bytes, header::tableEntries);
    found.blockSize = bigEndian<std::uint32_t>(bytes, header::blockSize);
    if (!std::has_single_bit(found.blockSize) || found.blockSize < sectorSize) {
        return std::unexpected(broken(Rule::BlockSize, offset + header::blockSize));
    }
    std::ranges::copy(bytes.subspan(header::parentId, uniqueIdSize), found.parentId.begin());
    found.parentTimeStamp = bigEndian<std::uint32_t>(bytes, header::parentTimeStamp);
    found.parentName = nameAt(bytes.subspan(header::parentName, header::parentNameSize));
    for (std::size_t i = 0; i < locator::count; ++i) {
        const auto entry = bytes.subspan(header::locators + i * locator::size, locator::size);
        found.locators.at(i) = {bigEndian<std::uint32_t>(entry, locator::platform),
            bigEndian<std::uint32_t>(entry, locator::dataSpace),
            bigEndian<std::uint32_t>(entry, locator::dataLength),
            bigEndian<std::uint64_t>(entry, locator::dataOffset)};
    }
    return found;
}

HeaderBytes encode(const DynamicHeader& value)
{
    HeaderBytes bytes{};
    const std::span span(bytes);
    std::memcpy(bytes.data(), header::mark.data(), header::mark.size());
    putBigEndian(span, header::dataOffset, header::noData);
    putBigEndian(span, header::tableOffset, value.tableOffset);
    putBigEndian(span, header::version, formatVersion);
    putBigEndian(span, header::tableEntries, value.tableEntries);
    putBigEndian(span, header::blockSize, value.blockSize);
    std::ranges::copy(value.parentId, bytes.begin() + header::parentId);
    putBigEndian(span, header::parentTimeStamp, value.parentTimeStamp);
    const qsizetype units = std::min<qsizetype>(value.parentName.size(), header::parentNameSize / 2);
    for (qsizetype i = 0; i < units; ++i) {
        putBigEndian(span, header::parentName + static_cast<std::size_t>(i) * 2, value.parentName.at(i).unicode());
    }
    for (std::size_t i = 0; i < locator::count; ++i) {
        const auto entry = span.subspan(header::locators + i * locator::size, locator::size);
        const ParentLocator& way = value.locators.at(i);
        putBigEndian(entry, locator::platform, way.platform);
        putBigEndian(entry, locator::dataSpace, way.dataSpace);
        putBigEndian(entry, locator::dataLength, way.dataLength);
        putBigEndian(entry, locator::dataOffset, way.dataOffset);
    }
    putBigEndian(span, header::checksum, checksumOf(bytes, header::checksum));
    return bytes;
}

} // namespace platter::vhd
