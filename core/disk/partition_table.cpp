// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/partition_table.h"

#include <QCoreApplication>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::PartitionTable)
};

constexpr std::uint64_t mebibyte = std::uint64_t(1) << 20;
constexpr const char* windowsDynamicDisk =
    "0x42"; // its database lies in the disk's last MiB, outside every partition

std::uint64_t roundedUp(std::uint64_t value, std::uint64_t unit)
{
    return (value + unit - 1) / unit * unit;
}

QString repairGpt()
{
    return Texts::tr("Repair it with --fix-gpt.");
}

QString lookInGuest()
{
    return Texts::tr(
        "Check the partition table in the machine that the disk belongs to, or bring the disk back from a "
        "backup.");
}

} // namespace

QString nameOf(PartitionProblem::Kind kind)
{
    using enum PartitionProblem::Kind;
    switch (kind) {
    case PrimaryGptDamaged:
        return QStringLiteral("primary-gpt-damaged");
    case BackupGptDamaged:
        return QStringLiteral("backup-gpt-damaged");
    case BothGptsDamaged:
        return QStringLiteral("both-gpts-damaged");
    case BackupGptNotAtEnd:
        return QStringLiteral("backup-gpt-not-at-end");
    case GptForLargerDisk:
        return QStringLiteral("gpt-for-larger-disk");
    case GptsDiffer:
        return QStringLiteral("gpts-differ");
    case ProtectiveMbrMissing:
        return QStringLiteral("protective-mbr-missing");
    case HybridMbr:
        return QStringLiteral("hybrid-mbr");
    case PartitionsOverlap:
        return QStringLiteral("partitions-overlap");
    case PartitionPastEnd:
        return QStringLiteral("partition-past-end");
    case PartitionReversed:
        return QStringLiteral("partition-reversed");
    case PartitionOverTable:
        return QStringLiteral("partition-over-table");
    case LogicalChainDamaged:
        return QStringLiteral("logical-chain-damaged");
    case OtherTable:
        return QStringLiteral("other-table");
    case Unreadable:
        return QStringLiteral("unreadable");
    }
    Q_UNREACHABLE_RETURN({});
}

QString PartitionProblem::sentence() const
{
    using enum Kind;
    switch (kind) {
    case PrimaryGptDamaged:
        return Texts::tr(
            "The partition table (GPT) at the disk's beginning is damaged; its copy at the end is sound.");
    case BackupGptDamaged:
        return Texts::tr("The partition table's copy (GPT) at the disk's end is damaged or missing.");
    case BothGptsDamaged:
        return Texts::tr("The partition table (GPT) and its copy are damaged.");
    case BackupGptNotAtEnd:
        return Texts::tr(
            "The partition table's copy (GPT) is not at the disk's end: the disk has been made larger.");
    case GptForLargerDisk:
        return Texts::tr("The partition table (GPT) is that of a larger disk: this one has been cut.");
    case GptsDiffer:
        return Texts::tr("The partition table (GPT) and its copy at the disk's end say different things.");
    case ProtectiveMbrMissing:
        return Texts::tr(
            "The disk has a partition table (GPT) that nothing honours, since the entry for it in the first "
            "sector is missing.");
    case HybridMbr:
        return Texts::tr("The disk has partitions in its GPT and in its MBR (a hybrid table).");
    case PartitionsOverlap:
        return Texts::tr("Partitions overlap: %1.").arg(detail);
    case PartitionPastEnd:
        return Texts::tr("A partition ends after the disk: %1.").arg(detail);
    case PartitionReversed:
        return Texts::tr("A partition ends before it begins: %1.").arg(detail);
    case PartitionOverTable:
        return Texts::tr("A partition lies where the partition table allows none: %1.").arg(detail);
    case LogicalChainDamaged:
        return Texts::tr("The list of logical partitions is damaged; some may be missing here.");
    case OtherTable:
        return Texts::tr("The disk has a partition table of another kind (%1).").arg(detail);
    case Unreadable:
        return Texts::tr("The partition table cannot be understood.");
    }
    Q_UNREACHABLE_RETURN({});
}

QString PartitionProblem::advice() const
{
    using enum Kind;
    switch (kind) {
    case PrimaryGptDamaged:
    case BackupGptDamaged:
    case BackupGptNotAtEnd:
        return repairGpt();
    case GptForLargerDisk:
        return Texts::tr(
            "Expand the disk to its former size, or repair the table with --fix-gpt where every partition "
            "still fits.");
    case BothGptsDamaged:
    case GptsDiffer:
    case ProtectiveMbrMissing:
    case PartitionsOverlap:
    case PartitionPastEnd:
    case PartitionReversed:
    case PartitionOverTable:
    case LogicalChainDamaged:
    case Unreadable:
        return lookInGuest();
    case HybridMbr:
    case OtherTable:
        return {};
    }
    Q_UNREACHABLE_RETURN({});
}

QString nameOf(PartitionTable::Kind kind)
{
    switch (kind) {
    case PartitionTable::Kind::None:
        return QStringLiteral("none");
    case PartitionTable::Kind::Mbr:
        return QStringLiteral("mbr");
    case PartitionTable::Kind::Gpt:
        return QStringLiteral("gpt");
    }
    Q_UNREACHABLE_RETURN({});
}

bool PartitionTable::has(PartitionProblem::Kind problem) const
{
    return std::ranges::contains(problems, problem, &PartitionProblem::kind);
}

bool PartitionTable::isSound() const
{
    using enum PartitionProblem::Kind;
    return kind != Kind::None && std::ranges::all_of(problems, [](const PartitionProblem& problem) {
        return problem.kind == PrimaryGptDamaged || problem.kind == BackupGptDamaged
            || problem.kind == BackupGptNotAtEnd || problem.kind == GptForLargerDisk;
    });
}

std::uint64_t PartitionTable::endOfPartitions() const
{
    std::uint64_t end = 0;
    for (const Partition& partition : partitions) {
        end = std::max(end, partition.range.end());
    }
    return end;
}

std::uint64_t PartitionTable::smallestDiskSize() const
{
    const bool dynamicDisk = std::ranges::contains(partitions, QLatin1String(windowsDynamicDisk), &Partition::type);
    if (!isSound() || dynamicDisk) {
        return diskSize;
    }
    return roundedUp(std::max(endOfPartitions(), usable.offset + sectorSize), sectorSize) + backupSize;
}

std::vector<DiskRange> PartitionTable::freeRanges() const
{
    std::vector<DiskRange> taken;
    taken.reserve(partitions.size());
    for (const Partition& partition : partitions) {
        taken.push_back(partition.range);
    }
    std::ranges::sort(taken);
    std::vector<DiskRange> left;
    std::uint64_t at = usable.offset;
    for (const DiskRange& range : taken) {
        if (range.offset > at && at < usable.end()) {
            left.push_back({at, std::min(range.offset, usable.end()) - at});
        }
        at = std::max(at, range.end());
    }
    if (at < usable.end()) {
        left.push_back({at, usable.end() - at});
    }
    return left;
}

std::vector<DiskRange> PartitionTable::rangesOutsidePartitions() const
{
    std::vector<DiskRange> outside;
    if (!isSound() || diskSize < 2 * mebibyte) {
        return outside;
    }
    for (const DiskRange& range : freeRanges()) {
        const std::uint64_t first = std::max(range.offset, mebibyte);
        const std::uint64_t end = std::min(range.end(), diskSize - mebibyte);
        if (first < end) {
            outside.push_back({first, end - first});
        }
    }
    return outside;
}

} // namespace platter
