// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/create.h"

#include "core/byte_count.h"
#include "core/disk/vhdx/layout.h"
#include "core/little_endian.h"

#include <QCoreApplication>

#include <algorithm>
#include <bit>

namespace platter::vhdx {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::vhdx::Create)
};

constexpr char16_t creator[] = u"Platter";
constexpr std::uint64_t logBegin = mebibyte;
constexpr std::uint32_t logLength = mebibyte;
constexpr std::uint64_t metadataBegin = logBegin + logLength;
constexpr std::uint32_t metadataLength = mebibyte;
constexpr std::uint64_t batBegin = metadataBegin + metadataLength;
constexpr std::size_t tableBuffer = mebibyte;

std::uint64_t roundedUp(std::uint64_t value, std::uint64_t step)
{
    return (value + step - 1) / step * step;
}

BatLayout layoutOf(const NewDisk& disk, BatLayout::Kind kind)
{
    return BatLayout(disk.virtualSize, disk.blockSize, disk.logicalSectorSize, kind);
}

// With room for the entries that a parent would need, so that the table need not move for that.
std::uint64_t batLength(const NewDisk& disk)
{
    return roundedUp(layoutOf(disk, BatLayout::Kind::Child).bytes(), objectAlignment);
}

Error invalid(const QString& summary, const QString& advice)
{
    return Error{ErrorKind::InvalidInput, summary, advice, {}};
}

Metadata metadataOf(const NewDisk& disk)
{
    Metadata metadata;
    metadata.blockSize = disk.blockSize;
    metadata.leavesBlocksAllocated = disk.isFixed;
    metadata.virtualSize = disk.virtualSize;
    metadata.virtualDiskId = disk.virtualDiskId;
    metadata.logicalSectorSize = disk.logicalSectorSize;
    metadata.physicalSectorSize = disk.physicalSectorSize;
    metadata.parent = disk.parent;
    return metadata;
}

std::vector<std::byte> metadataRegion(const Metadata& metadata)
{
    namespace at = layout::metadataTable;
    constexpr std::uint32_t ofFile = at::flagIsRequired;
    constexpr std::uint32_t ofDisk = at::flagIsRequired | at::flagIsVirtualDisk;
    std::vector<MetadataItem> items;
    std::vector<std::byte> values;
    const auto append = [&](const QUuid& id, std::uint32_t flags, std::span<const std::byte> value) {
        items.push_back({id, static_cast<std::uint32_t>(layout::metadataTableSize + values.size()),
            static_cast<std::uint32_t>(value.size()), flags});
        values.insert(values.end(), value.begin(), value.end());
    };
    std::array<std::byte, sizeof(quint64)> number{};
    std::array<std::byte, guidSize> guid{};
    append(layout::fileParametersItem, ofFile, serializeFileParameters(metadata));
    putLittleEndian<quint64>(number, 0, metadata.virtualSize);
    append(layout::virtualDiskSizeItem, ofDisk, number);
    putGuid(guid, 0, metadata.virtualDiskId);
    append(layout::virtualDiskIdItem, ofDisk, guid);
    putLittleEndian<quint32>(number, 0, metadata.logicalSectorSize);
    append(layout::logicalSectorSizeItem, ofDisk, std::span(number).first(sizeof(quint32)));
    putLittleEndian<quint32>(number, 0, metadata.physicalSectorSize);
    append(layout::physicalSectorSizeItem, ofDisk, std::span(number).first(sizeof(quint32)));
    if (metadata.parent) {
        append(layout::parentLocatorItem, ofFile, serialize(*metadata.parent));
    }
    std::vector<std::byte> region = serializeTable(items);
    region.insert(region.end(), values.begin(), values.end());
    return region;
}

Result<void> writeFixedTable(
    BlockFile& file, const BatLayout& layout, std::uint64_t firstBlock, std::uint64_t blockSize)
{
    std::vector<std::byte> buffer;
    std::uint64_t position = batBegin;
    for (std::uint64_t number = 0; number < layout.entries(); ++number) {
        const std::optional<std::uint64_t> block = layout.blockOfEntry(number);
        const std::size_t at = buffer.size();
        buffer.resize(at + layout::batEntrySize);
        if (block) {
            putLittleEndian<quint64>(
                buffer, at, BatEntry::of(BlockState::FullyPresent, firstBlock + *block * blockSize).raw());
        }
        if (buffer.size() == tableBuffer || number + 1 == layout.entries()) {
            if (Result<void> written = file.write(position, buffer); !written) {
                return written;
            }
            position += buffer.size();
            buffer.clear();
        }
    }
    return {};
}

