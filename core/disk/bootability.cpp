// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/bootability.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::Bootability)
};

using Verdict = Bootability::Verdict;

// What systems start with, the best to name in a boot entry first: shim before what it starts.
constexpr std::array wellKnown{
    "bootmgfw.efi", "shimx64.efi", "systemd-bootx64.efi", "grubx64.efi", "refind_x64.efi"};

std::size_t rankOf(const EfiLoader& loader)
{
    const QString name = loader.path.section(QLatin1Char('\\'), -1);
    return static_cast<std::size_t>(std::ranges::find_if(wellKnown, [&](const char* known) {
        return name.compare(QLatin1String(known), Qt::CaseInsensitive) == 0;
    }) - wellKnown.begin());
}

bool isDefaultPath(const EfiLoader& loader)
{
    return loader.path.compare(QLatin1String("\\EFI\\BOOT\\BOOTX64.EFI"), Qt::CaseInsensitive) == 0;
}

// What the FAT volumes on the disk hold.
struct Volumes {
    int fatCount = 0;
    int systemCount = 0; // EFI system partitions
    std::vector<Bootability::Loader> loaders;
};

Result<void> look(const ByteSource& volume, int partition, Volumes& volumes)
{
    const Result<FatVolume> fat = FatVolume::open(volume);
    if (!fat) {
        return fat.error().kind == ErrorKind::InvalidInput || fat.error().kind == ErrorKind::Corrupt
            ? Result<void>()
            : std::unexpected(fat.error());
    }
    ++volumes.fatCount;
    for (EfiLoader& loader : efiLoaders(*fat)) {
        volumes.loaders.push_back({partition, std::move(loader)});
    }
    return {};
}

// Whether any byte of the disk is known to hold data; looks at the map only.
Result<bool> isEmpty(const VirtualDisk& disk)
{
    if (disk.isKnownEmpty()) {
        return true;
    }
    for (std::uint64_t at = 0; at < disk.size();) {
        const Result<DiskRun> run = disk.runAt(at, disk.size() - at);
        if (!run) {
            return std::unexpected(run.error());
        }
        if (run->content != DiskRun::Content::Zero) {
            return false;
        }
        at += run->length;
    }
    return true;
}

void judgeLoaders(const Volumes& volumes, Bootability& result)
{
    const std::vector<Bootability::Loader>& loaders = result.loaders;
    const auto starts = [](const Bootability::Loader& one) { return one.loader.processor == EfiProcessor::X64; };
    const auto first = std::ranges::find_if(
        loaders, [&](const Bootability::Loader& one) { return one.loader.isDefault() && starts(one); });
    if (first != loaders.end()) {
        result.verdict = Verdict::Yes;
        result.loaderPath = first->loader.path;
        return;
    }
    const Bootability::Loader* best = nullptr;
    for (const Bootability::Loader& one : loaders) {
        if (starts(one) && (best == nullptr || rankOf(one.loader) < rankOf(best->loader))) {
            best = &one;
        }
    }
    if (best != nullptr) {
        result.verdict = Verdict::NeedsBootEntry;
        result.loaderPath = best->loader.path;
        return;
    }
    const auto other = std::ranges::find_if(
        loaders, [](const Bootability::Loader& one) { return one.loader.processor.has_value(); });
    if (other != loaders.end()) {
        result.verdict = Verdict::OtherProcessor;
        result.loaderPath = other->loader.path;
        result.processor = displayName(*other->loader.processor);
        return;
    }
    const auto damaged =
        std::ranges::find_if(loaders, [](const Bootability::Loader& one) { return isDefaultPath(one.loader); });
    if (damaged != loaders.end()) {
        result.verdict = Verdict::LoaderDamaged;
        result.loaderPath = damaged->loader.path;
        return;
    }
    result.verdict = volumes.fatCount == 0 ? Verdict::SystemPartitionNotFat : Verdict::NoLoader;
}

QString installAgain()
{
    return Texts::tr(
        "Start the machine from the installation medium of its system and repair the boot loader, or install "
        "the system anew with UEFI.");
}

