// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/boot_check.h"

#include "core/boot/program_check.h"
#include "core/disk/inspect_file.h"
#include "core/machine/network_boot.h"
#include "core/media/install_medium.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <functional>
#include <map>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::BootCheck)
};

using Verdict = BootFinding::Verdict;

// What efiLoaders() looks at: *.efi below \EFI, three folders deep.
constexpr int searchedDepth = 4;
constexpr std::size_t mostLoaders = 100;

Result<DiskInspection> inspectDisk(const DiskDrive& disk)
{
    if (std::holds_alternative<NetworkLocation>(disk.source)) {
        return std::unexpected(
            Error{ErrorKind::Unsupported, Texts::tr("What is on a disk on the network, only the machine sees."),
                Texts::tr("Start the machine to see whether it starts from it."), {}});
    }
    return inspectFileAs(disk.format, disk.where(), {}, InspectAccess::Shared);
}

bool isSearched(const QString& path)
{
    return path.startsWith(QLatin1String("\\EFI\\"), Qt::CaseInsensitive)
        && path.endsWith(QLatin1String(".efi"), Qt::CaseInsensitive)
        && path.count(QLatin1Char('\\')) <= searchedDepth + 1;
}

// The partition on DISK that an entry names; null: it is another disk's.
const Partition* partitionOn(const DiskInspection& disk, const HardDriveNode& wanted)
{
    const auto found = std::ranges::find_if(disk.partitions.partitions, [&](const Partition& partition) {
        return wanted.guid.isNull()
            ? disk.partitions.kind == PartitionTable::Kind::Mbr && partition.number == wanted.partition
                && disk.partitions.id.mid(2).toUInt(nullptr, 16) == wanted.diskSignature
            : partition.uuid.compare(wanted.partitionId(), Qt::CaseInsensitive) == 0;
    });
    return found == disk.partitions.partitions.end() ? nullptr : &*found;
}

bool isForMachine(const Bootability::Loader& one)
{
    return one.loader.processor == EfiProcessor::X64;
}

class Examination {
public:
    Examination(const Definition& definition, const Result<SecureBootKeys>& keys)
        : m_definition(definition)
        , m_keys(keys)
    {
    }

    BootFinding examine(const BootEntry& entry)
    {
        return std::visit([this](const auto& target) { return this->examine(target); }, entry.target);
    }

private:
    BootFinding examine(SlotId slot)
    {
        const Drive* drive = m_definition.driveAt(slot);
        if (drive == nullptr) {
            return {Verdict::Gone, {}, Texts::tr("Slot %1 is empty.").arg(slot.toString()), removeIt()};
        }
        if (const auto* disk = std::get_if<DiskDrive>(&drive->what)) {
            const Result<DiskInspection>& found = look(slot, *disk);
            if (!found) {
                return {Verdict::Unknown, slot, found.error().summary, found.error().advice};
            }
            const Bootability& boots = found->bootability;
            if (!boots.isBootable()) {
                return {Verdict::Fails, slot, boots.sentence(), boots.advice()};
            }
            const auto loader = std::ranges::find_if(boots.loaders,
                [](const Bootability::Loader& one) { return one.loader.isDefault() && isForMachine(one); });
            return withSecureBoot({Verdict::Starts, slot, boots.sentence()}, loader->loader.path,
                [&] { return readLoader(disk->format, disk->where(), found->partitions, *loader); });
        }
        return examine(std::get<DvdDrive>(drive->what), slot);
    }

    BootFinding examine(const DvdDrive& dvd, SlotId slot) const
    {
        if (dvd.medium.isEmpty()) {
            return {Verdict::Fails, slot, Texts::tr("The DVD drive has no medium."),
                Texts::tr("Insert an ISO to start from.")};
        }
        const Result<InstallMedium> medium = inspectMediumBoot(dvd.medium);
        if (!medium) {
            const ErrorKind kind = medium.error().kind;
            const bool isRead = kind == ErrorKind::InvalidInput || kind == ErrorKind::Corrupt;
            return {
                isRead ? Verdict::Fails : Verdict::Unknown, slot, medium.error().summary, medium.error().advice};
        }
        if (medium->uefi != UefiBoot::Yes) {
            return {Verdict::Fails, slot, medium->sentence(), Texts::tr("Insert a medium that boots with UEFI.")};
        }
        return withSecureBoot({Verdict::Starts, slot, medium->sentence()},
            Texts::tr("the boot loader of %1").arg(QFileInfo(dvd.medium).fileName()),
            [&dvd] { return readMediumLoader(dvd.medium); });
    }

