// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/rules.h"

#include <QCoreApplication>
#include <QDir>
#include <QHash>
#include <QSet>
#include <QUrl>

#include <algorithm>
#include <net/if.h>
#include <unistd.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::Rules)
};

constexpr ByteCount leastMemory = ByteCount::mebibytes(128);
constexpr qsizetype mostAdapters = 8;
constexpr qsizetype mostNameCharacters = 100;
// A folder's name may have 255 bytes; the machine's disk is named after it, with a suffix.
constexpr qsizetype mostNameBytes = 240;
// Of the field "file" in a DHCP answer (RFC 2131), without its null.
constexpr qsizetype mostBootFileBytes = 127;
const QString stableDeviceNames = QStringLiteral("/dev/disk/by-id/");

class Violations {
public:
    void add(Rule rule, const QString& summary, const QString& advice)
    {
        m_list.push_back({rule, Error{ErrorKind::InvalidInput, summary, advice}});
    }

    std::vector<Violation> take() { return std::move(m_list); }

private:
    std::vector<Violation> m_list;
};

void checkMemoryAndCpus(Violations& list, const Definition& definition, const HostResources& host)
{
    const ByteCount memory = definition.memory;
    if (memory < leastMemory) {
        list.add(Rule::MemoryTooSmall,
            Texts::tr("%1 of memory is too little: the firmware needs at least %2.")
                .arg(memory.toString(), leastMemory.toString()),
            Texts::tr("Give the machine more memory."));
    }
    if (memory.bytes() % ByteCount::mebibytes(1).bytes() != 0) {
        list.add(Rule::MemoryNotWholeMebibytes,
            Texts::tr("The memory of %1 bytes is not a whole number of MiB.").arg(memory.bytes()),
            Texts::tr("Round it to %1.")
                .arg(ByteCount::mebibytes(std::max<std::uint64_t>(memory.wholeMebibytes(), 128)).toString()));
    }
    if (memory > host.memory) {
        list.add(Rule::MemoryBeyondHost,
            Texts::tr("%1 of memory is more than this computer has (%2).")
                .arg(memory.toString(), host.memory.toString()),
            Texts::tr("Give the machine less memory."));
    }
    if (definition.cpus < 1) {
        list.add(Rule::NoCpu, Texts::tr("The machine has no processor."),
            Texts::tr("Give the machine at least one processor."));
    }
    if (definition.cpus > host.cpus) {
        list.add(Rule::CpusBeyondHost,
            Texts::tr("%1 processors are more than this computer has (%2).").arg(definition.cpus).arg(host.cpus),
            Texts::tr("Give the machine at most %1.").arg(host.cpus));
    }
}

void checkFile(Violations& list, const QString& file)
{
    if (!file.isEmpty() && !file.startsWith(QLatin1Char('/'))) {
        list.add(Rule::RelativePath, Texts::tr("“%1” is not the full path of a file.").arg(file),
            Texts::tr("Write the path from / on."));
    }
}

void checkImageFile(Violations& list, const QString& file, SlotId slot)
{
    if (file.isEmpty()) {
        list.add(Rule::DiskFileMissingName, Texts::tr("The disk in slot %1 has no file.").arg(slot.toString()),
            Texts::tr("Choose its disk image."));
    }
    if (file.endsWith(QLatin1String(".vhd"), Qt::CaseInsensitive)) {
        const QString converted = file.chopped(4) + QStringLiteral(".vhdx");
        list.add(Rule::VhdDisk,
            Texts::tr("%1 is a VHD, the predecessor of VHDX, which a machine of this kind cannot boot from.")
                .arg(file),
            Texts::tr("Convert it first, for example with: qemu-img convert -f vpc -O vhdx \"%1\" \"%2\"")
                .arg(file, converted));
    }
    checkFile(list, file);
}

void checkLocation(Violations& list, const DiskDrive& disk)
{
    if (disk.format == DiskFormat::Vhdx) {
        list.add(Rule::NetworkFormat, Texts::tr("%1 cannot be used as a VHDX.").arg(disk.where()),
            Texts::tr("A disk on the network is raw or qcow2."));
    }
    if (isOnlyRead(std::get<NetworkLocation>(disk.source)) && !disk.isReadOnly) {
        list.add(Rule::NetworkReadOnly,
            Texts::tr("The disk at %1 can be read there and not written.").arg(disk.where()),
            Texts::tr("Attach it read-only."));
    }
}

