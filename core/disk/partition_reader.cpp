// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/partition_reader.h"

#include "core/disk/fdisk_table.h"
#include "core/little_endian.h"

#include <QCoreApplication>
#include <QScopeGuard>

#include <algorithm>
#include <array>
#include <blkid/blkid.h>
#include <libfdisk/libfdisk.h>
#include <memory>

namespace platter {

namespace {

using enum PartitionProblem::Kind;

// The first sector, and the first sector of a logical partition: four entries of 16 bytes and a signature.
constexpr std::size_t mbrSize = 512;
constexpr std::size_t mbrEntriesAt = 446;
constexpr std::size_t mbrEntrySize = 16;
constexpr std::size_t mbrEntries = 4;
constexpr std::size_t mbrTypeAt = 4;
constexpr std::size_t mbrFirstAt = 8;
constexpr std::size_t mbrSignatureAt = 510;
constexpr std::uint16_t mbrSignature = 0xAA55;
constexpr std::uint8_t protectiveType = 0xEE;
constexpr std::uint8_t efiSystemType = 0xEF;
constexpr std::uint64_t mostMbrSectors = std::uint64_t(1) << 32;
constexpr int mostLogical = 60; // libfdisk stops there as well
const QLatin1String efiSystemGuid("C12A7328-F81F-11D2-BA4B-00A0C93EC93B");

struct MbrEntry {
    std::uint8_t type = 0;
    std::uint32_t first = 0;
};

using Mbr = std::array<std::byte, mbrSize>;

bool isSigned(const Mbr& mbr)
{
    return littleEndian<std::uint16_t>(mbr, mbrSignatureAt) == mbrSignature;
}

MbrEntry entryOf(const Mbr& mbr, std::size_t index)
{
    const std::size_t at = mbrEntriesAt + index * mbrEntrySize;
    return {littleEndian<std::uint8_t>(mbr, at + mbrTypeAt), littleEndian<std::uint32_t>(mbr, at + mbrFirstAt)};
}

bool isExtended(std::uint8_t type)
{
    return type == 0x05 || type == 0x0F || type == 0x85;
}

QString text(const char* words)
{
    return QString::fromUtf8(words); // null gives an empty one
}

// Copies the chain of logical partitions' own tables: each names the next one, from the extended partition's start
// on.
Result<void> copyLogicalChain(
    const VirtualDisk& disk, const Mbr& mbr, SparseCopy& copy, std::vector<PartitionProblem>& problems)
{
    const std::uint32_t sectorSize = disk.logicalSectorSize();
    std::uint64_t begin = 0;
    for (std::size_t i = 0; i < mbrEntries && begin == 0; ++i) {
        begin = isExtended(entryOf(mbr, i).type) ? entryOf(mbr, i).first : 0;
    }
    std::vector<std::uint64_t> seen;
    std::uint64_t link = 0; // where the copy has the entry that led here
    for (std::uint64_t sector = begin; sector != 0;) {
        Mbr table{};
        const bool isInside = sector < disk.size() / sectorSize;
        if (isInside) {
            if (Result<void> read = disk.read(sector * sectorSize, table); !read) {
                return read;
            }
        }
        if (!isInside || !isSigned(table) || seen.size() == mostLogical || std::ranges::contains(seen, sector)) {
            problems.push_back({LogicalChainDamaged, QStringLiteral("sector %1").arg(sector)});
            // libfdisk would follow a circle until it has had enough.
            return link != 0 ? copy.zero({link, mbrEntrySize}) : Result<void>();
        }
        seen.push_back(sector);
        if (Result<void> copied = copy.copy(disk, {sector * sectorSize, sectorSize}); !copied) {
            return copied;
        }
        std::uint64_t next = 0;
        for (std::size_t i = 0; i < mbrEntries && next == 0; ++i) {
            if (isExtended(entryOf(table, i).type)) {
                next = begin + entryOf(table, i).first;
                link = sector * sectorSize + mbrEntriesAt + i * mbrEntrySize;
            }
        }
        sector = next;
    }
    return {};
}

// libblkid's name for the partition table, empty without: it tells an MBR from the boot sector of a file system.
QString tableType(const SparseCopy& copy, std::uint32_t sectorSize)
{
    const auto release = [](blkid_probe probe) { blkid_free_probe(probe); };
    const std::unique_ptr<std::remove_pointer_t<blkid_probe>, decltype(release)> probe(blkid_new_probe(), release);
    if (!probe
        || blkid_probe_set_device(probe.get(), copy.descriptor(), 0, static_cast<blkid_loff_t>(copy.size())) != 0) {
        return {};
    }
    blkid_probe_set_sectorsize(probe.get(), sectorSize);
    blkid_probe_enable_superblocks(probe.get(), 0);
    blkid_probe_enable_partitions(probe.get(), 1);
    const char* type = nullptr;
    if (blkid_do_probe(probe.get()) != 0 || blkid_probe_lookup_value(probe.get(), "PTTYPE", &type, nullptr) != 0) {
        return {};
    }
    return text(type);
}

Partition partitionOf(fdisk_partition* entry, PartitionTable::Kind kind, std::uint32_t sectorSize)
{
    Partition partition;
    partition.number = static_cast<int>(fdisk_partition_get_partno(entry)) + 1;
    partition.range = {fdisk_partition_get_start(entry) * sectorSize, fdisk_partition_get_size(entry) * sectorSize};
    partition.name = text(fdisk_partition_get_name(entry));
    partition.uuid = text(fdisk_partition_get_uuid(entry));
    partition.isContainer = fdisk_partition_is_container(entry) == 1;
    fdisk_parttype* const type = fdisk_partition_get_type(entry);
    if (type != nullptr) {
        if (fdisk_parttype_is_unknown(type) == 0) {
            partition.typeName = text(fdisk_parttype_get_name(type));
        }
        if (kind == PartitionTable::Kind::Gpt) {
            partition.type = text(fdisk_parttype_get_string(type)).toUpper();
            partition.isEfiSystem = partition.type == efiSystemGuid;
        } else {
            const unsigned code = fdisk_parttype_get_code(type);
            partition.type = QStringLiteral("0x%1").arg(code, 2, 16, QLatin1Char('0'));
            partition.isEfiSystem = code == efiSystemType;
            partition.isActive = fdisk_partition_is_bootable(entry) == 1;
        }
    }
    return partition;
}

// Fills in what libfdisk makes of the copy.
void list(const FdiskTable& fdisk, PartitionTable& table)
{
    fdisk_context* const context = fdisk.context();
    char* id = nullptr;
    if (fdisk_get_disklabel_id(context, &id) == 0) {
        table.id = text(id);
        std::free(id); // libfdisk allocates with malloc
    }
    fdisk_table* entries = nullptr;
    const auto release = qScopeGuard([&] { fdisk_unref_table(entries); });
    if (fdisk_get_partitions(context, &entries) != 0) {
        table.problems.push_back({Unreadable, fdisk.messages().join(QLatin1Char('\n'))});
        return;
    }
    for (std::size_t i = 0; i < fdisk_table_get_nents(entries); ++i) {
        fdisk_partition* const entry = fdisk_table_get_partition(entries, i);
        const QString number = QString::number(fdisk_partition_get_partno(entry) + 1);
        const std::uint64_t most = SparseCopy::largest / table.sectorSize;
        if (fdisk_partition_has_start(entry) == 0 || fdisk_partition_get_start(entry) >= most
            || (fdisk_partition_has_size(entry) != 0 && fdisk_partition_get_size(entry) >= most)) {
            table.problems.push_back({PartitionPastEnd, number});
        } else if (fdisk_partition_has_size(entry) == 0 || fdisk_partition_get_size(entry) == 0) {
            table.problems.push_back({PartitionReversed, number});
        } else {
            table.partitions.push_back(partitionOf(entry, table.kind, table.sectorSize));
        }
    }
    std::ranges::stable_sort(table.partitions, [](const Partition& one, const Partition& other) {
        return one.range.offset != other.range.offset ? one.range.offset < other.range.offset
                                                      : one.isContainer && !other.isContainer;
    });
}

void findMisplaced(PartitionTable& table)
{
    const Partition* before = nullptr; // the one that reaches farthest
    for (const Partition& partition : table.partitions) {
        if (partition.range.end() > table.diskSize) {
            table.problems.push_back({PartitionPastEnd, QString::number(partition.number)});
        } else if (table.kind == PartitionTable::Kind::Gpt
            && (partition.range.offset < table.usable.offset || partition.range.end() > table.usable.end())) {
            table.problems.push_back({PartitionOverTable, QString::number(partition.number)});
        }
        if (partition.isContainer) {
            continue;
        }
        if (before != nullptr && partition.range.offset < before->range.end()) {
            table.problems.push_back(
                {PartitionsOverlap, QStringLiteral("%1, %2").arg(before->number).arg(partition.number)});
        }
        if (before == nullptr || partition.range.end() > before->range.end()) {
            before = &partition;
        }
    }
}

Result<void> findFileSystems(const VirtualDisk& disk, PartitionTable& table)
{
    for (Partition& partition : table.partitions) {
        if (partition.isContainer) {
            continue;
        }
        Result<std::optional<FileSystem>> found =
            fileSystemOf(SourceWindow(disk, partition.range.offset, partition.range.length), table.sectorSize);
        if (!found) {
            return std::unexpected(found.error());
        }
        partition.fileSystem = *std::move(found);
    }
    return {};
}

// A header that is not sound is no error of the disk.
Result<std::optional<GptHeader>> soundHeader(const VirtualDisk& disk, std::uint64_t sector,
    PartitionProblem::Kind kind, std::vector<PartitionProblem>& problems)
{
    Result<GptHeader> header = readGptHeader(disk, disk.logicalSectorSize(), sector);
    if (header) {
        return std::optional(*std::move(header));
    }
    if (header.error().kind != ErrorKind::NotFound && header.error().kind != ErrorKind::Corrupt) {
        return std::unexpected(header.error());
    }
    problems.push_back({kind, header.error().detail});
    return std::nullopt;
}

bool sayTheSame(const GptHeader& one, const GptHeader& other)
{
    return one.disk == other.disk && one.firstUsable == other.firstUsable && one.lastUsable == other.lastUsable
        && one.entryCount == other.entryCount && one.entrySize == other.entrySize
        && one.entriesChecksum == other.entriesChecksum;
}

} // namespace

Result<GptPair> readGptPair(const VirtualDisk& disk)
{
    GptPair pair;
    const std::uint64_t sectors = disk.size() / disk.logicalSectorSize();
    if (sectors <= primaryGptSector) {
        return pair;
    }
    Mbr mbr{};
    if (Result<void> read = disk.read(0, mbr); !read) {
        return std::unexpected(read.error());
    }
    bool hasOthers = false;
    for (std::size_t i = 0; i < mbrEntries; ++i) {
        const MbrEntry entry = entryOf(mbr, i);
        pair.isHonoured = pair.isHonoured || (isSigned(mbr) && entry.type == protectiveType);
        hasOthers = hasOthers || (entry.type != protectiveType && entry.type != 0);
    }
    std::vector<PartitionProblem> damage;
    Result<std::optional<GptHeader>> primary = soundHeader(disk, primaryGptSector, PrimaryGptDamaged, damage);
    if (!primary) {
        return std::unexpected(primary.error());
    }
    pair.primary = *std::move(primary);
    const std::uint64_t last = sectors - 1;
    const std::uint64_t backupSector = pair.primary ? pair.primary->otherSector : last;
    Result<std::optional<GptHeader>> backup = soundHeader(disk, backupSector, BackupGptDamaged, damage);
    if (!backup) {
        return std::unexpected(backup.error());
    }
    pair.backup = *std::move(backup);

    const GptHeader* const current = pair.current();
    if (current == nullptr) {
        if (pair.isHonoured) {
            QStringList details;
            for (const PartitionProblem& problem : damage) {
                details << problem.detail;
            }
            pair.problems.push_back({BothGptsDamaged, details.join(QLatin1String("; "))});
        }
        return pair;
    }
    if (!pair.isHonoured) {
        pair.problems.push_back({ProtectiveMbrMissing});
        return pair;
    }
    pair.isHybrid = hasOthers;
    if (pair.isHybrid) {
        pair.problems.push_back({HybridMbr});
    }
    if (backupSector > last || current->lastUsable > last) {
        pair.problems.push_back(
            {GptForLargerDisk, QStringLiteral("sector %1 of %2").arg(backupSector).arg(sectors)});
        // That the backup is missing follows from it.
        std::erase_if(damage, [](const PartitionProblem& problem) { return problem.kind == BackupGptDamaged; });
    } else if (backupSector < last) {
        pair.problems.push_back(
            {BackupGptNotAtEnd, QStringLiteral("sector %1 of %2").arg(backupSector).arg(sectors)});
    }
    if (pair.primary && pair.backup && !sayTheSame(*pair.primary, *pair.backup)) {
        pair.problems.push_back({GptsDiffer});
    }
    std::ranges::move(damage, std::back_inserter(pair.problems));
    return pair;
}

Result<void> copyGpt(const VirtualDisk& disk, const GptPair& pair, SparseCopy& copy)
{
    const std::uint32_t sectorSize = disk.logicalSectorSize();
    // Whatever else begins like a header, libfdisk might believe it.
    std::vector<std::uint64_t> sectors{primaryGptSector, copy.size() / sectorSize - 1};
    if (pair.primary) {
        sectors.push_back(pair.primary->otherSector);
    }
    for (const std::uint64_t sector : sectors) {
        if (Result<void> done = copy.zero({sector * sectorSize, sectorSize}); !done) {
            return done;
        }
    }
    if (Result<void> done = copy.copy(disk, {0, sectorSize}); !done) {
        return done;
    }
    for (const std::optional<GptHeader>& header : {pair.primary, pair.backup}) {
        if (!header) {
            continue;
        }
        for (const DiskRange& range :
            {header->entries(sectorSize), DiskRange{header->sector * sectorSize, sectorSize}}) {
            if (Result<void> done = copy.copy(disk, range); !done) {
                return done;
            }
        }
    }
    return {};
}

Result<PartitionTable> readPartitionTable(const VirtualDisk& disk)
{
    PartitionTable table;
    table.sectorSize = disk.logicalSectorSize();
    table.diskSize = disk.size() / table.sectorSize * table.sectorSize;
    if (table.diskSize <= table.sectorSize) {
        return table;
    }
    const Result<GptPair> pair = readGptPair(disk);
    if (!pair) {
        return std::unexpected(pair.error());
    }
    table.problems = pair->problems;
    const GptHeader* const header = pair->current();

    // A table of a larger disk is refused by libfdisk on a smaller one, and yet says where the partitions are.
    std::uint64_t size = table.diskSize;
    if (header != nullptr) {
        size = std::max({size, (header->lastUsable + 1) * table.sectorSize,
            (std::max(header->sector, header->otherSector) + 1) * table.sectorSize});
    }
    Result<SparseCopy> copy = SparseCopy::make(size);
    if (!copy) {
        return std::unexpected(copy.error());
    }
    for (const DiskRange& range : superblockRanges(disk)) {
        if (Result<void> copied = copy->copy(disk, range); !copied) {
            return std::unexpected(copied.error());
        }
    }
    if (Result<void> copied = copyGpt(disk, *pair, *copy); !copied) {
        return std::unexpected(copied.error());
    }

    if (pair->isHonoured) {
        table.kind = PartitionTable::Kind::Gpt;
        if (header == nullptr) {
            return table;
        }
        const std::uint64_t last = table.diskSize / table.sectorSize - 1;
        table.usable = {header->firstUsable * table.sectorSize,
            (header->lastUsable - header->firstUsable + 1) * table.sectorSize};
        table.backupAtEnd = pair->backup && pair->backup->sector == last;
        table.backupSize = header->entries(table.sectorSize).length + table.sectorSize;
    } else {
        const QString type = tableType(*copy, table.sectorSize);
        if (type != QLatin1String("dos")) {
            if (!type.isEmpty()) {
                table.problems.push_back({OtherTable, type});
            }
            Result<std::optional<FileSystem>> found = fileSystemOfCopy(*copy, table.sectorSize);
            if (!found) {
                return std::unexpected(found.error());
            }
            table.fileSystem = *std::move(found);
            return table;
        }
        table.kind = PartitionTable::Kind::Mbr;
        Mbr mbr{};
        if (Result<void> read = disk.read(0, mbr); !read) {
            return std::unexpected(read.error());
        }
        if (Result<void> copied = copyLogicalChain(disk, mbr, *copy, table.problems); !copied) {
            return std::unexpected(copied.error());
        }
    }

    const Result<FdiskTable> fdisk =
        FdiskTable::open(*copy, table.sectorSize, disk.physicalSectorSize(), FdiskTable::Access::ReadOnly);
    if (!fdisk) {
        table.problems.push_back({Unreadable, fdisk.error().detail});
        return table;
    }
    list(*fdisk, table);
    if (table.kind == PartitionTable::Kind::Mbr) {
        std::uint64_t first = fdisk_get_first_lba(fdisk->context()) * table.sectorSize;
        if (!table.partitions.empty()) {
            first = std::min(first, table.partitions.front().range.offset);
        }
        const std::uint64_t end = std::min(table.diskSize, mostMbrSectors * table.sectorSize);
        first = std::min(first, end);
        table.usable = {first, end - first};
    }
    findMisplaced(table);
    if (Result<void> found = findFileSystems(disk, table); !found) {
        return std::unexpected(found.error());
    }
    return table;
}

} // namespace platter
