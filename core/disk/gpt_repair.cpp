// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/gpt_repair.h"

#include "core/byte_count.h"
#include "core/disk/fdisk_table.h"
#include "core/disk/partition_reader.h"

#include <QCoreApplication>
#include <QtEndian>

#include <algorithm>
#include <vector>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::GptRepair)
};

// UEFI 2.10, table 5.5
constexpr std::size_t headerSizeAt = 12;
constexpr std::size_t headerChecksumAt = 16;
constexpr std::size_t otherSectorAt = 32;
constexpr std::size_t lastUsableAt = 48;

Error invalid(const QString& summary, const QString& advice)
{
    return Error{.kind = ErrorKind::InvalidInput, .summary = summary, .advice = advice};
}

Error cannot(const PartitionProblem& problem)
{
    return Error{.kind = ErrorKind::WrongState,
        .summary = problem.sentence(),
        .advice = problem.advice(),
        .detail = problem.detail};
}

// What is written to the disk at once: RANGE as the copy has it.
Result<std::uint64_t> writeDifferences(WritableDisk& disk, const SparseCopy& copy, DiskRange range)
{
    const std::uint32_t sectorSize = disk.logicalSectorSize();
    std::vector<std::byte> wanted(sectorSize);
    std::vector<std::byte> found(sectorSize);
    std::uint64_t written = 0;
    for (std::uint64_t at = range.offset; at < range.end(); at += sectorSize) {
        if (Result<void> done = copy.read(at, wanted); !done) {
            return std::unexpected(done.error());
        }
        if (Result<void> done = disk.read(at, found); !done) {
            return std::unexpected(done.error());
        }
        if (wanted == found) {
            continue;
        }
        if (Result<void> done = disk.write(at, wanted); !done) {
            return std::unexpected(done.error());
        }
        written += sectorSize;
    }
    return written;
}

// libfdisk takes no header whose usable range goes past the end, and leaves a backup alone that is to lie in the
// very sector behind it; so both are lowered before, and libfdisk then says where they really are.
Result<void> lowerToEnd(SparseCopy& copy, const GptHeader& header, std::uint32_t sectorSize)
{
    const std::uint64_t last = copy.size() / sectorSize - 1;
    if (header.lastUsable <= last && header.otherSector <= last) {
        return {};
    }
    std::vector<std::byte> bytes(sectorSize);
    const std::uint64_t at = header.sector * sectorSize;
    if (Result<void> done = copy.read(at, bytes); !done) {
        return done;
    }
    const auto size = qFromLittleEndian<quint32>(bytes.data() + headerSizeAt); // was checked
    qToLittleEndian<quint64>(std::min(header.lastUsable, last), bytes.data() + lastUsableAt);
    qToLittleEndian<quint64>(last - 1, bytes.data() + otherSectorAt);
    qToLittleEndian<quint32>(0, bytes.data() + headerChecksumAt);
    qToLittleEndian<quint32>(crc32(std::span(bytes).first(size)), bytes.data() + headerChecksumAt);
    return copy.write(at, bytes);
}

// One run of libfdisk for a disk of DISK_SIZE, and what it changed to the disk.
Result<std::uint64_t> rewrite(WritableDisk& disk, std::uint64_t diskSize, const GptPair& pair)
{
    const std::uint32_t sectorSize = disk.logicalSectorSize();
    const std::uint64_t size = diskSize / sectorSize * sectorSize;
    Result<SparseCopy> copy = SparseCopy::make(size);
    if (!copy) {
        return std::unexpected(copy.error());
    }
    // libfdisk takes the entries of the primary for those of the backup too, whatever count and size that one
    // states.
    GptPair source = pair;
    if (std::ranges::contains(pair.problems, PartitionProblem::Kind::GptsDiffer, &PartitionProblem::kind)) {
        source.backup.reset();
    }
    if (Result<void> done = copyGpt(disk, source, *copy); !done) {
        return std::unexpected(done.error());
    }
    if (source.primary) {
        if (Result<void> done = lowerToEnd(*copy, *source.primary, sectorSize); !done) {
            return std::unexpected(done.error());
        }
    }
    {
        Result<FdiskTable> fdisk =
            FdiskTable::open(*copy, sectorSize, disk.physicalSectorSize(), FdiskTable::Access::ReadWrite);
        if (!fdisk) {
            return std::unexpected(fdisk.error());
        }
        if (Result<void> done = fdisk->write(); !done) {
            return std::unexpected(done.error());
        }
    }
    const Result<GptHeader> primary = readGptHeader(*copy, sectorSize, primaryGptSector);
    const Result<GptHeader> backup = readGptHeader(*copy, sectorSize, size / sectorSize - 1);
    if (!primary || !backup || primary->entriesChecksum != pair.current()->entriesChecksum
        || backup->entriesChecksum != pair.current()->entriesChecksum || primary->disk != pair.current()->disk
        || backup->entries(sectorSize).end() != backup->sector * sectorSize) {
        return std::unexpected(Error{.kind = ErrorKind::Corrupt,
            .summary = Texts::tr("The partition table could not be brought into order; nothing was changed."),
            .advice = Texts::tr("Check the partition table in the machine that the disk belongs to."),
            .detail = !primary ? primary.error().detail
                : !backup      ? backup.error().detail
                               : QString()});
    }

    // The backup first, while the primary still is as it was; then the primary, whose header is one sector and
    // makes its entries count; the first sector at the end. Each is safe on the disk before the next one is begun.
    std::uint64_t written = 0;
    const std::vector<std::vector<DiskRange>> steps{
        {backup->entries(sectorSize), DiskRange{backup->sector * sectorSize, sectorSize}},
        {primary->entries(sectorSize)},
        {DiskRange{primaryGptSector * sectorSize, sectorSize}},
        {DiskRange{0, sectorSize}},
    };
    for (const std::vector<DiskRange>& step : steps) {
        std::uint64_t here = 0;
        for (const DiskRange& range : step) {
            const Result<std::uint64_t> done = writeDifferences(disk, *copy, range);
            if (!done) {
                return std::unexpected(done.error());
            }
            here += *done;
        }
        if (here != 0) {
            if (Result<void> done = disk.flush(); !done) {
                return std::unexpected(done.error());
            }
        }
        written += here;
    }
    return written;
}