void checkDevice(Violations& list, const DiskDrive& disk)
{
    const QString path = std::get<HostDevice>(disk.source).path;
    if (QDir::cleanPath(path) != path || !path.startsWith(stableDeviceNames)
        || path.size() == stableDeviceNames.size()) {
        list.add(Rule::DeviceName,
            Texts::tr("%1 is no stable name of a disk: another one may have it after the next start of this "
                      "computer.")
                .arg(path),
            Texts::tr("Use its name in %1.").arg(stableDeviceNames));
    }
    if (disk.format != DiskFormat::Raw) {
        list.add(Rule::DeviceFormat,
            Texts::tr("%1 is a disk of this computer, and cannot be used as a %2.")
                .arg(path, displayName(disk.format)),
            Texts::tr("Its format is raw."));
    }
}

void checkDisk(Violations& list, const DiskDrive& disk, SlotId slot)
{
    if (const QString* file = std::get_if<QString>(&disk.source)) {
        checkImageFile(list, *file, slot);
    } else if (std::holds_alternative<HostDevice>(disk.source)) {
        checkDevice(list, disk);
    } else {
        checkLocation(list, disk);
    }
}

void checkDvd(Violations& list, const DvdDrive& dvd)
{
    if (isDevicePath(dvd.medium)) {
        list.add(Rule::PhysicalDvd,
            Texts::tr("%1 is a device; a DVD drive of this machine takes ISO files only.").arg(dvd.medium),
            Texts::tr("Copy the disc into an ISO file and choose that."));
    }
    checkFile(list, dvd.medium);
}

void checkDrives(Violations& list, const Definition& definition)
{
    if (definition.controllers < 1 || definition.controllers > maxControllers) {
        list.add(Rule::ControllerCount,
            Texts::tr("The machine cannot have %1 SCSI controllers.").arg(definition.controllers),
            Texts::tr("Give it 1 to %1.").arg(maxControllers));
    }
    QSet<QString> slotsSeen;
    QHash<QString, bool> filesSeen; // file -> a disk uses it
    for (const Drive& drive : definition.drives) {
        const QString slot = drive.slot.toString();
        if (!drive.slot.isValid()) {
            list.add(Rule::SlotOutOfRange, Texts::tr("There is no slot %1.").arg(slot),
                Texts::tr("Choose a controller from 0 to %1 and a target from 0 to %2.")
                    .arg(maxControllers - 1)
                    .arg(slotsPerController - 1));
        } else if (drive.slot.controller >= definition.controllers) {
            list.add(Rule::SlotOnMissingController,
                Texts::tr("The drive in slot %1 is on a SCSI controller that the machine does not have.").arg(slot),
                Texts::tr("Add the controller or choose another slot."));
        }
        if (slotsSeen.contains(slot)) {
            list.add(Rule::SlotTakenTwice, Texts::tr("Two drives are in slot %1.").arg(slot),
                Texts::tr("Choose another slot for one of them."));
        }
        slotsSeen.insert(slot);

        const DiskDrive* disk = std::get_if<DiskDrive>(&drive.what);
        const QString where = drive.where();
        if (disk) {
            checkDisk(list, *disk, drive.slot);
        } else {
            checkDvd(list, std::get<DvdDrive>(drive.what));
        }
        if (where.isEmpty()) {
            continue;
        }
        // One ISO may be in several drives: it is only read.
        const QString key = isLocation(where) ? where : QDir::cleanPath(where);
        if (const auto seen = filesSeen.constFind(key); seen != filesSeen.constEnd() && (*seen || disk)) {
            list.add(Rule::SameImageTwice, Texts::tr("%1 is in two drives of the machine.").arg(where),
                Texts::tr("Choose another file for one of them."));
        }
        filesSeen[key] = filesSeen.value(key) || disk;
    }
}

bool isHexOctet(const QString& text)
{
    return text.size() == 2 && std::ranges::all_of(text, [](QChar c) {
        return QLatin1StringView("0123456789abcdef").contains(c, Qt::CaseInsensitive);
    });
}

bool isUnicastMac(const QString& mac)
{
    const QStringList octets = mac.split(QLatin1Char(':'));
    return octets.size() == 6 && std::ranges::all_of(octets, isHexOctet)
        && octets.first().toInt(nullptr, 16) % 2 == 0 && mac != QLatin1String("00:00:00:00:00:00");
}

bool isInside(const QString& file)
{
    return !file.startsWith(QLatin1Char('/')) && !file.split(QLatin1Char('/')).contains(QStringLiteral(".."));
}

// OVMF fetches over http alone: it trusts no certificate.
bool isFetchable(const QString& address)
{
    const QUrl url(address, QUrl::StrictMode);
    return url.isValid() && url.scheme() == QLatin1String("http") && !url.host().isEmpty()
        && std::ranges::all_of(address, [](QChar c) { return c > QLatin1Char(' ') && c < QChar(0x7f); });
}