    BootFinding examine(const NetworkTarget& network) const
    {
        if (std::size_t(network.adapter.index) >= m_definition.adapters.size()) {
            return {Verdict::Gone, {}, Texts::tr("The machine has no such network adapter."), removeIt()};
        }
        const NetworkAdapter& adapter = m_definition.adapters[std::size_t(network.adapter.index)];
        if (!adapter.isConnected) {
            return {Verdict::Fails, {}, Texts::tr("The network adapter's cable is not plugged in."),
                Texts::tr("Connect the adapter.")};
        }
        if (!adapter.bridge.isEmpty()) {
            return {Verdict::Unknown, {},
                Texts::tr("The servers on the bridge %1 say what there is to start.").arg(adapter.bridge)};
        }
        switch (network.way) {
        case NetworkTarget::Way::Pxe4:
            return examinePxe(adapter);
        case NetworkTarget::Way::Http4:
            return examineHttp(network);
        case NetworkTarget::Way::Pxe6:
        case NetworkTarget::Way::Http6:
            break;
        }
        return {Verdict::Fails, {}, Texts::tr("User-mode NAT offers nothing to start over IPv6."),
            Texts::tr("Start over IPv4.")};
    }

    BootFinding examinePxe(const NetworkAdapter& adapter) const
    {
        if (adapter.boot.folder.isEmpty()) {
            return {Verdict::Fails, {},
                Texts::tr("User-mode NAT gives the machine an address and names no boot file."),
                Texts::tr(
                    "Choose a folder with a boot loader or an address to boot from: platterctl boot network.")};
        }
        if (const Result<void> usable = checkNetworkBoot(adapter.boot); !usable) {
            return {Verdict::Fails, {}, usable.error().summary, usable.error().advice};
        }
        return withSecureBoot({Verdict::Starts, {},
                                  Texts::tr("The firmware starts %1 from the folder %2.")
                                      .arg(adapter.boot.file, adapter.boot.folder)},
            adapter.boot.file, [&adapter] { return readNetworkLoader(adapter.boot); });
    }

    static BootFinding examineHttp(const NetworkTarget& network)
    {
        if (network.url.isEmpty()) {
            return {Verdict::Fails, {},
                Texts::tr("User-mode NAT gives the machine an address and names nothing to fetch by HTTP."),
                Texts::tr("Choose an address to boot from: platterctl boot network.")};
        }
        return {Verdict::Unknown, {},
            Texts::tr("The firmware fetches %1; whether it is there only the start shows.").arg(network.url),
            Texts::tr(
                "What is fetched is a boot loader (.efi) or an image (.iso, .img), and an image has to fit into "
                "the machine's memory.")};
    }

    BootFinding examine(const FileTarget& file)
    {
        const std::optional<SlotId> slot = file.partition ? slotWith(*file.partition) : file.slot;
        const Drive* drive = slot ? m_definition.driveAt(*slot) : nullptr;
        const auto* disk = drive != nullptr ? std::get_if<DiskDrive>(&drive->what) : nullptr;
        if (disk == nullptr) {
            if (!m_unreadable.isEmpty()) {
                return {Verdict::Unknown, {},
                    Texts::tr("Its partition may be on a disk that cannot be read: %1").arg(m_unreadable)};
            }
            return {Verdict::Gone, {}, Texts::tr("Its partition is on none of the machine's disks."),
                Texts::tr("Attach the disk again, or remove the entry.")};
        }
        const Result<DiskInspection>& found = look(*slot, *disk);
        if (!found) {
            return {Verdict::Unknown, slot, found.error().summary, found.error().advice};
        }
        return judge(file, *slot, *disk, *found);
    }

    BootFinding judge(const FileTarget& file, SlotId slot, const DiskDrive& drive, const DiskInspection& disk) const
    {
        const std::vector<Bootability::Loader>& loaders = disk.bootability.loaders;
        const Partition* partition = file.partition ? partitionOn(disk, *file.partition) : nullptr;
        const int number = partition != nullptr ? partition->number : 0;
        const QString path = file.path.isEmpty() ? QStringLiteral("\\EFI\\BOOT\\BOOTX64.EFI") : file.path;
        const auto loader = std::ranges::find_if(loaders, [&](const Bootability::Loader& one) {
            return one.partition == number && one.loader.path.compare(path, Qt::CaseInsensitive) == 0;
        });
        if (loader != loaders.end()) {
            if (isForMachine(*loader)) {
                return withSecureBoot({Verdict::Starts, slot, Texts::tr("The firmware starts %1.").arg(path)}, path,
                    [&] { return readLoader(drive.format, drive.where(), disk.partitions, *loader); });
            }
            return {Verdict::Fails, slot,
                loader->loader.processor
                    ? Texts::tr("%1 is for %2 processors, and the machine's processor is 64-bit x86.")
                          .arg(path, displayName(*loader->loader.processor))
                    : Texts::tr("%1 is damaged: it is no program for firmware.").arg(path),
                Texts::tr("Choose another boot loader on the disk, or repair this one.")};
        }
        if (!isSearched(path) || loaders.size() >= mostLoaders) {
            return {Verdict::Unknown, slot, Texts::tr("Whether %1 is there was not looked for.").arg(path)};
        }
        return {Verdict::Gone, slot, Texts::tr("There is no %1 on its partition any more.").arg(path),
            loaders.empty() ? removeIt()
                            : Texts::tr("Remove the entry, or add one for a boot loader that is there, such as %1.")
                                  .arg(loaders.front().loader.path)};
    }

