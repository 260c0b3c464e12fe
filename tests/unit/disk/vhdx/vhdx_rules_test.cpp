// SPDX-License-Identifier: GPL-3.0-or-later
// Every rule of the format, broken in a file that keeps all others: the error names the rule and the place.
#include "core/disk/vhdx/check.h"
#include "core/disk/vhdx/rules.h"
#include "tests/unit/disk/vhdx/log_entry.h"
#include "tests/unit/disk/vhdx/raw_bytes.h"
#include "tests/unit/disk/vhdx/sample_disk.h"

#include <QTest>

#include <utility>

using namespace platter;
using namespace platter::vhdx;

namespace {

// Where create() puts things.
constexpr std::uint64_t logBegin = mebibyte;
constexpr std::uint64_t metadataBegin = 2 * mebibyte;
constexpr std::uint64_t items = metadataBegin + layout::metadataTableSize;
constexpr std::uint64_t table = 3 * mebibyte;
constexpr std::uint64_t dataBegin = 4 * mebibyte;
constexpr std::uint64_t currentHeader = layout::headerOffsets[1];
constexpr std::uint64_t regionTable = layout::regionTableOffsets[0];

constexpr std::uint64_t diskIdAt = items + 16;
constexpr std::uint64_t logicalSizeAt = items + 32;
constexpr std::uint64_t physicalSizeAt = items + 36;
constexpr std::uint64_t locatorAt = items + 40;

constexpr std::uint64_t virtualSize = 64 * mebibyte;
constexpr std::uint32_t blockSize = 2 * mebibyte;
constexpr std::uint64_t bitmapEntry = 2048; // of the only chunk

const QUuid someGuid(QStringLiteral("{8e3b6ac1-79a1-45a4-9f0c-1f1f5f1e7b11}"));

enum class Disk { Alone, Child };

// What shows that the rule is broken.
enum class By { Opening, Reading, OpeningForChange, Changing };

struct Row {
    const char* name;
    Rule rule;
    std::uint64_t offset; // what the error says
    By by;
    std::function<void(MemoryFile&)> damage;
    Disk disk = Disk::Alone;
};

// In both copies of the region table, which get good checksums.
void damageRegions(MemoryFile& file, const std::function<void(MemoryFile&, std::uint64_t copy)>& damage)
{
    for (const std::uint64_t copy : layout::regionTableOffsets) {
        damage(file, copy);
    }
    mendRegionTables(file);
}

std::uint64_t regionEntry(std::uint64_t copy, std::uint64_t number)
{
    return copy + layout::regionTable::entries + number * layout::regionTable::entrySize;
}

template <typename T>
std::function<void(MemoryFile&)> inRegion(std::uint64_t number, std::size_t field, T value)
{
    return [=](MemoryFile& file) {
        damageRegions(file, [&](MemoryFile& one, std::uint64_t copy) {
            putNumber<T>(one, regionEntry(copy, number) + field, value);
        });
    };
}

std::function<void(MemoryFile&)> asRegion(std::uint64_t number, const QUuid& guid, std::uint32_t flags)
{
    return [=](MemoryFile& file) {
        damageRegions(file, [&](MemoryFile& one, std::uint64_t copy) {
            putGuidAt(one, regionEntry(copy, number) + layout::regionTable::guid, guid);
            putNumber<quint32>(one, regionEntry(copy, number) + layout::regionTable::flags, flags);
        });
    };
}

template <typename T>
std::function<void(MemoryFile&)> inHeader(std::size_t field, T value)
{
    return [=](MemoryFile& file) {
        putNumber<T>(file, currentHeader + field, value);
        mendHeaders(file);
    };
}

template <typename T>
std::function<void(MemoryFile&)> at(std::uint64_t offset, T value)
{
    return [=](MemoryFile& file) { putNumber<T>(file, offset, value); };
}

std::uint64_t itemEntry(std::uint64_t number)
{
    return metadataBegin + layout::metadataTable::entries + number * layout::metadataTable::entrySize;
}

std::function<void(MemoryFile&)> asItem(std::uint64_t number, const QUuid& id, std::uint32_t flags)
{
    return [=](MemoryFile& file) {
        putGuidAt(file, itemEntry(number) + layout::metadataTable::itemId, id);
        putNumber<quint32>(file, itemEntry(number) + layout::metadataTable::flags, flags);
    };
}

std::function<void(MemoryFile&)> withLog(LogEntry entry)
{
    return [entry = std::move(entry)](MemoryFile& file) {
        putLogEntry(file, 0, entry, someGuid);
        putLogGuid(file, someGuid);
    };
}

std::function<void(MemoryFile&)> withEntry(std::uint64_t number, std::uint64_t raw, std::uint64_t fileEnd = 0)
{
    return [=](MemoryFile& file) {
        putEntry(file, table, number, raw);
        if (fileEnd > 0) {
            QVERIFY(file.resize(fileEnd));
        }
    };
}

std::uint64_t fullAt(std::uint64_t offset)
{
    return BatEntry::of(BlockState::FullyPresent, offset).raw();
}

std::uint64_t partialAt(std::uint64_t offset)
{
    return BatEntry::of(BlockState::PartiallyPresent, offset).raw();
}

constexpr std::uint64_t roomForTwo = dataBegin + 2 * blockSize;

std::vector<Row> allRows()
{
    namespace header = layout::header;
    namespace region = layout::regionTable;
    namespace item = layout::metadataTable;
    const auto resizedTo = [](std::uint64_t size) {
        return [size](MemoryFile& file) { QVERIFY(file.resize(size)); };
    };
    const std::uint64_t initial = dataBegin;
    return {
        {"no mark", Rule::FileSignature, 0, By::Opening, at<quint8>(0, 'V')},
        {"five bytes", Rule::FileTooShort, 5, By::Opening, resizedTo(5)},
        {"one header", Rule::FileTooShort, 100 * kibibyte, By::Opening, resizedTo(100 * kibibyte)},
        {"one region table", Rule::FileTooShort, 300 * kibibyte, By::Opening, resizedTo(300 * kibibyte)},
        {"longer than any", Rule::FileTooLong, largestFile + mebibyte, By::Opening,
            resizedTo(largestFile + mebibyte)},

        {"both headers torn", Rule::HeaderNoneValid, layout::headerOffsets[0], By::Opening,
            [](MemoryFile& file) {
                putNumber<quint8>(file, layout::headerOffsets[0] + 2000, 1);
                putNumber<quint8>(file, layout::headerOffsets[1] + 2000, 1);
            }},
        {"one number, two contents", Rule::HeadersContradict, currentHeader, By::Opening,
            [](MemoryFile& file) {
                putNumber<quint64>(file, layout::headerOffsets[0] + header::sequenceNumber, 7);
                putNumber<quint64>(file, layout::headerOffsets[1] + header::sequenceNumber, 7);
                putGuidAt(file, layout::headerOffsets[0] + header::fileWriteGuid, someGuid);
                mendHeaders(file);
            }},
        {"version 2", Rule::HeaderVersion, currentHeader + header::version, By::Opening,
            inHeader<quint16>(header::version, 2)},
        {"last number but one", Rule::HeaderSequenceExhausted, currentHeader + header::sequenceNumber, By::Changing,
            inHeader<quint64>(header::sequenceNumber, ~quint64(1))},

        {"both tables torn", Rule::RegionTableNoneValid, regionTable, By::Opening,
            [](MemoryFile& file) {
                putNumber<quint8>(file, layout::regionTableOffsets[0] + 60000, 1);
                putNumber<quint8>(file, layout::regionTableOffsets[1] + 60000, 1);
            }},
        {"2048 regions", Rule::RegionCount, regionTable + region::entryCount, By::Opening,
            [](MemoryFile& file) {
                damageRegions(file, [](MemoryFile& one, std::uint64_t copy) {
                    putNumber<quint32>(one, copy + region::entryCount, 2048);
                });
            }},
        {"two tables", Rule::RegionDuplicate, regionEntry(regionTable, 1), By::Opening,
            asRegion(1, layout::batRegion, 1)},
        {"a region at 0", Rule::RegionPlace, regionEntry(regionTable, 0), By::Opening,
            inRegion<quint64>(0, region::fileOffset, 0)},
        {"a region at half a MiB", Rule::RegionPlace, regionEntry(regionTable, 1), By::Opening,
            inRegion<quint64>(1, region::fileOffset, metadataBegin + mebibyte / 2)},
        {"a region of nothing", Rule::RegionPlace, regionEntry(regionTable, 0), By::Opening,
            inRegion<quint32>(0, region::length, 0)},
        {"a region of half a MiB", Rule::RegionPlace, regionEntry(regionTable, 0), By::Opening,
            inRegion<quint32>(0, region::length, mebibyte / 2)},
        {"a region behind the end", Rule::RegionPastEnd, 100 * mebibyte, By::Opening,
            inRegion<quint64>(0, region::fileOffset, 100 * mebibyte)},
        {"a region at the end of numbers", Rule::RegionPastEnd, ~(mebibyte - 1), By::Opening,
            inRegion<quint64>(0, region::fileOffset, ~(mebibyte - 1))},
        {"a region that ends too late", Rule::RegionPastEnd, table, By::Opening,
            inRegion<quint32>(0, region::length, 2 * mebibyte)},
        {"regions in one place", Rule::RegionOverlap, regionTable, By::Opening,
            inRegion<quint64>(0, region::fileOffset, metadataBegin)},
        {"a region in the log", Rule::RegionOverlap, regionTable, By::Opening,
            inRegion<quint64>(0, region::fileOffset, logBegin)},
        {"a region that nobody knows", Rule::RegionUnknownRequired, regionEntry(regionTable, 0), By::Opening,
            asRegion(0, someGuid, region::flagRequired)},
        {"no block allocation table", Rule::RegionBatMissing, regionTable, By::Opening, asRegion(0, someGuid, 0)},
        {"no metadata", Rule::RegionMetadataMissing, regionTable, By::Opening, asRegion(1, someGuid, 0)},

        {"a log at half a MiB", Rule::LogPlace, currentHeader + header::logLength, By::Opening,
            inHeader<quint64>(header::logOffset, logBegin + mebibyte / 2)},
        {"a log at 0", Rule::LogPlace, currentHeader + header::logLength, By::Opening,
            inHeader<quint64>(header::logOffset, 0)},
        {"a log of 4 KiB", Rule::LogPlace, currentHeader + header::logLength, By::Opening,
            inHeader<quint32>(header::logLength, 4096)},
        {"a log behind the end", Rule::LogPlace, currentHeader + header::logLength, By::Opening,
            inHeader<quint64>(header::logOffset, 100 * mebibyte)},
        {"a log at the end of numbers", Rule::LogPlace, currentHeader + header::logLength, By::Opening,
            inHeader<quint64>(header::logOffset, ~(mebibyte - 1))},
        {"no log, at the end of numbers", Rule::LogPlace, currentHeader + header::logLength, By::Opening,
            [](MemoryFile& file) {
                putNumber<quint32>(file, currentHeader + header::logLength, 0);
                putNumber<quint64>(file, currentHeader + header::logOffset, ~(mebibyte - 1));
                mendHeaders(file);
            }},
        {"a log of 2 GiB", Rule::LogPlace, currentHeader + header::logLength, By::Opening,
            [](MemoryFile& file) {
                QVERIFY(file.resize(8192 * mebibyte));
                putNumber<quint64>(file, currentHeader + header::logOffset, 4096 * mebibyte);
                putNumber<quint32>(file, currentHeader + header::logLength, 2048 * mebibyte);
                mendHeaders(file);
            }},
        {"a log of nothing to apply", Rule::LogPlace, currentHeader + header::logLength, By::Opening,
            [](MemoryFile& file) {
                putNumber<quint32>(file, currentHeader + header::logLength, 0);
                putLogGuid(file, someGuid);
            }},
        {"log version 1", Rule::LogVersion, currentHeader + header::logVersion, By::Opening,
            [](MemoryFile& file) {
                putNumber<quint16>(file, currentHeader + header::logVersion, 1);
                putLogGuid(file, someGuid);
            }},
        {"a log that was never written", Rule::LogNoEntry, logBegin, By::Opening,
            [](MemoryFile& file) { putLogGuid(file, someGuid); }},
        {"an entry whose tail is gone", Rule::LogTail, logBegin, By::Opening, withLog({.tail = 8 * logSector})},
        {"a log that changes a header", Rule::LogTarget, logBegin, By::Opening,
            withLog({.updates = {{.offset = layout::headerOffsets[0], .number = 1}}})},
        {"a log that changes itself", Rule::LogTarget, logBegin, By::Opening,
            withLog({.updates = {{.offset = logBegin + 100 * logSector, .number = 1}}})},
        {"a log that zeroes up to itself", Rule::LogTarget, logBegin, By::Opening,
            withLog({.updates = {{.offset = mebibyte - logSector, .zeroLength = 2 * logSector}}})},
        {"a log that changes half sectors", Rule::LogTarget, logBegin, By::Opening,
            withLog({.updates = {{.offset = table + 512, .number = 1}}})},
        {"a log that zeroes half sectors", Rule::LogTarget, logBegin, By::Opening,
            withLog({.updates = {{.offset = table, .zeroLength = 512}}})},
        {"a log that zeroes to the end of numbers", Rule::LogTarget, logBegin, By::Opening,
            withLog({.updates = {{.offset = table, .zeroLength = ~(logSector - 1)}}})},
        {"the second sector of descriptors", Rule::LogTarget, logBegin + logSector, By::Opening,
            [](MemoryFile& file) {
                LogEntry entry{
                    .updates = std::vector<LogEntry::Update>(126, {.offset = table, .zeroLength = logSector})};
                entry.updates.push_back({.offset = 0, .zeroLength = logSector});
                withLog(entry)(file);
            }},
        {"a log that makes the file endless", Rule::LogTarget, logBegin, By::Opening,
            withLog({.lastFileOffset = largestFile + mebibyte})},
        {"a file cut behind its log", Rule::LogFileCut, initial, By::Opening,
            withLog({.flushedFileOffset = initial + mebibyte})},
        // The sector of descriptors in which it goes too far.
        {"a log of nothing but zeros", Rule::LogTooMuch, initial + 8 * mebibyte, By::Opening,
            [](MemoryFile& file) {
                QVERIFY(file.resize(initial + 16 * mebibyte));
                for (const std::uint64_t offset : layout::headerOffsets) {
                    putNumber<quint64>(file, offset + header::logOffset, initial);
                    putNumber<quint32>(file, offset + header::logLength, 16 * mebibyte);
                }
                withLog({.updates = std::vector<LogEntry::Update>(
                             layout::mostLogUpdates + 1, {.offset = table, .zeroLength = logSector})})(file);
            }},

        {"no mark of metadata", Rule::MetadataSignature, metadataBegin, By::Opening,
            at<quint8>(metadataBegin, 'M')},
        {"metadata of 129 MiB", Rule::MetadataRegionSize, 200 * mebibyte, By::Opening,
            [](MemoryFile& file) {
                QVERIFY(file.resize(400 * mebibyte));
                inRegion<quint64>(1, region::fileOffset, 200 * mebibyte)(file);
                inRegion<quint32>(1, region::length, 129 * mebibyte)(file);
            }},
        {"2048 items", Rule::MetadataCount, metadataBegin + item::entryCount, By::Opening,
            at<quint16>(metadataBegin + item::entryCount, 2048)},
        {"an item in the table", Rule::MetadataItemPlace, itemEntry(0), By::Opening,
            at<quint32>(itemEntry(0) + item::offset, 100)},
        {"an item behind its region", Rule::MetadataItemPlace, itemEntry(1), By::Opening,
            at<quint32>(itemEntry(1) + item::offset, mebibyte - 4)},
        {"an item at the end of numbers", Rule::MetadataItemPlace, itemEntry(1), By::Opening,
            at<quint32>(itemEntry(1) + item::offset, ~quint32(3))},
        {"an item of more than a MiB", Rule::MetadataItemPlace, itemEntry(4), By::Opening,
            at<quint32>(itemEntry(4) + item::length, mebibyte + 1)},
        {"items in one place", Rule::MetadataItemOverlap, items + 4, By::Opening,
            at<quint32>(itemEntry(1) + item::offset, layout::metadataTableSize + 4)},
        {"an item twice", Rule::MetadataItemDuplicate, itemEntry(1), By::Opening,
            asItem(1, layout::fileParametersItem, item::flagIsRequired)},
        {"an item that nobody knows", Rule::MetadataUnknownRequired, itemEntry(1), By::Opening,
            asItem(1, someGuid, item::flagIsRequired)},
        {"no file parameters", Rule::MetadataItemMissing, metadataBegin, By::Opening, asItem(0, someGuid, 0)},
        {"no size", Rule::MetadataItemMissing, metadataBegin, By::Opening, asItem(1, someGuid, 0)},
        {"no disk's identity", Rule::MetadataItemMissing, metadataBegin, By::Opening, asItem(2, someGuid, 0)},
        {"no logical sector size", Rule::MetadataItemMissing, metadataBegin, By::Opening, asItem(3, someGuid, 0)},
        {"no physical sector size", Rule::MetadataItemMissing, metadataBegin, By::Opening, asItem(4, someGuid, 0)},
        {"the size as a user's item", Rule::MetadataItemMissing, metadataBegin, By::Opening,
            asItem(1, layout::virtualDiskSizeItem, item::flagIsUser)},
        {"file parameters of 4 bytes", Rule::MetadataItemLength, items, By::Opening,
            at<quint32>(itemEntry(0) + item::length, 4)},
        {"an empty size", Rule::MetadataItemLength, items + 8, By::Opening,
            at<quint32>(itemEntry(1) + item::length, 0)},
        {"an identity of 8 bytes", Rule::MetadataItemLength, diskIdAt, By::Opening,
            at<quint32>(itemEntry(2) + item::length, 8)},
        {"a file still being made", Rule::MetadataIncompleteFile, itemEntry(2), By::Opening,
            asItem(2, layout::incompleteFileItem, 0)},
        {"blocks of 3 MiB", Rule::BlockSize, items, By::Opening, at<quint32>(items, 3 * mebibyte)},
        {"blocks of half a MiB", Rule::BlockSize, items, By::Opening, at<quint32>(items, mebibyte / 2)},
        {"blocks of 512 MiB", Rule::BlockSize, items, By::Opening, at<quint32>(items, 512 * mebibyte)},
        {"blocks of nothing", Rule::BlockSize, items, By::Opening, at<quint32>(items, 0)},
        {"logical sectors of 1 KiB", Rule::SectorSize, logicalSizeAt, By::Opening,
            at<quint32>(logicalSizeAt, 1024)},
        {"logical sectors of nothing", Rule::SectorSize, logicalSizeAt, By::Opening, at<quint32>(logicalSizeAt, 0)},
        {"physical sectors of 513", Rule::SectorSize, physicalSizeAt, By::Opening,
            at<quint32>(physicalSizeAt, 513)},
        {"a disk of nothing", Rule::VirtualSize, items + 8, By::Opening, at<quint64>(items + 8, 0)},
        {"a disk of half a sector", Rule::VirtualSize, items + 8, By::Opening, at<quint64>(items + 8, 256)},
        {"a disk of more than 64 TiB", Rule::VirtualSize, items + 8, By::Opening,
            at<quint64>(items + 8, largestVirtualSize + 512)},

        {"a parent without a name", Rule::LocatorMissing, metadataBegin, By::Opening,
            at<quint32>(items + 4, layout::hasParent)},
        {"a locator of another kind", Rule::LocatorType, locatorAt, By::Opening, at<quint8>(locatorAt, 0),
            Disk::Child},
        {"a locator of ten bytes", Rule::LocatorMalformed, locatorAt, By::Opening,
            at<quint32>(itemEntry(5) + item::length, 10), Disk::Child},
        {"300 pairs", Rule::LocatorMalformed, locatorAt + layout::locator::keyValueCount, By::Opening,
            at<quint16>(locatorAt + layout::locator::keyValueCount, 300), Disk::Child},
        {"more pairs than fit", Rule::LocatorMalformed, locatorAt + layout::locator::keyValueCount, By::Opening,
            at<quint16>(locatorAt + layout::locator::keyValueCount, 200), Disk::Child},
        {"a key at 0", Rule::LocatorMalformed, locatorAt + layout::locator::entries, By::Opening,
            at<quint32>(locatorAt + layout::locator::entries, 0), Disk::Child},
        {"a value behind the item", Rule::LocatorMalformed,
            locatorAt + layout::locator::entries + layout::locator::entrySize, By::Opening,
            at<quint32>(locatorAt + layout::locator::entries + layout::locator::entrySize + 4, ~quint32(1)),
            Disk::Child},
        {"an empty value", Rule::LocatorMalformed, locatorAt + layout::locator::entries, By::Opening,
            at<quint16>(locatorAt + layout::locator::entries + layout::locator::valueLength, 0), Disk::Child},
        {"a key twice", Rule::LocatorMalformed, locatorAt + layout::locator::entries + layout::locator::entrySize,
            By::Opening,
            [](MemoryFile& file) {
                const std::uint64_t first = locatorAt + layout::locator::entries;
                const std::uint64_t second = first + layout::locator::entrySize;
                putNumber<quint32>(file, second, numberAt<quint32>(file, first));
                putNumber<quint16>(file, second + layout::locator::keyLength,
                    numberAt<quint16>(file, first + layout::locator::keyLength));
            },
            Disk::Child},
        {"a linkage that is no GUID", Rule::LocatorLinkage, locatorAt, By::Opening,
            [](MemoryFile& file) {
                const std::uint64_t value =
                    numberAt<quint32>(file, locatorAt + layout::locator::entries + layout::locator::valueOffset);
                putNumber<quint16>(file, locatorAt + value, u'x');
            },
            Disk::Child},
        {"no path", Rule::LocatorNoPath, locatorAt, By::Opening,
            at<quint16>(locatorAt + layout::locator::keyValueCount, 2), Disk::Child},

        {"a table too short", Rule::BatTooShort, table, By::Opening, at<quint64>(items + 8, largestVirtualSize)},
        {"state 4", Rule::BatState, table, By::Reading, withEntry(0, 4)},
        {"state 5", Rule::BatState, table, By::Reading, withEntry(0, 5)},
        {"partly in no parent", Rule::BatPartialWithoutParent, table, By::Reading,
            withEntry(0, partialAt(dataBegin), roomForTwo)},
        {"present at 0", Rule::BatNoPlace, table, By::Reading, withEntry(0, fullAt(0))},
        {"present behind the end", Rule::BatPastEnd, table, By::Reading, withEntry(0, fullAt(dataBegin))},
        {"present at the end of numbers", Rule::BatPastEnd, table, By::Reading,
            withEntry(0, fullAt(~(mebibyte - 1)))},
        {"unmapped with a place at the end of numbers", Rule::BatPastEnd, table + 8, By::OpeningForChange,
            withEntry(1, BatEntry::of(BlockState::Unmapped, ~(mebibyte - 1)).raw())},
        {"undefined with a place behind the end", Rule::BatPastEnd, table + 8, By::OpeningForChange,
            withEntry(1, BatEntry::of(BlockState::Undefined, dataBegin).raw())},
        {"two blocks in one place", Rule::BatOverlap, table + 8, By::OpeningForChange,
            [](MemoryFile& file) {
                withEntry(0, fullAt(dataBegin))(file);
                withEntry(1, fullAt(dataBegin), roomForTwo)(file);
            }},
        {"two blocks one MiB apart", Rule::BatOverlap, table + 8, By::OpeningForChange,
            [](MemoryFile& file) {
                withEntry(0, fullAt(dataBegin))(file);
                withEntry(1, fullAt(dataBegin + mebibyte), roomForTwo)(file);
            }},
        {"an unmapped block in another's place", Rule::BatOverlap, table + 8, By::OpeningForChange,
            [](MemoryFile& file) {
                withEntry(0, fullAt(dataBegin))(file);
                withEntry(1, BatEntry::of(BlockState::Unmapped, dataBegin).raw(), roomForTwo)(file);
            }},
        {"a block in the log", Rule::BatOverlap, table, By::OpeningForChange, withEntry(0, fullAt(logBegin))},
        {"a block in the metadata", Rule::BatOverlap, table, By::OpeningForChange,
            withEntry(0, fullAt(metadataBegin))},
        {"a block in the table", Rule::BatOverlap, table, By::OpeningForChange, withEntry(0, fullAt(table))},
        {"no bitmap", Rule::BatBitmapMissing, table + bitmapEntry * 8, By::Reading,
            withEntry(0, partialAt(dataBegin), roomForTwo), Disk::Child},
        {"a bitmap in state 3", Rule::BatBitmapState, table + bitmapEntry * 8, By::OpeningForChange,
            withEntry(bitmapEntry, 3), Disk::Child},
        {"a bitmap at 0", Rule::BatNoPlace, table + bitmapEntry * 8, By::OpeningForChange,
            withEntry(bitmapEntry, fullAt(0)), Disk::Child},
        {"a bitmap behind the end", Rule::BatPastEnd, table + bitmapEntry * 8, By::OpeningForChange,
            withEntry(bitmapEntry, fullAt(dataBegin)), Disk::Child},
        {"a bitmap behind the end, read", Rule::BatPastEnd, table + bitmapEntry * 8, By::Reading,
            [](MemoryFile& file) {
                withEntry(bitmapEntry, fullAt(100 * mebibyte))(file);
                withEntry(0, partialAt(dataBegin), roomForTwo)(file);
            },
            Disk::Child},
    };
}

std::optional<Error> errorBy(By by, MemoryFile file)
{
    const auto errorOf = [](const auto& result) { return result ? std::optional<Error>() : result.error(); };
    std::vector<std::byte> sector(4096);
    if (by == By::Opening || by == By::Reading) {
        const auto image = view(file);
        return image && by == By::Reading ? errorOf((*image)->read(0, sector)) : errorOf(image);
    }
    const auto editor = edit(file);
    return editor && by == By::Changing ? errorOf((*editor)->write(0, sector)) : errorOf(editor);
}

} // namespace

class VhdxRulesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void everyRuleHasARow()
    {
        const std::vector<Row> rows = allRows();
        const std::vector<Rule> rules = allRules();
        for (const Rule rule : rules) {
            QVERIFY2(std::ranges::contains(rows, rule, &Row::rule), qPrintable(nameOf(rule)));
        }
        // The last enumerator: allRules() itself leaves none out.
        QCOMPARE(rules.size(), std::size_t(std::to_underlying(Rule::BatBitmapState)) + 1);
        for (std::size_t i = 0; i < rules.size(); ++i) {
            QCOMPARE(std::size_t(std::to_underlying(rules[i])), i);
        }
    }

    void refuses_data()
    {
        QTest::addColumn<std::size_t>("row");
        const std::vector<Row> rows = allRows();
        for (std::size_t i = 0; i < rows.size(); ++i) {
            QTest::newRow(rows[i].name) << i;
        }
    }

    void refuses()
    {
        QFETCH(std::size_t, row);
        const Row wanted = allRows()[row];
        const NewDisk disk{.virtualSize = virtualSize, .blockSize = blockSize};
        MemoryFile file = wanted.disk == Disk::Alone ? makeDisk(disk) : makeChild(makeDisk(disk), disk);
        // What comes before the damage shows is right.
        if (wanted.by != By::Opening) {
            QVERIFY(!errorBy(By::Changing, file));
        }
        wanted.damage(file);
        const std::uint64_t before = file.contentHash();
        if (wanted.by == By::Reading) {
            QVERIFY(!errorBy(By::Opening, file));
        } else if (wanted.by == By::Changing) {
            QVERIFY(!errorBy(By::OpeningForChange, file));
        }
        const std::optional<Error> error = errorBy(wanted.by, file);
        QVERIFY(error);
        const QString place =
            QStringLiteral("vhdx %1 at offset 0x%2").arg(nameOf(wanted.rule)).arg(wanted.offset, 0, 16);
        QVERIFY2(error->detail == place || error->detail.startsWith(place + u':'),
            qPrintable(error->detail + u'\n' + place));
        QVERIFY(!error->summary.isEmpty());
        QVERIFY(!error->advice.isEmpty());
        // An editor refuses what a reader refuses.
        if (wanted.by == By::Opening) {
            const std::optional<Error> other = errorBy(By::OpeningForChange, file);
            QVERIFY(other);
            QCOMPARE(other->detail, error->detail);
        }
        if (wanted.by == By::Reading) {
            QVERIFY(errorBy(By::Changing, file));
        }
        // check() finds it, too, and nobody has changed anything.
        if (wanted.by != By::Changing) {
            const Result<CheckReport> report = check(file);
            QVERIFY(report);
            QVERIFY(!report->isSound());
            const bool repairable = wanted.rule == Rule::LogNoEntry;
            QCOMPARE(report->isRepairable(), repairable);
            QVERIFY(repairable || std::ranges::contains(report->findings, error->detail, &Finding::detail));
        }
        QCOMPARE(file.contentHash(), before);
    }
};

QTEST_GUILESS_MAIN(VhdxRulesTest)
#include "vhdx_rules_test.moc"