Result<GptPair> check(const VirtualDisk& disk, std::uint64_t diskSize)
{
    const Result<PartitionTable> table = readPartitionTable(disk);
    if (!table) {
        return std::unexpected(table.error());
    }
    Result<GptPair> pair = readGptPair(disk);
    if (!pair) {
        return pair;
    }
    if (table->kind != PartitionTable::Kind::Gpt) {
        return std::unexpected(invalid(Texts::tr("The disk has no partition table of the kind GPT."),
            Texts::tr("Only a GPT has a copy at the disk's end that must follow its size.")));
    }
    if (diskSize > disk.size()) {
        return std::unexpected(
            invalid(Texts::tr("The disk is smaller than %1.").arg(ByteCount(diskSize).toString()),
                Texts::tr("Expand the disk first.")));
    }
    using enum PartitionProblem::Kind;
    for (const PartitionProblem& problem : table->problems) {
        if (problem.kind == BothGptsDamaged) {
            Error error = cannot(problem);
            error.kind = ErrorKind::Corrupt;
            return std::unexpected(error);
        }
        if (problem.kind != PrimaryGptDamaged && problem.kind != BackupGptDamaged
            && problem.kind != BackupGptNotAtEnd && problem.kind != GptForLargerDisk
            && problem.kind != GptsDiffer) {
            return std::unexpected(cannot(problem));
        }
    }
    const std::uint64_t end = diskSize / table->sectorSize * table->sectorSize;
    // The entries of a primary that is made anew come right behind its header.
    const std::uint64_t begin =
        pair->primary ? pair->primary->entries(table->sectorSize).end() : table->backupSize + table->sectorSize;
    for (const Partition& partition : table->partitions) {
        if (partition.range.offset < begin) {
            return std::unexpected(Error{.kind = ErrorKind::WrongState,
                .summary =
                    Texts::tr("Partition %1 lies where the partition table has to be.").arg(partition.number),
                .advice = Texts::tr("Move the partition in the machine that the disk belongs to.")});
        }
        if (partition.range.end() > end || end - partition.range.end() < table->backupSize) {
            return std::unexpected(Error{.kind = ErrorKind::WrongState,
                .summary = Texts::tr("Partition %1 ends at %2, and the partition table's copy needs %3 behind it.")
                    .arg(partition.number)
                    .arg(ByteCount(partition.range.end()).toString(), ByteCount(table->backupSize).toString()),
                .advice =
                    Texts::tr("Make the partition smaller in the machine that the disk belongs to, or choose a "
                              "larger size for the disk.")});
        }
    }
    if (end < table->usable.offset + table->sectorSize + table->backupSize) {
        return std::unexpected(invalid(
            Texts::tr("A disk of %1 has no room for its partition table.").arg(ByteCount(diskSize).toString()),
            Texts::tr("Choose a larger size.")));
    }
    return pair;
}

} // namespace

Result<void> checkGptRepair(const VirtualDisk& disk, std::uint64_t diskSize)
{
    const Result<GptPair> pair = check(disk, diskSize);
    return pair ? Result<void>() : std::unexpected(pair.error());
}

Result<GptRepair> repairGpt(WritableDisk& disk, std::uint64_t diskSize)
{
    Result<GptPair> pair = check(disk, diskSize);
    if (!pair) {
        return std::unexpected(pair.error());
    }
    GptRepair repair;
    repair.backupSectorBefore = pair->primary ? pair->primary->otherSector : pair->backup->sector;
    repair.backupSector = diskSize / disk.logicalSectorSize() - 1;
    if (!pair->primary) {
        // First from the backup where it lies, so that a sound primary is there before the backup goes anywhere.
        const Result<std::uint64_t> written = rewrite(disk, disk.size(), *pair);
        if (!written) {
            return std::unexpected(written.error());
        }
        repair.bytesWritten += *written;
        pair = readGptPair(disk);
        if (!pair) {
            return std::unexpected(pair.error());
        }
    }
    const Result<std::uint64_t> written = rewrite(disk, diskSize, *pair);
    if (!written) {
        return std::unexpected(written.error());
    }
    repair.bytesWritten += *written;
    return repair;
}

} // namespace platter
