// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/new_machine.h"

#include "core/durable_file.h"
#include "core/machine/network_boot.h"
#include "core/machine/preflight.h"
#include "core/machine/secure_boot_mode.h"
#include "core/machine/suggestions.h"
#include "core/unique_fd.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStorageInfo>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>

namespace platter {

namespace {

// For every medium in the boot order the firmware needs memory: OVMF with 512 MiB boots with 64 and fails with 96.
constexpr std::size_t mostBootMedia = 16;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::NewMachine)
};

bool isInside(const QString& file, const QString& folder)
{
    return file.startsWith(folder + QLatin1Char('/')) && !file.mid(folder.size() + 1).contains(QLatin1Char('/'));
}

DiskFormat formatOf(const QString& file)
{
    if (const Result<ImageKind> kind = imageKindOf(file)) {
        return *kind == ImageKind::Vhdx ? DiskFormat::Vhdx
            : *kind == ImageKind::Qcow2 ? DiskFormat::Qcow2
                                        : DiskFormat::Raw;
    }
    return diskFormatFromString(QFileInfo(file).suffix()).value_or(DiskFormat::Raw);
}

Choice choiceOf(Rule rule, const NewMachine& choices)
{
    switch (rule) {
    case Rule::MemoryTooSmall:
    case Rule::MemoryNotWholeMebibytes:
    case Rule::MemoryBeyondHost:
        return Choice::Memory;
    case Rule::NoCpu:
    case Rule::CpusBeyondHost:
        return Choice::Processors;
    case Rule::DiskFileMissingName:
    case Rule::SameImageTwice:
    case Rule::NetworkFormat:
    case Rule::NetworkReadOnly:
    case Rule::DeviceName:
    case Rule::DeviceFormat:
    case Rule::VhdDisk:
        return Choice::Disk;
    case Rule::RelativePath: {
        const ExistingDisk* disk = std::get_if<ExistingDisk>(&choices.disk);
        const NewDisk* made = std::get_if<NewDisk>(&choices.disk);
        const QString file = disk ? disk->file : made ? made->file : QString();
        const bool isDisk = !file.isEmpty() && !file.startsWith(QLatin1Char('/'));
        const bool isMedium = std::ranges::any_of(choices.media,
            [](const QString& medium) { return !medium.isEmpty() && !medium.startsWith(QLatin1Char('/')); });
        const QString& folder = choices.networkBoot.folder;
        const bool isFolder = !folder.isEmpty() && !folder.startsWith(QLatin1Char('/'));
        return isDisk || !(isMedium || isFolder) ? Choice::Disk : Choice::Media;
    }
    case Rule::ControllerCount:
    case Rule::SlotOutOfRange:
    case Rule::SlotOnMissingController:
    case Rule::SlotTakenTwice:
    case Rule::PhysicalDvd:
    case Rule::NetworkBootOnBridge:
    case Rule::NetworkBootTwice:
    case Rule::NetworkBootFile:
    case Rule::NetworkBootFileTooLong:
    case Rule::NetworkBootUrl:
        return Choice::Media;
    case Rule::TooManyAdapters:
    case Rule::BadMac:
    case Rule::MacTwice:
    case Rule::BridgeName:
    case Rule::ForwardOnBridge:
    case Rule::HostPortTwice:
    case Rule::PortZero:
    case Rule::PrivilegedHostPort:
    case Rule::BootDeviceMissing:
    case Rule::BootDeviceTwice:
        return Choice::Network;
    case Rule::NameEmpty:
    case Rule::NameTooLong:
    case Rule::NameCharacters:
    case Rule::NameLeadingDot:
    case Rule::NameSpaceAround:
        return Choice::Name;
    }
    Q_UNREACHABLE_RETURN(Choice::Name);
}

bool isNoIsoPath(const QString& medium)
{
    return !QDir::isAbsolutePath(medium) || isDevicePath(medium);
}

// The file that a broken rule about CHOICE is about.
QString fileIn(const NewMachine& choices, Choice choice)
{
    if (choice == Choice::Media) {
        const auto wrong = std::ranges::find_if(choices.media, isNoIsoPath);
        return wrong == choices.media.end() ? choices.media.value(0) : *wrong;
    }
    if (choice != Choice::Disk) {
        return {};
    }
    if (const NewDisk* made = std::get_if<NewDisk>(&choices.disk)) {
        return made->file;
    }
    const ExistingDisk* disk = std::get_if<ExistingDisk>(&choices.disk);
    return disk ? disk->file : QString();
}