void checkNetworkBoot(Violations& list, const NetworkAdapter& adapter)
{
    const auto& [folder, file, url] = adapter.boot;
    if (adapter.boot == NetworkBoot{}) {
        return;
    }
    if (!adapter.bridge.isEmpty()) {
        list.add(Rule::NetworkBootOnBridge,
            Texts::tr("A network adapter on the bridge %1 cannot have something of its own to boot from.")
                .arg(adapter.bridge),
            Texts::tr("Let the servers on that network offer it, or use user-mode NAT."));
    }
    if (!folder.isEmpty() && !url.isEmpty()) {
        list.add(Rule::NetworkBootTwice, Texts::tr("A network adapter boots from a folder or from an address."),
            Texts::tr("Leave out either %1 or %2.").arg(folder, url));
    }
    checkFile(list, folder);
    if (folder.isEmpty() != file.isEmpty()) {
        list.add(Rule::NetworkBootFile,
            folder.isEmpty() ? Texts::tr("The boot loader %1 is in no folder.").arg(file)
                             : Texts::tr("No boot loader in the folder %1 is chosen.").arg(folder),
            Texts::tr("Choose both the folder and the boot loader in it."));
    } else if (!isInside(file)) {
        list.add(Rule::NetworkBootFile, Texts::tr("The boot loader %1 is not in the folder %2.").arg(file, folder),
            Texts::tr("Write its path from the folder on, or choose a folder that it is in."));
    }
    if (file.toUtf8().size() > mostBootFileBytes) {
        list.add(Rule::NetworkBootFileTooLong,
            Texts::tr("The path of the boot loader, %1, is too long to be told over the network.").arg(file),
            Texts::tr("Choose a folder that is nearer to it."));
    }
    if (!url.isEmpty() && !isFetchable(url)) {
        list.add(Rule::NetworkBootUrl, Texts::tr("The firmware cannot fetch “%1”.").arg(url),
            Texts::tr(
                "Write an address as in http://server/boot.iso; this computer is 10.0.2.2 there. The firmware "
                "trusts no certificate, so https is not possible."));
    }
}

void checkBridge(Violations& list, const NetworkAdapter& adapter)
{
    const QString& bridge = adapter.bridge;
    // As the kernel has it for the names of network interfaces (dev_valid_name).
    const bool isName = bridge.toUtf8().size() < IFNAMSIZ && bridge != QLatin1String(".")
        && bridge != QLatin1String("..")
        && std::ranges::none_of(
            bridge,
            [](QChar c) { return c == u'/' || c == u':' || c.isSpace() || c.category() == QChar::Other_Control; });
    if (!isName) {
        list.add(Rule::BridgeName, Texts::tr("“%1” cannot be the name of a network bridge.").arg(bridge),
            Texts::tr("Write the name of a bridge of this computer, for example br0."));
    }
    if (!bridge.isEmpty() && !adapter.forwards.empty()) {
        list.add(Rule::ForwardOnBridge, Texts::tr("No port is forwarded to an adapter that is on a bridge."),
            Texts::tr("Remove the forwards: on the bridge “%1” the machine is reached by its own address.")
                .arg(bridge));
    }
}

void checkAdapters(Violations& list, const Definition& definition)
{
    if (std::ssize(definition.adapters) > mostAdapters) {
        list.add(Rule::TooManyAdapters,
            Texts::tr("The machine has %1 network adapters.").arg(definition.adapters.size()),
            Texts::tr("Give it at most %1.").arg(mostAdapters));
    }
    QSet<QString> macsSeen;
    QSet<QString> portsSeen;
    for (const NetworkAdapter& adapter : definition.adapters) {
        if (!isUnicastMac(adapter.mac)) {
            list.add(Rule::BadMac, Texts::tr("“%1” is not the address of a network adapter.").arg(adapter.mac),
                Texts::tr("Write it as in 52:54:00:12:34:56, with an even first number."));
        }
        const QString mac = adapter.mac.toLower();
        if (macsSeen.contains(mac)) {
            list.add(Rule::MacTwice, Texts::tr("Two network adapters have the address %1.").arg(adapter.mac),
                Texts::tr("Change one of them."));
        }
        macsSeen.insert(mac);
        checkBridge(list, adapter);
        checkNetworkBoot(list, adapter);
        for (const PortForward& forward : adapter.forwards) {
            if (forward.hostPort == 0 || forward.guestPort == 0) {
                list.add(Rule::PortZero, Texts::tr("Port 0 cannot be forwarded."),
                    Texts::tr("Choose a port of this computer from 1024 to 65535 and one of the machine from 1 to "
                              "65535."));
            }
            if (forward.hostPort == 0) {
                continue;
            }
            if (forward.hostPort < 1024) {
                list.add(Rule::PrivilegedHostPort,
                    Texts::tr("Port %1 of this computer is reserved for the system.").arg(forward.hostPort),
                    Texts::tr("Choose a port from 1024 on, for example %1.").arg(forward.hostPort + 8000));
            }
            const QString port =
                QString::number(forward.hostPort) + (forward.protocol == Protocol::Tcp ? u't' : u'u');
            if (portsSeen.contains(port)) {
                list.add(Rule::HostPortTwice,
                    Texts::tr("Port %1 of this computer is forwarded twice.").arg(forward.hostPort),
                    Texts::tr("Choose another port of this computer for one of the two."));
            }
            portsSeen.insert(port);
        }
    }
}

