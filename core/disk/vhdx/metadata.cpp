// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/metadata.h"

#include "core/disk/vhdx/layout.h"
#include "core/disk/vhdx/rules.h"
#include "core/little_endian.h"

#include <algorithm>
#include <bit>
#include <set>

namespace platter::vhdx {

namespace {

namespace at = layout::metadataTable;

constexpr std::size_t fileParametersFlags = 4; // second word

bool isUser(const MetadataItem& item)
{
    return item.flags & at::flagIsUser;
}

bool isKnown(const MetadataItem& item)
{
    constexpr std::array known{layout::fileParametersItem, layout::virtualDiskSizeItem, layout::virtualDiskIdItem,
        layout::logicalSectorSizeItem, layout::physicalSectorSizeItem, layout::parentLocatorItem};
    return !isUser(item) && std::ranges::contains(known, item.id);
}

Result<std::vector<MetadataItem>> parseTable(std::span<const std::byte> table, const Region& region)
{
    const auto count = littleEndian<quint16>(table, at::entryCount);
    if (count > layout::mostMetadataItems) {
        return std::unexpected(
            broken(Rule::MetadataCount, region.offset + at::entryCount, QStringLiteral("%1 items").arg(count)));
    }
    std::vector<MetadataItem> items;
    std::set<std::pair<QUuid, bool>> seen;
    for (std::size_t i = 0; i < count; ++i) {
        const auto entry = table.subspan(at::entries + i * at::entrySize, at::entrySize);
        const MetadataItem item{guidAt(entry, at::itemId), littleEndian<quint32>(entry, at::offset),
            littleEndian<quint32>(entry, at::length), littleEndian<quint32>(entry, at::flags)};
        const std::uint64_t where = region.offset + at::entries + i * at::entrySize;
        if (!isUser(item) && item.id == layout::incompleteFileItem) {
            return std::unexpected(broken(Rule::MetadataIncompleteFile, where));
        }
        if (!isKnown(item) && (item.flags & at::flagIsRequired)) {
            return std::unexpected(broken(Rule::MetadataUnknownRequired, where, item.id.toString()));
        }
        if (!seen.emplace(item.id, isUser(item)).second) {
            return std::unexpected(broken(Rule::MetadataItemDuplicate, where, item.id.toString()));
        }
        const bool inside = item.length == 0
            || (item.offset >= layout::metadataTableSize && item.length <= layout::longestMetadataItem
                && item.offset <= region.length && item.length <= region.length - item.offset);
        if (!inside) {
            return std::unexpected(broken(Rule::MetadataItemPlace, where,
                QStringLiteral("0x%1, %2 bytes").arg(item.offset, 0, 16).arg(item.length)));
        }
        items.push_back(item);
    }
    return items;
}

Result<void> checkOverlap(std::vector<MetadataItem> items, const Region& region)
{
    std::erase_if(items, [](const MetadataItem& item) { return item.length == 0; });
    std::ranges::sort(items, {}, &MetadataItem::offset);
    for (std::size_t i = 1; i < items.size(); ++i) {
        if (items[i - 1].offset + items[i - 1].length > items[i].offset) {
            return std::unexpected(
                broken(Rule::MetadataItemOverlap, region.offset + items[i].offset, items[i].id.toString()));
        }
    }
    return {};
}

// Reads the known items one after the other; after the first broken rule it reads nothing more.
class ItemReader {
public:
    ItemReader(const ByteSource& file, const Region& region, const Metadata& metadata)
        : m_file(file)
        , m_region(region)
        , m_metadata(metadata)
    {
    }

    std::uint64_t positionOf(const QUuid& id) const
    {
        const MetadataItem* item = m_metadata.find(id);
        return m_region.offset + (item ? item->offset : 0);
    }

    // The bytes of the item with ID; LENGTH 0: any length. Empty after an error.
    std::vector<std::byte> bytes(const QUuid& id, std::size_t length)
    {
        if (m_error) {
            return {};
        }
        const MetadataItem* item = m_metadata.find(id);
        if (!item) {
            fail(broken(Rule::MetadataItemMissing, m_region.offset, id.toString()));
            return {};
        }
        if (length != 0 && item->length != length) {
            fail(broken(Rule::MetadataItemLength, m_region.offset + item->offset,
                QStringLiteral("%1 has %2 bytes").arg(id.toString()).arg(item->length)));
            return {};
        }
        std::vector<std::byte> content(item->length);
        if (const Result<void> done = m_file.read(m_region.offset + item->offset, content); !done) {
            fail(done.error());
            return {};
        }
        return content;
    }

    template <typename T>
    T number(const QUuid& id)
    {
        const std::vector<std::byte> content = bytes(id, sizeof(T));
        return content.empty() ? T{} : littleEndian<T>(content, 0);
    }

    void require(bool holds, Rule rule, const QUuid& id, std::uint64_t value)
    {
        if (!holds && !m_error) {
            fail(broken(rule, positionOf(id), QStringLiteral("%1").arg(value)));
        }
    }

    void fail(const Error& error) { m_error = error; }