// All but the mark.
Result<void> writeStructures(BlockFile& file, const NewDisk& disk)
{
    if (Result<void> sound = checkNewDisk(disk); !sound) {
        return sound;
    }
    const std::uint64_t firstBlock = batBegin + batLength(disk);
    const std::uint64_t length = initialLength(disk);
    const RegionTable regions{
        .regions = {{layout::batRegion, batBegin, static_cast<std::uint32_t>(batLength(disk)),
                        layout::regionTable::flagRequired},
            {layout::metadataRegion, metadataBegin, metadataLength, layout::regionTable::flagRequired}}};
    const Header header{.sequenceNumber = 1,
        .fileWriteGuid = QUuid::createUuid(),
        .dataWriteGuid = QUuid::createUuid(),
        .logGuid = {},
        .logVersion = layout::logFormatVersion,
        .logLength = logLength,
        .logOffset = logBegin};

    Result<void> done = file.resize(length);
    if (done && disk.isFixed) {
        done = file.reserve(0, length).and_then([&] {
            return writeFixedTable(file, layoutOf(disk, BatLayout::Kind::Alone), firstBlock, disk.blockSize);
        });
    }
    const std::vector<std::byte> table = serialize(regions);
    for (const std::uint64_t offset : layout::regionTableOffsets) {
        done = done.and_then([&] { return file.write(offset, table); });
    }
    done = done.and_then([&] { return file.write(metadataBegin, metadataRegion(metadataOf(disk))); });
    if (!done) {
        return done;
    }
    if (const Result<HeaderPair> headers = HeaderPair::create(file, header); !headers) {
        return std::unexpected(headers.error());
    }
    return {};
}

// What makes the file a VHDX file.
Result<void> writeMark(BlockFile& file)
{
    std::vector<std::byte> identifier(layout::creatorOffset + sizeof creator);
    putSignature(identifier, 0, layout::fileSignature);
    for (std::size_t i = 0; i < std::size(creator); ++i) {
        putLittleEndian<quint16>(identifier, layout::creatorOffset + i * sizeof(char16_t), creator[i]);
    }
    return file.write(layout::fileIdentifierOffset, identifier);
}

} // namespace

std::uint32_t dynamicBlockFor(std::uint64_t size)
{
    constexpr std::uint64_t mostBlocks = 4 * mebibyte / layout::batEntrySize;
    std::uint32_t blockSize = defaultDynamicBlock;
    while (size > mostBlocks * blockSize && blockSize < largestBlock) {
        blockSize *= 2;
    }
    return blockSize;
}

Result<void> checkNewDisk(const NewDisk& disk)
{
    if (!std::has_single_bit(disk.blockSize) || disk.blockSize < smallestBlock || disk.blockSize > largestBlock) {
        return std::unexpected(
            invalid(Texts::tr("A block of %1 is not possible.").arg(ByteCount(disk.blockSize).toString()),
                Texts::tr("Choose a power of two from 1 MiB to 256 MiB.")));
    }
    for (const std::uint32_t size : {disk.logicalSectorSize, disk.physicalSectorSize}) {
        if (size != 512 && size != 4096) {
            return std::unexpected(invalid(
                Texts::tr("Sectors of %1 bytes are not possible.").arg(size), Texts::tr("Choose 512 or 4096.")));
        }
    }
    if (disk.virtualSize == 0 || disk.virtualSize > largestVirtualSize
        || disk.virtualSize % disk.logicalSectorSize != 0) {
        return std::unexpected(invalid(
            Texts::tr("A disk of %1 is not possible.").arg(ByteCount(disk.virtualSize).toString()),
            Texts::tr("Choose a whole number of sectors of %1 bytes, up to 64 TiB.").arg(disk.logicalSectorSize)));
    }
    if (disk.isFixed && disk.parent) {
        return std::unexpected(invalid(
            Texts::tr("A differencing image cannot be of fixed size."), Texts::tr("Leave out one of the two.")));
    }
    return {};
}

std::uint64_t initialLength(const NewDisk& disk)
{
    const std::uint64_t blocks = disk.isFixed ? layoutOf(disk, BatLayout::Kind::Alone).blocks() : 0;
    return batBegin + batLength(disk) + blocks * disk.blockSize;
}

Result<void> create(BlockFile& file, const NewDisk& disk)
{
    // The mark comes last: before, it is no VHDX file.
    return writeStructures(file, disk)
        .and_then([&] { return file.flush(); })
        .and_then([&] { return writeMark(file); })
        .and_then([&] { return file.flush(); });
}

Result<void> layOut(BlockFile& file, const NewDisk& disk)
{
    return writeStructures(file, disk).and_then([&] { return writeMark(file); });
}

} // namespace platter::vhdx
