// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/migrate_disk.h"

#include "core/disk/grub_partition.h"
#include "core/disk/open_disk.h"
#include "core/disk/partial_file.h"
#include "core/disk/partition_reader.h"
#include "core/disk/patched_disk.h"
#include "core/disk/qemu_disk.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <array>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::MigrateDisk)
};

using Verdict = Bootability::Verdict;

// What Linux systems lie on, as far as GRUB reads it.
constexpr std::array linuxTypes{"ext2", "ext3", "ext4", "xfs", "btrfs", "LVM2_member", "linux_raid_member"};

// What the EFI system partition holds, at most.
constexpr ByteCount efiPartitionData = ByteCount::mebibytes(4);

bool holdsLinux(const Partition& partition)
{
    return partition.fileSystem && std::ranges::any_of(linuxTypes, [&partition](const char* type) {
        return partition.fileSystem->type == QLatin1String(type);
    });
}

bool holdsWindows(const Partition& partition)
{
    return partition.fileSystem && partition.fileSystem->type == QLatin1String("ntfs");
}

// Why the disk in FILE is none to migrate.
Result<void> checkSystem(const QString& file, const PartitionTable& table, const Bootability& boots)
{
    const bool hasSystemPartition = std::ranges::any_of(table.partitions, &Partition::isEfiSystem);
    switch (boots.verdict) {
    case Verdict::BiosOnly:
    case Verdict::NoSystemPartition:
        break;
    case Verdict::NoLoader:
        if (!hasSystemPartition) {
            break; // a FAT volume for data
        }
        [[fallthrough]];
    default:
        return std::unexpected(
            Error{ErrorKind::WrongState, Texts::tr("%1 cannot be migrated to UEFI. %2").arg(file, boots.sentence()),
                boots.isBootable() ? Texts::tr("Attach it to a machine as it is.") : boots.advice()});
    }
    if (std::ranges::any_of(table.partitions, holdsLinux)) {
        return {};
    }
    if (std::ranges::any_of(table.partitions, holdsWindows)) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("%1 holds Windows, which only its own program mbr2gpt prepares for UEFI.").arg(file),
            Texts::tr(
                "Work on a copy: attach it to a machine with a Windows installation medium, press Shift+F10 in "
                "Setup and type “mbr2gpt /validate /disk:0”, then “mbr2gpt /convert /disk:0”. Or run “mbr2gpt "
                "/convert /allowFullOS” in Windows where it still starts, and attach the disk then.")});
    }
    return std::unexpected(Error{ErrorKind::Unsupported,
        Texts::tr("On %1 there is no file system with a Linux system that GRUB could start.").arg(file),
        Texts::tr("Install its system anew in a machine with UEFI, and attach this disk as a second one.")});
}

QStringList idsOfSystems(const PartitionTable& table)
{
    QStringList ids;
    for (const Partition& partition : table.partitions) {
        if (holdsLinux(partition) && !partition.fileSystem->type.endsWith(QLatin1String("_member"))) {
            ids << partition.fileSystem->uuid;
        }
    }
    return ids;
}

bool isForeign(ImageKind kind)
{
    return kind == ImageKind::Qcow2 || kind == ImageKind::Vmdk || kind == ImageKind::Vdi;
}

struct Survey {
    ImageKind kind = ImageKind::Raw;
    PartitionTable table;
    UefiLayout layout;
};

Result<Survey> surveyDisk(
    const VirtualDisk& disk, const QString& file, ImageKind kind, const std::optional<ByteCount>& size)
{
    Result<PartitionTable> table = readPartitionTable(disk);
    if (!table) {
        return std::unexpected(table.error());
    }
    // What counts of a VHD is the disk in it: the target is of another format.
    const Result<Bootability> boots =
        judgeBootability(disk, *table, kind == ImageKind::Vhd ? ImageKind::Raw : kind);
    if (!boots) {
        return std::unexpected(boots.error());
    }
    if (const Result<void> good = checkMigration(file, *table, *boots); !good) {
        return std::unexpected(good.error());
    }
    const Result<UefiLayout> layout = layOutForUefi(*table, size);
    if (!layout) {
        return std::unexpected(layout.error());
    }
    return Survey{kind, *std::move(table), *layout};
}

Result<Survey> survey(const MigrateRequest& request)
{
    const Result<ImageKind> kind = imageKindOf(request.source);
    if (!kind) {
        return std::unexpected(kind.error());
    }
    Result<std::unique_ptr<VirtualDisk>> disk = isForeign(*kind)
        ? Result<std::unique_ptr<VirtualDisk>>(QemuDisk::open(request.source, *kind, QemuDisk::Access::Locked))
        : openDiskAs(*kind, request.source, request.parents);
    if (!disk) {
        return std::unexpected(disk.error());
    }
    return surveyDisk(**disk, request.source, *kind, request.size);
}

// DISK as it is to become; that a machine starts from it is looked at before anything is written.
Result<std::unique_ptr<VirtualDisk>> migrated(std::unique_ptr<VirtualDisk> disk, const Survey& survey)
{
    const UefiLayout& layout = survey.layout;
    const std::uint32_t sectorSize = disk->logicalSectorSize();
    Result<SparseCopy> patch = SparseCopy::make(layout.diskSize);
    if (!patch) {
        return std::unexpected(patch.error());
    }
    Result<std::vector<DiskRange>> ranges = writeUefiTable(layout, *patch, sectorSize, disk->physicalSectorSize());
    if (!ranges) {
        return std::unexpected(ranges.error());
    }
    if (const Result<void> made =
            makeGrubPartition(*patch, layout.efiPartition, sectorSize, idsOfSystems(survey.table));
        !made) {
        return std::unexpected(made.error());
    }
    ranges->push_back(layout.efiPartition);
    auto result = std::make_unique<PatchedDisk>(std::move(disk), *std::move(patch), *std::move(ranges));
    const Result<Bootability> boots = readPartitionTable(*result).and_then(
        [&](const PartitionTable& table) { return judgeBootability(*result, table, ImageKind::Raw); });
    if (!boots || !boots->isBootable()) {
        return std::unexpected(
            boots ? Error{ErrorKind::Corrupt, boots->sentence(), boots->advice()} : boots.error());
    }
    return result;
}

} // namespace