    const std::optional<Error>& error() const { return m_error; }

private:
    const ByteSource& m_file;
    const Region& m_region;
    const Metadata& m_metadata;
    std::optional<Error> m_error;
};

bool isSectorSize(std::uint32_t size)
{
    return size == 512 || size == 4096;
}

} // namespace

const MetadataItem* Metadata::find(const QUuid& id) const
{
    const auto found =
        std::ranges::find_if(items, [&](const MetadataItem& item) { return item.id == id && !isUser(item); });
    return found == items.end() ? nullptr : &*found;
}

Result<Metadata> readMetadata(const ByteSource& file, const Region& region)
{
    if (region.length > layout::largestMetadataRegion) {
        return std::unexpected(
            broken(Rule::MetadataRegionSize, region.offset, QStringLiteral("%1 bytes").arg(region.length)));
    }
    std::vector<std::byte> table(layout::metadataTableSize);
    if (const Result<void> done = file.read(region.offset, table); !done) {
        return std::unexpected(done.error());
    }
    if (!hasSignature(table, 0, layout::metadataSignature)) {
        return std::unexpected(broken(Rule::MetadataSignature, region.offset));
    }
    Metadata metadata;
    Result<std::vector<MetadataItem>> items = parseTable(table, region);
    if (!items) {
        return std::unexpected(items.error());
    }
    metadata.items = *std::move(items);
    if (const Result<void> apart = checkOverlap(metadata.items, region); !apart) {
        return std::unexpected(apart.error());
    }

    ItemReader reader(file, region, metadata);
    const std::vector<std::byte> parameters = reader.bytes(layout::fileParametersItem, layout::fileParametersSize);
    std::uint32_t flags = 0;
    if (!parameters.empty()) {
        metadata.blockSize = littleEndian<quint32>(parameters, 0);
        flags = littleEndian<quint32>(parameters, fileParametersFlags);
        reader.require(std::has_single_bit(metadata.blockSize) && metadata.blockSize >= smallestBlock
                && metadata.blockSize <= largestBlock,
            Rule::BlockSize, layout::fileParametersItem, metadata.blockSize);
    }
    metadata.logicalSectorSize = reader.number<quint32>(layout::logicalSectorSizeItem);
    reader.require(isSectorSize(metadata.logicalSectorSize), Rule::SectorSize, layout::logicalSectorSizeItem,
        metadata.logicalSectorSize);
    metadata.physicalSectorSize = reader.number<quint32>(layout::physicalSectorSizeItem);
    reader.require(isSectorSize(metadata.physicalSectorSize), Rule::SectorSize, layout::physicalSectorSizeItem,
        metadata.physicalSectorSize);
    metadata.virtualSize = reader.number<quint64>(layout::virtualDiskSizeItem);
    if (!reader.error()) {
        reader.require(metadata.virtualSize > 0 && metadata.virtualSize <= largestVirtualSize
                && metadata.virtualSize % metadata.logicalSectorSize == 0,
            Rule::VirtualSize, layout::virtualDiskSizeItem, metadata.virtualSize);
    }
    const std::vector<std::byte> diskId = reader.bytes(layout::virtualDiskIdItem, guidSize);
    if (!diskId.empty()) {
        metadata.virtualDiskId = guidAt(diskId, 0);
    }
    metadata.leavesBlocksAllocated = flags & layout::leaveBlocksAllocated;
    if (flags & layout::hasParent) {
        if (!reader.error() && !metadata.find(layout::parentLocatorItem)) {
            reader.fail(broken(Rule::LocatorMissing, region.offset));
        }
        const std::vector<std::byte> item = reader.bytes(layout::parentLocatorItem, 0);
        if (!reader.error()) {
            Result<ParentLocator> parent = parseParentLocator(item, reader.positionOf(layout::parentLocatorItem));
            if (!parent) {
                return std::unexpected(parent.error());
            }
            metadata.parent = *std::move(parent);
        }
    } else {
        metadata.hasStrayLocator = metadata.find(layout::parentLocatorItem) != nullptr;
    }
    if (reader.error()) {
        return std::unexpected(*reader.error());
    }
    return metadata;
}

std::vector<std::byte> serializeTable(const std::vector<MetadataItem>& items)
{
    std::vector<std::byte> table(layout::metadataTableSize);
    putSignature(table, 0, layout::metadataSignature);
    putLittleEndian<quint16>(table, at::entryCount, static_cast<quint16>(items.size()));
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto entry = std::span(table).subspan(at::entries + i * at::entrySize, at::entrySize);
        putGuid(entry, at::itemId, items[i].id);
        putLittleEndian<quint32>(entry, at::offset, items[i].offset);
        putLittleEndian<quint32>(entry, at::length, items[i].length);
        putLittleEndian<quint32>(entry, at::flags, items[i].flags);
    }
    return table;
}

std::array<std::byte, 8> serializeFileParameters(const Metadata& metadata)
{
    std::array<std::byte, layout::fileParametersSize> bytes{};
    putLittleEndian<quint32>(bytes, 0, metadata.blockSize);
    putLittleEndian<quint32>(bytes, fileParametersFlags,
        (metadata.leavesBlocksAllocated ? layout::leaveBlocksAllocated : 0)
            | (metadata.parent ? layout::hasParent : 0));
    return bytes;
}

} // namespace platter::vhdx