// The nearest folder above PATH, or PATH itself, that is there.
QString nearestFolder(const QString& path)
{
    QString folder = QDir::cleanPath(path);
    while (!QFileInfo::exists(folder) && folder.size() > 1) {
        folder = QFileInfo(folder).absolutePath();
    }
    return folder;
}

bool isWritableFolder(const QString& folder)
{
    // QFileInfo's answer for root ignores read-only file systems.
    return QFileInfo(folder).isDir()
        && ::faccessat(AT_FDCWD, QFile::encodeName(folder).constData(), W_OK | X_OK, AT_EACCESS) == 0;
}

std::optional<Error> placeError(const QString& folder)
{
    if (!QFileInfo::exists(folder)) {
        return Error{ErrorKind::NotFound, Texts::tr("The folder %1 does not exist.").arg(folder),
            Texts::tr("Make it first, or choose another one.")};
    }
    if (!QFileInfo(folder).isDir()) {
        return Error{
            ErrorKind::InvalidInput, Texts::tr("%1 is not a folder.").arg(folder), Texts::tr("Choose a folder.")};
    }
    if (!isWritableFolder(folder)) {
        return Error{ErrorKind::PermissionDenied,
            Texts::tr("You have no permission to write to the folder %1.").arg(folder),
            Texts::tr("Choose another folder.")};
    }
    return std::nullopt;
}