Result<void> checkMigration(const QString& file, const PartitionTable& table, const Bootability& boots)
{
    return checkSystem(file, table, boots).and_then(&checkGrubPrograms).and_then([&table] {
        return layOutForUefi(table, {}).transform([](const UefiLayout&) { });
    });
}

MigrateDisk::MigrateDisk(MigrateRequest request)
    : m_request(std::move(request))
{
}

QString MigrateDisk::title() const
{
    return Texts::tr("Migrate %1 to UEFI as %2")
        .arg(QFileInfo(m_request.source).fileName(), QFileInfo(m_request.target).fileName());
}

Convert MigrateDisk::conversion(const QString& source, Content content) const
{
    const DiskChange change = [request = m_request, content](
                                  std::unique_ptr<VirtualDisk> disk) -> Result<std::unique_ptr<VirtualDisk>> {
        const Result<Survey> found = surveyDisk(*disk, request.source, ImageKind::Raw, request.size);
        if (!found) {
            return std::unexpected(found.error());
        }
        if (content == Content::Whole) {
            return migrated(std::move(disk), *found);
        }
        return SparseCopy::make(found->layout.diskSize)
            .transform([&disk](SparseCopy patch) -> std::unique_ptr<VirtualDisk> {
                return std::make_unique<PatchedDisk>(std::move(disk), std::move(patch), std::vector<DiskRange>());
            });
    };
    return Convert(
        {.source = source, .parents = m_request.parents, .target = m_request.target, .format = m_request.format},
        change);
}

Result<void> MigrateDisk::check() const
{
    return plan().transform([](const OperationPlan&) { });
}

Result<OperationPlan> MigrateDisk::plan() const
{
    const Result<Survey> found = survey(m_request);
    if (!found) {
        return std::unexpected(found.error());
    }
    // Without the change where qemu-img reads the source: then its data counts, and is copied twice.
    const ConvertRequest plain{
        .source = m_request.source, .parents = {}, .target = m_request.target, .format = m_request.format};
    Result<OperationPlan> plan =
        isForeign(found->kind) ? Convert(plain).plan() : conversion(m_request.source, Content::SizeOnly).plan();
    if (!plan) {
        return plan;
    }
    if (isForeign(found->kind)) {
        plan->bytesToCopy = ByteCount(2 * plan->bytesToCopy.bytes());
        plan->spaceNeeded = ByteCount(2 * plan->spaceNeeded.bytes());
        plan->steps.insert(1, Texts::tr("It is copied into a raw image first, which is removed at the end."));
    }
    // Of the disk as it is: the conversion knows what becomes of it.
    plan->steps.front() = Texts::tr("%1 is read and stays as it is; its disk has %2.")
                              .arg(m_request.source, ByteCount(found->table.diskSize).toString());
    plan->spaceNeeded = ByteCount(plan->spaceNeeded.bytes() + efiPartitionData.bytes());
    plan->sizeOnHostAfter = ByteCount(plan->sizeOnHostAfter.bytes() + efiPartitionData.bytes());
    const UefiLayout& layout = found->layout;
    const QString kept = found->table.kind == PartitionTable::Kind::Mbr
        ? Texts::tr(
              "In the copy, the partition table for BIOS (MBR) becomes one for UEFI (GPT). The partitions keep "
              "their places and their numbers; what a system names by PARTUUID it does not find any more.")
        : Texts::tr(
              "In the copy, the partition table (GPT) is written anew. The partitions keep their places, numbers "
              "and ids.");
    plan->steps.insert(plan->steps.size() - 1, kept);
    if (layout.diskSize > found->table.diskSize) {
        plan->steps.insert(plan->steps.size() - 1,
            Texts::tr("The disk grows from %1 to %2.")
                .arg(ByteCount(found->table.diskSize).toString(), ByteCount(layout.diskSize).toString()));
    }
    plan->steps.insert(plan->steps.size() - 1,
        Texts::tr(
            "Partition %1, an EFI system partition of %2, is added with GRUB, which shows the menu of the system "
            "that is on the disk. It is not signed for Secure Boot.")
            .arg(layout.efiPartitionNumber)
            .arg(efiPartitionSize.toString()));
    return plan;
}

Result<OperationOutcome> MigrateDisk::run(Progress& progress)
{
    const Result<Survey> found = survey(m_request);
    if (!found) {
        return std::unexpected(found.error());
    }
    const PartialFile raw(m_request.target);
    QString source = m_request.source;
    if (isForeign(found->kind)) {
        const Result<OperationOutcome> copied =
            Convert({.source = source, .parents = {}, .target = raw.path(), .format = ImageTarget::Raw})
                .run(progress);
        if (!copied) {
            return copied;
        }
        source = raw.path();
    }
    Result<OperationOutcome> outcome = conversion(source, Content::Whole).run(progress);
    if (outcome) {
        outcome->sentences
            << Texts::tr("It starts with UEFI, by GRUB on its partition %1.").arg(found->layout.efiPartitionNumber)
            << Texts::tr(
                   "Once it runs, let its system look after the boot loader: mount that partition at /boot/efi "
                   "and install the system's own GRUB for UEFI (on Debian: apt install grub-efi-amd64).");
    }
    return outcome;
}

} // namespace platter