void checkBootOrder(Violations& list, const Definition& definition)
{
    for (auto device = definition.bootOrder.begin(); device != definition.bootOrder.end(); ++device) {
        QString name;
        bool present = false;
        if (const SlotId* slot = std::get_if<SlotId>(&*device)) {
            name = Texts::tr("slot %1").arg(slot->toString());
            present = definition.driveAt(*slot) != nullptr;
        } else {
            const int index = std::get<AdapterId>(*device).index;
            name = Texts::tr("network adapter %1").arg(index);
            present = index >= 0 && index < std::ssize(definition.adapters);
        }
        if (!present) {
            list.add(Rule::BootDeviceMissing,
                Texts::tr("The boot order names %1, and there is nothing there.").arg(name),
                Texts::tr("Remove it from the boot order."));
        }
        if (std::find(definition.bootOrder.begin(), device, *device) != device) {
            list.add(Rule::BootDeviceTwice, Texts::tr("The boot order names %1 twice.").arg(name),
                Texts::tr("Remove one of the two."));
        }
    }
}

bool isUnprintable(char32_t character)
{
    // The explicit direction marks would let a name look like another one.
    const bool turnsDirection =
        (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
    const QChar::Category category = QChar::category(character);
    return turnsDirection || category == QChar::Other_Control || category == QChar::Separator_Line
        || category == QChar::Separator_Paragraph || category == QChar::Other_Surrogate
        || character == QChar::ReplacementCharacter;
}

} // namespace

HostResources HostResources::ofThisHost()
{
    const long pages = ::sysconf(_SC_PHYS_PAGES);
    const long pageSize = ::sysconf(_SC_PAGESIZE);
    const long processors = ::sysconf(_SC_NPROCESSORS_ONLN);
    HostResources host;
    if (pages > 0 && pageSize > 0) {
        host.memory = ByteCount(static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(pageSize));
    }
    host.cpus = static_cast<int>(std::max(processors, 1L));
    return host;
}

bool isDevicePath(const QString& file)
{
    const QString path = QDir::cleanPath(file);
    return path.startsWith(QLatin1String("/dev/")) && !path.startsWith(QLatin1String("/dev/shm/"));
}

std::vector<Violation> violations(const Definition& definition, const HostResources& host)
{
    Violations list;
    checkMemoryAndCpus(list, definition, host);
    checkDrives(list, definition);
    checkAdapters(list, definition);
    checkBootOrder(list, definition);
    return list.take();
}

std::vector<Violation> nameViolations(const QString& name)
{
    Violations list;
    if (name.isEmpty()) {
        list.add(Rule::NameEmpty, Texts::tr("The machine has no name."), Texts::tr("Type a name."));
        return list.take();
    }
    const QList<uint> characters = name.toUcs4();
    if (characters.size() > mostNameCharacters || name.toUtf8().size() > mostNameBytes) {
        list.add(Rule::NameTooLong, Texts::tr("The name is too long."),
            Texts::tr("Choose a name of at most %1 characters (%2 bytes).")
                .arg(mostNameCharacters)
                .arg(mostNameBytes));
    }
    if (name.contains(QLatin1Char('/')) || std::ranges::any_of(characters, isUnprintable)) {
        list.add(Rule::NameCharacters, Texts::tr("The name has a character that a folder's name cannot have."),
            Texts::tr("Leave out slashes, line breaks and other characters that cannot be seen."));
    }
    if (name.startsWith(QLatin1Char('.'))) {
        list.add(Rule::NameLeadingDot,
            Texts::tr("The name begins with a dot, which would hide the machine's folder."),
            Texts::tr("Begin it with another character."));
    }
    if (name != name.trimmed()) {
        list.add(
            Rule::NameSpaceAround, Texts::tr("The name begins or ends with a space."), Texts::tr("Remove it."));
    }
    return list.take();
}

} // namespace platter