QString migrateToUefi()
{
    return Texts::tr(
        "If its system is Linux, make a copy that starts with UEFI: “Migrate to UEFI” in Edit Disk, or platterctl "
        "disk migrate FILE COPY.vhdx.");
}

const QString convertToVhdx = QStringLiteral("platterctl disk convert FILE.vhd FILE.vhdx");

} // namespace

QString nameOf(Bootability::Verdict verdict)
{
    switch (verdict) {
    case Verdict::Yes:
        return QStringLiteral("yes");
    case Verdict::NeedsBootEntry:
        return QStringLiteral("needs-boot-entry");
    case Verdict::LoaderDamaged:
        return QStringLiteral("loader-damaged");
    case Verdict::OtherProcessor:
        return QStringLiteral("other-processor");
    case Verdict::NoLoader:
        return QStringLiteral("no-loader");
    case Verdict::SystemPartitionNotFat:
        return QStringLiteral("system-partition-not-fat");
    case Verdict::NoSystemPartition:
        return QStringLiteral("no-system-partition");
    case Verdict::BiosOnly:
        return QStringLiteral("bios-only");
    case Verdict::NoPartitionTable:
        return QStringLiteral("no-partition-table");
    case Verdict::TableDamaged:
        return QStringLiteral("table-damaged");
    case Verdict::Empty:
        return QStringLiteral("empty");
    case Verdict::ParentMissing:
        return QStringLiteral("parent-missing");
    case Verdict::NoMedium:
        return QStringLiteral("no-medium");
    case Verdict::FormatNotUsed:
        return QStringLiteral("format-not-used");
    }
    Q_UNREACHABLE_RETURN({});
}

QString Bootability::sentence() const
{
    switch (verdict) {
    case Verdict::Yes:
        return Texts::tr("A machine starts from it, by %1.").arg(loaderPath);
    case Verdict::NeedsBootEntry:
        return Texts::tr(
            "A machine starts from it only with a boot entry for %1: there is no \\EFI\\BOOT\\BOOTX64.EFI, "
            "which firmware looks for by itself.")
            .arg(loaderPath);
    case Verdict::LoaderDamaged:
        return Texts::tr("No machine starts from it: its boot loader %1 is damaged.").arg(loaderPath);
    case Verdict::OtherProcessor:
        return Texts::tr(
            "No machine starts from it: its boot loader %1 is for %2 processors, and the machine's processor "
            "is 64-bit x86.")
            .arg(loaderPath, processor);
    case Verdict::NoLoader:
        return Texts::tr("No machine starts from it: there is no boot loader for UEFI on it.");
    case Verdict::SystemPartitionNotFat:
        return Texts::tr(
            "No machine starts from it: its EFI system partition holds no FAT file system that firmware could "
            "read.");
    case Verdict::NoSystemPartition:
        return Texts::tr("No machine starts from it: it has no EFI system partition.");
    case Verdict::BiosOnly:
        return Texts::tr(
            "No machine starts from it: it is partitioned for BIOS firmware (MBR) and has no EFI system "
            "partition.");
    case Verdict::NoPartitionTable:
        return Texts::tr("No machine starts from it: it has no partition table that firmware knows.");
    case Verdict::TableDamaged:
        return Texts::tr("No machine starts from it: its partition table is damaged.");
    case Verdict::Empty:
        return Texts::tr("No machine starts from it: it is empty.");
    case Verdict::ParentMissing:
        return Texts::tr("No machine starts from it: its parent is missing, with most of what is on the disk.");
    case Verdict::NoMedium:
        return Texts::tr("No machine starts from it: there is no medium.");
    case Verdict::FormatNotUsed:
        return isForBios ? Texts::tr("No machine starts from it: a VHD cannot be a machine's disk, and this one is "
                                     "partitioned for BIOS firmware (MBR) and has no EFI system partition.")
                         : Texts::tr("No machine starts from it: a VHD cannot be a machine's disk.");
    }
    Q_UNREACHABLE_RETURN({});
}