    static BootFinding examine(const FirmwareTarget&)
    {
        return {Verdict::Starts, {}, Texts::tr("It is a part of the firmware itself.")};
    }

    static BootFinding examine(const UnknownTarget&)
    {
        return {Verdict::Unknown, {}, Texts::tr("It names hardware that the machine does not have.")};
    }

    // What becomes with Secure Boot of an entry that starts without. PROGRAM is what it starts, in words.
    BootFinding withSecureBoot(
        BootFinding finding, const QString& program, const std::function<Result<QByteArray>()>& read) const
    {
        const SecureBoot mode = m_definition.firmware.secureBoot;
        if (mode == SecureBoot::Off) {
            return finding;
        }
        const Result<ProgramCheck> check = m_keys.and_then([&](const SecureBootKeys& keys) {
            return read().transform([&keys](const QByteArray& bytes) { return checkProgram(bytes, keys); });
        });
        if (!check) {
            return {Verdict::Unknown, finding.slot, check.error().summary, check.error().advice};
        }
        if (!check->mayStart()) {
            return {Verdict::Fails, finding.slot, check->sentence(program), check->advice(mode)};
        }
        finding.sentence = Texts::tr("%1 %2").arg(finding.sentence, check->sentence(program));
        return finding;
    }

    static QString removeIt() { return Texts::tr("Remove the entry."); }

    std::optional<SlotId> slotWith(const HardDriveNode& partition)
    {
        for (const Drive& drive : m_definition.drives) {
            const auto* disk = std::get_if<DiskDrive>(&drive.what);
            if (disk == nullptr) {
                continue;
            }
            const Result<DiskInspection>& found = look(drive.slot, *disk);
            if (found && partitionOn(*found, partition) != nullptr) {
                return drive.slot;
            }
        }
        return std::nullopt;
    }

    const Result<DiskInspection>& look(SlotId slot, const DiskDrive& disk)
    {
        const auto known = m_disks.find(slot);
        if (known != m_disks.end()) {
            return known->second;
        }
        const Result<DiskInspection>& found = m_disks.emplace(slot, inspectDisk(disk)).first->second;
        if (!found) {
            m_unreadable = found.error().summary;
        }
        return found;
    }

    const Definition& m_definition;
    const Result<SecureBootKeys>& m_keys;
    std::map<SlotId, Result<DiskInspection>> m_disks;
    QString m_unreadable; // why a disk could not be read
};

QString networkName(const NetworkTarget& network)
{
    switch (network.way) {
    case NetworkTarget::Way::Pxe4:
        return Texts::tr("Network %1 (PXE)").arg(network.adapter.index);
    case NetworkTarget::Way::Pxe6:
        return Texts::tr("Network %1 (PXE over IPv6)").arg(network.adapter.index);
    case NetworkTarget::Way::Http4:
        return Texts::tr("Network %1 (HTTP)").arg(network.adapter.index);
    case NetworkTarget::Way::Http6:
        return Texts::tr("Network %1 (HTTP over IPv6)").arg(network.adapter.index);
    }
    Q_UNREACHABLE_RETURN({});
}

BootWords driveWords(SlotId slot, const Definition& definition)
{
    const Drive* drive = definition.driveAt(slot);
    if (drive == nullptr) {
        return {Texts::tr("Empty slot"), slot.toString()};
    }
    if (const auto* disk = std::get_if<DiskDrive>(&drive->what)) {
        return {Texts::tr("Disk %1").arg(disk->shortName()), slot.toString()};
    }
    const QString medium = std::get<DvdDrive>(drive->what).medium;
    return {medium.isEmpty() ? Texts::tr("DVD drive, empty")
                             : Texts::tr("DVD drive with %1").arg(QFileInfo(medium).fileName()),
        slot.toString()};
}

BootWords networkWords(const BootEntry& entry, const NetworkTarget& network, const Definition& definition)
{
    const auto index = std::size_t(network.adapter.index);
    if (index >= definition.adapters.size()) {
        return {networkName(network), {}};
    }
    const NetworkAdapter& adapter = definition.adapters[index];
    const bool hasFolder =
        entry.device() && network.way == NetworkTarget::Way::Pxe4 && !adapter.boot.folder.isEmpty();
    const QString what = hasFolder ? adapter.boot.file : network.url;
    return {what.isEmpty() ? networkName(network) : QStringLiteral("%1  %2").arg(networkName(network), what),
        hasFolder ? QStringLiteral("%1  %2").arg(adapter.mac, adapter.boot.folder) : adapter.mac};
}

