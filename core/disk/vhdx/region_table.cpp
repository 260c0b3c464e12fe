// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/region_table.h"

#include "core/disk/vhdx/checksum.h"
#include "core/disk/vhdx/layout.h"
#include "core/disk/vhdx/rules.h"
#include "core/little_endian.h"

#include <algorithm>
#include <cstring>

namespace platter::vhdx {

namespace {

namespace at = layout::regionTable;

using Copy = std::vector<std::byte>;

bool isSound(const Copy& bytes)
{
    return hasSignature(bytes, 0, layout::regionTableSignature)
        && littleEndian<quint32>(bytes, at::checksum) == checksumOf(bytes, at::checksum);
}

Result<std::vector<Region>> parse(const Copy& bytes, std::uint64_t tableOffset)
{
    const auto count = littleEndian<quint32>(bytes, at::entryCount);
    if (count > layout::mostRegions) {
        return std::unexpected(
            broken(Rule::RegionCount, tableOffset + at::entryCount, QStringLiteral("%1 entries").arg(count)));
    }
    std::vector<Region> regions;
    for (std::size_t i = 0; i < count; ++i) {
        const auto entry = std::span(bytes).subspan(at::entries + i * at::entrySize, at::entrySize);
        const Region region{guidAt(entry, at::guid), littleEndian<quint64>(entry, at::fileOffset),
            littleEndian<quint32>(entry, at::length), littleEndian<quint32>(entry, at::flags)};
        const std::uint64_t where = tableOffset + at::entries + i * at::entrySize;
        if (std::ranges::contains(regions, region.guid, &Region::guid)) {
            return std::unexpected(broken(Rule::RegionDuplicate, where, region.guid.toString()));
        }
        const bool known = region.guid == layout::batRegion || region.guid == layout::metadataRegion;
        if (!known && (region.flags & at::flagRequired)) {
            return std::unexpected(broken(Rule::RegionUnknownRequired, where, region.guid.toString()));
        }
        if (region.offset < objectAlignment || region.offset % objectAlignment != 0
            || region.length % objectAlignment != 0 || region.length == 0) {
            return std::unexpected(broken(Rule::RegionPlace, where,
                QStringLiteral("0x%1, %2 bytes").arg(region.offset, 0, 16).arg(region.length)));
        }
        regions.push_back(region);
    }
    return regions;
}

// POSITION: of the table's copy, for the error.
Result<void> checkPlaces(
    const std::vector<Region>& regions, const Header& header, std::uint64_t fileSize, std::uint64_t position)
{
    struct Place {
        std::uint64_t begin;
        std::uint64_t length;
    };

    std::vector<Place> places{{header.logOffset, header.logLength}};
    for (const Region& region : regions) {
        if (region.offset > fileSize || region.length > fileSize - region.offset) {
            return std::unexpected(broken(Rule::RegionPastEnd, region.offset,
                QStringLiteral("%1 bytes, the file ends at 0x%2").arg(region.length).arg(fileSize, 0, 16)));
        }
        places.push_back({region.offset, region.length});
    }
    std::ranges::sort(places, {}, &Place::begin);
    for (std::size_t i = 1; i < places.size(); ++i) {
        if (places[i - 1].begin + places[i - 1].length > places[i].begin) {
            return std::unexpected(
                broken(Rule::RegionOverlap, position, QStringLiteral("at 0x%1").arg(places[i].begin, 0, 16)));
        }
    }
    return {};
}

const Region& regionOf(const std::vector<Region>& regions, const QUuid& guid)
{
    return *std::ranges::find(regions, guid, &Region::guid);
}

} // namespace

const Region& RegionTable::bat() const
{
    return regionOf(regions, layout::batRegion);
}

const Region& RegionTable::metadata() const
{
    return regionOf(regions, layout::metadataRegion);
}

Result<RegionTable> readRegionTable(const ByteSource& file, const Header& header)
{
    RegionTable table;
    std::array<Copy, 2> copies;
    for (std::size_t i = 0; i < 2; ++i) {
        copies[i].resize(layout::regionTableSize);
        if (const Result<void> done = file.read(layout::regionTableOffsets[i], copies[i]); !done) {
            return std::unexpected(done.error());
        }
        table.copyIsValid[i] = isSound(copies[i]);
    }
    if (!table.copyIsValid[0] && !table.copyIsValid[1]) {
        return std::unexpected(broken(Rule::RegionTableNoneValid, layout::regionTableOffsets[0]));
    }
    const std::size_t used = table.copyIsValid[0] ? 0 : 1;
    const std::uint64_t position = layout::regionTableOffsets[used];
    table.copiesAgree = !table.copyIsValid[0] || !table.copyIsValid[1]
        || std::memcmp(copies[0].data(), copies[1].data(), layout::regionTableSize) == 0;
    Result<std::vector<Region>> regions = parse(copies[used], position);
    if (!regions) {
        return std::unexpected(regions.error());
    }
    table.regions = *std::move(regions);
    for (const auto& [guid, rule] : {std::pair(layout::batRegion, Rule::RegionBatMissing),
             std::pair(layout::metadataRegion, Rule::RegionMetadataMissing)}) {
        if (!std::ranges::contains(table.regions, guid, &Region::guid)) {
            return std::unexpected(broken(rule, position));
        }
    }
    if (const Result<void> places = checkPlaces(table.regions, header, file.size(), position); !places) {
        return std::unexpected(places.error());
    }
    return table;
}

std::vector<std::byte> serialize(const RegionTable& table)
{
    std::vector<std::byte> bytes(layout::regionTableSize);
    putSignature(bytes, 0, layout::regionTableSignature);
    putLittleEndian<quint32>(bytes, at::entryCount, static_cast<quint32>(table.regions.size()));
    for (std::size_t i = 0; i < table.regions.size(); ++i) {
        const auto entry = std::span(bytes).subspan(at::entries + i * at::entrySize, at::entrySize);
        putGuid(entry, at::guid, table.regions[i].guid);
        putLittleEndian<quint64>(entry, at::fileOffset, table.regions[i].offset);
        putLittleEndian<quint32>(entry, at::length, table.regions[i].length);
        putLittleEndian<quint32>(entry, at::flags, table.regions[i].flags);
    }
    putLittleEndian<quint32>(bytes, at::checksum, checksumOf(bytes, at::checksum));
    return bytes;
}

} // namespace platter::vhdx