QString Bootability::advice() const
{
    switch (verdict) {
    case Verdict::Yes:
        return {};
    case Verdict::NeedsBootEntry:
        return Texts::tr("Add a boot entry for it to the machine: in its Boot tab, or with platterctl boot add "
                         "MACHINE SLOT PATH.");
    case Verdict::LoaderDamaged:
    case Verdict::SystemPartitionNotFat:
    case Verdict::NoLoader:
        return installAgain();
    case Verdict::OtherProcessor:
        return Texts::tr("Take an image of the same system for 64-bit x86 (amd64).");
    case Verdict::NoSystemPartition:
        return Texts::tr(
            "If it is a disk for data, start the machine from another one; otherwise install a system with "
            "UEFI.");
    case Verdict::BiosOnly:
        return migrateToUefi() + u' '
            + Texts::tr("Windows converts itself with mbr2gpt. Until then the disk can be added to a machine as a "
                        "second one.");
    case Verdict::NoPartitionTable:
        return Texts::tr(
            "If it is a disk for data, start the machine from another one; otherwise install a system on it.");
    case Verdict::TableDamaged:
        return Texts::tr(
            "Repair the partition table in the machine that the disk belongs to, or bring the disk back from a "
            "backup.");
    case Verdict::Empty:
        return Texts::tr(
            "Put an installation medium into the machine's DVD drive and install a system on the disk.");
    case Verdict::ParentMissing:
        return Texts::tr("Bring the parent back, or tell the disk where it is: platterctl disk reconnect.");
    case Verdict::NoMedium:
        return Texts::tr("Insert one, or choose another drive to start from.");
    case Verdict::FormatNotUsed:
        return isForBios ? migrateToUefi() + u' '
                + Texts::tr("For Windows, or as a disk for data, convert it to VHDX: %1.").arg(convertToVhdx)
                         : Texts::tr("Convert it to VHDX first: %1.").arg(convertToVhdx);
    }
    Q_UNREACHABLE_RETURN({});
}

Result<Bootability> judgeBootability(const VirtualDisk& disk, const PartitionTable& table, ImageKind format)
{
    Bootability result;
    if (disk.size() == 0) {
        result.verdict = Verdict::NoMedium;
        return result;
    }
    Volumes volumes;
    for (const Partition& partition : table.partitions) {
        volumes.systemCount += partition.isEfiSystem ? 1 : 0;
        if (partition.isContainer) {
            continue;
        }
        const SourceWindow window(disk, partition.range.offset, partition.range.length);
        if (Result<void> done = look(window, partition.number, volumes); !done) {
            return std::unexpected(done.error());
        }
    }
    if (table.kind == PartitionTable::Kind::None) {
        if (Result<void> done = look(disk, 0, volumes); !done) {
            return std::unexpected(done.error());
        }
    }
    result.loaders = std::move(volumes.loaders);

    const bool hasVolume = volumes.fatCount > 0 || volumes.systemCount > 0;
    const bool isDamaged = table.has(PartitionProblem::Kind::BothGptsDamaged)
        || table.has(PartitionProblem::Kind::Unreadable) || table.has(PartitionProblem::Kind::ProtectiveMbrMissing);
    if (format == ImageKind::Vhd) {
        result.verdict = Verdict::FormatNotUsed;
        result.isForBios = table.kind == PartitionTable::Kind::Mbr && !hasVolume && !isDamaged;
    } else if (hasVolume) {
        judgeLoaders(volumes, result);
    } else if (isDamaged) {
        result.verdict = Verdict::TableDamaged;
    } else if (table.kind == PartitionTable::Kind::Gpt) {
        result.verdict = Verdict::NoSystemPartition;
    } else if (table.kind == PartitionTable::Kind::Mbr) {
        result.verdict = Verdict::BiosOnly;
    } else {
        const Result<bool> empty = isEmpty(disk);
        if (!empty) {
            return std::unexpected(empty.error());
        }
        result.verdict = *empty ? Verdict::Empty : Verdict::NoPartitionTable;
    }
    return result;
}

} // namespace platter