// Whether the file system below FOLDER has files of this size; tried with a file that has no name and takes no
// space.
bool canHoldFileOf(ByteCount size, const QString& folder)
{
    const UniqueFd fd(::open(QFile::encodeName(folder).constData(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    return !fd || ::ftruncate(fd.get(), static_cast<off_t>(size.bytes())) == 0 || errno != EFBIG;
}

class Problems {
public:
    void add(Choice choice, const Error& error, const QString& file = {})
    {
        m_list.push_back({choice, error, file});
    }

    void add(Choice choice, const Result<void>& result, const QString& file = {})
    {
        if (!result) {
            add(choice, result.error(), file);
        }
    }

    std::vector<Problem> take() { return std::move(m_list); }

private:
    std::vector<Problem> m_list;
};

// Whether the machine's folder can be made where it is wanted.
bool checkNameAndPlace(Problems& list, const NewMachine& choices, const MachineStore& store)
{
    const std::vector<Violation> names = nameViolations(choices.name.normalized(QString::NormalizationForm_C));
    for (const Violation& violation : names) {
        list.add(Choice::Name, violation.error);
    }
    std::optional<Error> place;
    if (choices.place) {
        place = choices.place->startsWith(QLatin1Char('/'))
            ? placeError(*choices.place)
            : Error{ErrorKind::InvalidInput,
                  Texts::tr("“%1” is not the full path of a folder.").arg(*choices.place),
                  Texts::tr("Write the path from / on.")};
    }
    if (!place) {
        place = placeError(nearestFolder(store.root()));
    }
    if (place) {
        list.add(Choice::Place, *place);
    }
    if (names.empty()) {
        list.add(Choice::Name, store.checkNameIsFree(choices.name, choices.place));
    }
    return !place;
}

void checkNewDisk(Problems& list, const NewDisk& disk, const QString& machineFolder, bool hasPlace)
{
    const Result<void> size = checkImageSize(disk.size);
    list.add(Choice::Disk, size);
    if (const Result<QString> program = findQemuImg(); !program) {
        list.add(Choice::Disk, program.error());
    }
    QString folder = nearestFolder(machineFolder);
    const bool isInMachine = isInside(newDiskFile(disk, machineFolder), machineFolder);
    if (isInMachine && !hasPlace) {
        return; // that has been said
    }
    if (!disk.file.isEmpty() && !disk.file.startsWith(QLatin1Char('/'))) {
        return; // a rule says so
    }
    if (!isInMachine) {
        folder = QFileInfo(disk.file).absolutePath();
        if (const std::optional<Error> error = placeError(folder)) {
            list.add(Choice::Disk, *error, disk.file);
            return;
        }
        if (const QFileInfo info(disk.file); info.exists() || info.isSymLink()) {
            list.add(Choice::Disk,
                Error{ErrorKind::AlreadyExists, Texts::tr("%1 exists already.").arg(disk.file),
                    Texts::tr("Choose another name, or use it as an existing disk.")},
                disk.file);
        }
    }
    if (!size) {
        return;
    }
    if (disk.format == DiskFormat::Raw && !canHoldFileOf(disk.size, folder)) {
        list.add(Choice::Disk,
            Error{ErrorKind::Unsupported,
                Texts::tr("The file system of %1 has no files as large as %2.").arg(folder, disk.size.toString()),
                Texts::tr("Choose a smaller size, another place, or VHDX, whose file grows with use.")});
    }
    const ByteCount needed = initialSizeOnHost(disk.format, disk.size);
    const QStorageInfo storage(folder);
    if (storage.isValid() && storage.bytesAvailable() >= 0
        && static_cast<std::uint64_t>(storage.bytesAvailable()) < needed.bytes()) {
        list.add(Choice::Disk,
            Error{ErrorKind::NoSpace,
                Texts::tr("The disk takes %1 at first, and only %2 are free in %3.")
                    .arg(needed.toString(),
                        ByteCount(static_cast<std::uint64_t>(storage.bytesAvailable())).toString(), folder),
                Texts::tr("Free some space or choose another place.")});
    }
}

QString dvdLine(const Drive& drive)
{
    return Texts::tr("DVD drive in slot %1: %2").arg(drive.slot.toString(), std::get<DvdDrive>(drive.what).medium);
}

QString diskLine(const NewMachine& choices, const Drive& drive)
{
    const DiskDrive& disk = std::get<DiskDrive>(drive.what);
    if (const NewDisk* made = std::get_if<NewDisk>(&choices.disk)) {
        const ByteCount atFirst = initialSizeOnHost(made->format, made->size);
        return Texts::tr("New disk in slot %1: %2").arg(drive.slot.toString(), disk.where()) + QLatin1Char('\n')
            + Texts::tr("  %1, %2; takes %3 at first and grows with use")
                  .arg(displayName(made->format), made->size.toString(), atFirst.toString());
    }
    return Texts::tr("Existing disk in slot %1: %2 (%3; used as it is)")
        .arg(drive.slot.toString(), disk.where(), displayName(disk.format));
}

QString bootLine(const NewMachine& choices, const Definition& definition, const BootDevice& device)
{
    const SlotId* slot = std::get_if<SlotId>(&device);
    if (!slot) {
        const auto& [folder, file, url] = choices.networkBoot;
        return !folder.isEmpty() ? Texts::tr("network, %1 from the folder %2").arg(file, folder)
            : !url.isEmpty()     ? Texts::tr("network, %1").arg(url)
                                 : Texts::tr("network");
    }
    const Drive* drive = definition.driveAt(*slot);
    if (const DvdDrive* dvd = std::get_if<DvdDrive>(&drive->what)) {
        return Texts::tr("DVD drive %1, %2").arg(slot->toString(), QFileInfo(dvd->medium).fileName());
    }
    return std::holds_alternative<NewDisk>(choices.disk)
        ? Texts::tr("disk %1 (empty until a system is installed)").arg(slot->toString())
        : Texts::tr("disk %1, %2").arg(slot->toString(), std::get<DiskDrive>(drive->what).shortName());
}

// Why the installation does not begin again and again.
QString afterInstallation(const NewMachine& choices)
{
    const bool installs = !choices.media.isEmpty() || choices.bootFromNetwork;
    if (!installs || std::holds_alternative<NoDisk>(choices.disk)) {
        return {};
    }
    return std::holds_alternative<NewDisk>(choices.disk)
        ? Texts::tr("Once a system is installed, the machine boots it; the medium may stay in its drive.")
        : Texts::tr("A system that is installed now puts a boot entry of its own before these, and boots by it.");
}

QString networkLines(const NewMachine& choices)
{
    if (!choices.hasNetwork) {
        return Texts::tr("Network: none");
    }
    QStringList lines{Texts::tr("Network: user-mode NAT")};
    for (const PortForward& forward : choices.forwards) {
        lines += Texts::tr("  port %1 of this computer (127.0.0.1, %2) leads to port %3 of the machine")
                     .arg(QString::number(forward.hostPort),
                         forward.protocol == Protocol::Tcp ? QStringLiteral("TCP") : QStringLiteral("UDP"),
                         QString::number(forward.guestPort));
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace

QString suffixOf(DiskFormat format)
{
    return QLatin1Char('.') + nameOf(format);
}

QString newDiskFile(const NewDisk& disk, const QString& machineFolder)
{
    return disk.file.isEmpty()
        ? machineFolder + QLatin1Char('/') + QFileInfo(machineFolder).fileName() + suffixOf(disk.format)
        : disk.file;
}

Definition definitionFor(const NewMachine& choices, const QString& machineFolder)
{
    Definition definition;
    definition.id = MachineId::random();
    definition.osId = choices.osId;
    definition.firmware = firmwareFor(choices.osId);
    definition.memory = choices.memory;
    definition.cpus = choices.cpus;

    const bool hasDisk = !std::holds_alternative<NoDisk>(choices.disk);
    const qsizetype drives = choices.media.size() + (hasDisk ? 1 : 0);
    definition.controllers = static_cast<int>(
        std::clamp<qsizetype>((drives + slotsPerController - 1) / slotsPerController, 1, maxControllers));
    int next = 0;
    const auto nextSlot = [&] {
        const SlotId slot{next / slotsPerController, next % slotsPerController};
        ++next;
        return slot;
    };

    std::vector<BootDevice> disks;
    std::vector<BootDevice> others;
    if (hasDisk) {
        const SlotId slot = nextSlot();
        disks.push_back(slot);
        if (const NewDisk* made = std::get_if<NewDisk>(&choices.disk)) {
            definition.drives.push_back({slot, DiskDrive{newDiskFile(*made, machineFolder), made->format}});
        } else {
            const QString file = std::get<ExistingDisk>(choices.disk).file;
            definition.drives.push_back({slot, DiskDrive{file, formatOf(file)}});
        }
    }
    if (choices.hasNetwork) {
        definition.adapters.push_back({randomMac(), choices.forwards});
        if (choices.bootFromNetwork) {
            definition.adapters.back().boot = choices.networkBoot;
            others.push_back(AdapterId{0});
        }
    }
    for (const QString& medium : choices.media) {
        const SlotId slot = nextSlot();
        definition.drives.push_back({slot, DvdDrive{medium}});
        if (others.size() < mostBootMedia) {
            others.push_back(slot);
        }
    }
    // An empty disk is passed over until a system is on it, which then boots; a disk with a system would never let
    // the installer run.
    const bool diskFirst = std::holds_alternative<NewDisk>(choices.disk);
    definition.bootOrder = diskFirst ? disks : others;
    const std::vector<BootDevice>& rest = diskFirst ? others : disks;
    definition.bootOrder.insert(definition.bootOrder.end(), rest.begin(), rest.end());
    return definition;
}

std::vector<Problem> problems(const NewMachine& choices, const MachineStore& store, const HostResources& host)
{
    Problems list;
    const bool hasPlace = checkNameAndPlace(list, choices, store);

    const QString folder = store.folderFor(choices.name, choices.place);
    const Definition definition = definitionFor(choices, folder);
    const NewDisk* made = std::get_if<NewDisk>(&choices.disk);
    bool namedVhd = false;
    for (const Violation& violation : violations(definition, host)) {
        const Choice choice = choiceOf(violation.rule, choices);
        if (violation.rule == Rule::RelativePath && choice == Choice::Disk && made && made->file.isEmpty()) {
            continue; // the place is what is relative
        }
        list.add(choice, violation.error, fileIn(choices, choice));
        namedVhd = namedVhd || violation.rule == Rule::VhdDisk;
    }
    if (choices.bootFromNetwork && !choices.hasNetwork) {
        list.add(Choice::Network,
            Error{ErrorKind::InvalidInput, Texts::tr("The machine is to boot from the network and has none."),
                Texts::tr("Give it a network, or choose another way to install.")});
    }
    if (made) {
        checkNewDisk(list, *made, folder, hasPlace);
    } else if (const ExistingDisk* disk = std::get_if<ExistingDisk>(&choices.disk);
        disk && disk->file.startsWith(QLatin1Char('/'))) {
        const Result<DiskFormat> usable = checkDiskImage(disk->file);
        if (!usable && !(namedVhd && usable.error().kind == ErrorKind::Unsupported)) {
            list.add(Choice::Disk, usable.error(), disk->file);
        }
    }
    if (choices.bootFromNetwork && choices.networkBoot.folder.startsWith(QLatin1Char('/'))
        && !choices.networkBoot.file.isEmpty()) {
        list.add(Choice::Media, checkNetworkBoot(choices.networkBoot), choices.networkBoot.folder);
    }
    for (const QString& medium : choices.media) {
        if (medium.isEmpty()) {
            list.add(Choice::Media,
                Error{ErrorKind::InvalidInput, Texts::tr("No ISO file was chosen."), Texts::tr("Choose one.")});
        } else if (!isNoIsoPath(medium)) {
            list.add(Choice::Media, checkMedium(medium), medium);
        }
    }
    return list.take();
}

QString plan(const NewMachine& choices, const MachineStore& store)
{
    const QString folder = store.folderFor(choices.name, choices.place);
    const Definition definition = definitionFor(choices, folder);
    QStringList lines;
    lines += Texts::tr("Machine: %1").arg(choices.name);
    lines += Texts::tr("Folder: %1").arg(folder);
    lines += Texts::tr("Definition: %1").arg(folder + QStringLiteral("/machine.json"));
    lines += definition.cpus == 1 ? Texts::tr("Memory: %1; processors: 1").arg(definition.memory.toString())
                                  : Texts::tr("Memory: %1; processors: %2")
                                        .arg(definition.memory.toString(), QString::number(definition.cpus));
    lines += Texts::tr("Firmware: UEFI; drives on paravirtual SCSI");
    if (definition.firmware.secureBoot != SecureBoot::Off) {
        lines += Texts::tr("Secure Boot: %1").arg(displayName(definition.firmware.secureBoot));
    }
    if (definition.firmware.hasTpm) {
        lines += Texts::tr("TPM: 2.0");
    }
    for (const Drive& drive : definition.drives) {
        lines += std::holds_alternative<DiskDrive>(drive.what) ? diskLine(choices, drive) : dvdLine(drive);
    }
    if (definition.drives.empty()) {
        lines += Texts::tr("Drives: none yet");
    }
    lines += networkLines(choices);
    if (definition.bootOrder.empty()) {
        lines += Texts::tr("Boot order: nothing to boot from yet");
    } else {
        lines += Texts::tr("Boot order:");
        for (std::size_t i = 0; i < definition.bootOrder.size(); ++i) {
            lines += QStringLiteral("  %1. %2")
                         .arg(QString::number(i + 1), bootLine(choices, definition, definition.bootOrder[i]));
        }
        if (const QString after = afterInstallation(choices); !after.isEmpty()) {
            lines += QStringLiteral("  ") + after;
        }
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

Result<StoredMachine> create(const NewMachine& choices, MachineStore& store)
{
    const std::vector<Problem> found = problems(choices, store, HostResources::ofThisHost());
    if (!found.empty()) {
        Error error = found.front().error;
        for (std::size_t i = 1; i < found.size(); ++i) {
            error.detail += (error.detail.isEmpty() ? QString() : QStringLiteral("\n")) + found[i].error.text();
        }
        return std::unexpected(error);
    }

    // Where the disk is not in the machine's folder, nobody else removes it when a later step fails.
    QString diskElsewhere;
    const MachineStore::Fill fill = [&](Definition& definition, const QString& temporaryFolder) -> Result<void> {
        const NewDisk* made = std::get_if<NewDisk>(&choices.disk);
        if (!made) {
            return {};
        }
        auto& file = std::get<QString>(std::get<DiskDrive>(definition.drives.front().what).source);
        if (isInside(file, store.folderFor(choices.name, choices.place))) {
            file = temporaryFolder + QLatin1Char('/') + QFileInfo(file).fileName();
            return createImage(file, made->format, made->size);
        }
        const Result<void> done = createImage(file, made->format, made->size);
        if (done) {
            diskElsewhere = file;
        }
        return done;
    };
    const Definition definition = definitionFor(choices, store.folderFor(choices.name, choices.place));
    Result<StoredMachine> machine = store.create(choices.name, definition, choices.place, fill);
    if (!machine && !diskElsewhere.isEmpty()) {
        QFile::remove(diskElsewhere);
    }
    return machine;
}

} // namespace platter