QString fileWhere(const FileTarget& file, const BootFinding& finding, const Definition& definition)
{
    const Drive* drive = finding.slot ? definition.driveAt(*finding.slot) : nullptr;
    const auto* disk = drive != nullptr ? std::get_if<DiskDrive>(&drive->what) : nullptr;
    if (disk == nullptr) {
        return finding.verdict == Verdict::Gone ? Texts::tr("its disk is gone")
                                                : Texts::tr("its disk is not known");
    }
    const QString where = finding.slot->toString() + QLatin1Char(' ') + disk->shortName();
    return file.partition ? Texts::tr("%1, partition %2").arg(where).arg(file.partition->partition) : where;
}

} // namespace

QString nameOf(BootFinding::Verdict verdict)
{
    switch (verdict) {
    case Verdict::Starts:
        return QStringLiteral("starts");
    case Verdict::Fails:
        return QStringLiteral("fails");
    case Verdict::Gone:
        return QStringLiteral("gone");
    case Verdict::Unknown:
        return QStringLiteral("unknown");
    }
    Q_UNREACHABLE_RETURN({});
}

std::vector<BootFinding> examineBoot(
    const BootOrder& order, const Definition& definition, const Result<SecureBootKeys>& keys)
{
    Examination examination(definition, keys);
    std::vector<BootFinding> findings;
    for (const BootEntry& entry : order.entries()) {
        findings.push_back(examination.examine(entry));
    }
    return findings;
}

QStringList whyNothingStarts(
    const BootOrder& order, const std::vector<BootFinding>& findings, const Definition& definition)
{
    QStringList reasons;
    for (std::size_t i = 0; i < findings.size(); ++i) {
        const BootEntry& entry = order.entries()[i];
        if (!entry.isOn) {
            break;
        }
        if (findings[i].verdict == Verdict::Starts || findings[i].verdict == Verdict::Unknown) {
            return {};
        }
        reasons << Texts::tr("%1: %2").arg(wordsFor(entry, findings[i], definition).what, findings[i].sentence);
    }
    return reasons.isEmpty() ? QStringList(Texts::tr("Its boot order is empty.")) : reasons;
}

Result<std::vector<LoaderOnDisk>> loadersOn(const Definition& definition, SlotId slot)
{
    const Drive* drive = definition.driveAt(slot);
    const auto* disk = drive != nullptr ? std::get_if<DiskDrive>(&drive->what) : nullptr;
    if (disk == nullptr) {
        return std::unexpected(
            Error{ErrorKind::NotFound, Texts::tr("There is no disk in slot %1.").arg(slot.toString()),
                Texts::tr("Choose the slot of a disk.")});
    }
    const Result<DiskInspection> found = inspectDisk(*disk);
    if (!found) {
        return std::unexpected(found.error());
    }
    std::vector<LoaderOnDisk> loaders;
    for (const auto& [number, loader] : found->bootability.loaders) {
        FileTarget file{.slot = {}, .partition = {}, .path = loader.path};
        const auto partition = std::ranges::find(found->partitions.partitions, number, &Partition::number);
        if (partition == found->partitions.partitions.end()) {
            file.slot = slot;
        } else {
            const std::uint64_t sector = found->logicalSectorSize;
            HardDriveNode node{.partition = number,
                .firstSector = partition->range.offset / sector,
                .sectors = partition->range.length / sector};
            if (found->partitions.kind == PartitionTable::Kind::Gpt) {
                node.guid = QUuid::fromString(partition->uuid);
            } else {
                node.diskSignature = found->partitions.id.mid(2).toUInt(nullptr, 16);
            }
            file.partition = node;
        }
        loaders.push_back({slot, file, loader.processor ? displayName(*loader.processor) : QString(),
            loader.processor == EfiProcessor::X64});
    }
    return loaders;
}

BootWords wordsFor(const BootEntry& entry, const BootFinding& finding, const Definition& definition)
{
    if (const auto* slot = std::get_if<SlotId>(&entry.target)) {
        return driveWords(*slot, definition);
    }
    if (const auto* network = std::get_if<NetworkTarget>(&entry.target)) {
        return networkWords(entry, *network, definition);
    }
    if (const auto* file = std::get_if<FileTarget>(&entry.target)) {
        return {file->path.isEmpty() ? entry.option.description
                                     : QStringLiteral("%1  %2").arg(entry.option.description, file->path),
            fileWhere(*file, finding, definition)};
    }
    return {entry.option.description,
        std::holds_alternative<FirmwareTarget>(entry.target) ? Texts::tr("in the firmware") : Texts::tr("unknown")};
}

} // namespace platter
