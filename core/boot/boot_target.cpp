// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/boot_target.h"

#include "core/boot/efi_bytes.h"
#include "core/machine/hardware_address.h"

namespace platter {

namespace {

// OVMF's volume of drivers and programs, and EDK2's UiApp in it.
constexpr QUuid driverVolume(0x7cb8bdc9, 0xf8eb, 0x4f34, 0xaa, 0xea, 0x3e, 0xe4, 0xaf, 0x65, 0x16, 0xa1);
constexpr QUuid menuProgram(0x462caa21, 0x7614, 0x4503, 0x83, 0x6e, 0x8a, 0xb6, 0xf4, 0x66, 0x23, 0x31);

std::uint16_t wordAt(const PathNode& node, std::size_t offset)
{
    return littleEndian<std::uint16_t>(bytesOf(node.data), offset);
}

std::vector<PathNode> behindPort(int device, int function)
{
    return {pciRootNode(), pciNode(device, function), pciNode(0, 0)};
}

std::vector<PathNode> nodesOf(SlotId slot)
{
    std::vector<PathNode> path = behindPort(scsiPortDevice, slot.controller);
    const ScsiAddress address = scsiAddress(slot);
    path.push_back(scsiNode(address.target, address.lun));
    return path;
}

// What the nodes say, each as far as it is there.
struct Said {
    std::optional<std::pair<int, int>> port; // device and function of the first PCI node
    std::optional<SlotId> slot;
    std::optional<HardDriveNode> partition;
    QString file;
    std::optional<QUuid> firmwareFile;
    bool isNetwork = false;
    bool isIpv6 = false;
    std::optional<QString> url; // of HTTP boot; may be empty
};

Said readNodes(const QByteArray& devicePath)
{
    Said said;
    for (const PathNode& node : parseDevicePath(devicePath)) {
        if (isKind(node, path_node::pci) && node.data.size() == 2) {
            if (!said.port) {
                said.port = {uchar(node.data[1]), uchar(node.data[0])};
            }
        } else if (isKind(node, path_node::scsi)) {
            if (said.port && said.port->first == scsiPortDevice) {
                said.slot = slotAt(said.port->second, {wordAt(node, 0), wordAt(node, 2)});
            }
        } else if (isKind(node, path_node::hardDrive)) {
            said.partition = readHardDriveNode(node);
        } else if (isKind(node, path_node::filePath)) {
            // A path in several nodes is one path.
            const QString part = readFilePathNode(node);
            const bool isApart = !said.file.isEmpty() && !said.file.endsWith(QLatin1Char('\\'))
                && !part.startsWith(QLatin1Char('\\'));
            said.file += isApart ? QLatin1Char('\\') + part : part;
        } else if (isKind(node, path_node::firmwareFile) && node.data.size() == qsizetype(guidSize)) {
            said.firmwareFile = guidAt(bytesOf(node.data), 0);
        } else if (isKind(node, path_node::mac)) {
            said.isNetwork = true;
        } else if (isKind(node, path_node::ipv6)) {
            said.isIpv6 = true;
        } else if (isKind(node, path_node::uri)) {
            said.url = readUriNode(node);
        }
    }
    return said;
}

} // namespace

BootTarget bootTarget(const QByteArray& devicePath)
{
    using Way = NetworkTarget::Way;
    const Said said = readNodes(devicePath);
    if (said.firmwareFile) {
        return FirmwareTarget{*said.firmwareFile};
    }
    if (said.partition || (said.slot && !said.file.isEmpty())) {
        return FileTarget{said.slot, said.partition, said.file};
    }
    if (said.isNetwork && said.port && said.port->first == networkPortDevice) {
        const Way way = said.url ? (said.isIpv6 ? Way::Http6 : Way::Http4) : (said.isIpv6 ? Way::Pxe6 : Way::Pxe4);
        return NetworkTarget{AdapterId{said.port->second}, way, said.url.value_or(QString())};
    }
    return said.slot ? BootTarget(*said.slot) : UnknownTarget{};
}

QByteArray devicePath(SlotId slot)
{
    return devicePathBytes(nodesOf(slot));
}

QByteArray devicePath(AdapterId id, const NetworkAdapter& adapter)
{
    std::vector<PathNode> path = behindPort(networkPortDevice, id.index);
    path.push_back(macNode(adapter.mac));
    path.push_back(ipv4Node());
    if (!adapter.boot.url.isEmpty()) {
        path.push_back(uriNode(adapter.boot.url));
    }
    return devicePathBytes(path);
}

QByteArray devicePath(const FileTarget& file)
{
    std::vector<PathNode> path;
    if (file.partition) {
        path.push_back(hardDriveNode(*file.partition));
    } else if (file.slot) {
        path = nodesOf(*file.slot);
    }
    path.push_back(filePathNode(file.path));
    return devicePathBytes(path);
}

QByteArray firmwareMenuPath()
{
    return devicePathBytes({firmwareVolumeNode(driverVolume), firmwareFileNode(menuProgram)});
}

bool isFirmwareMenu(const BootTarget& target)
{
    return target == BootTarget(FirmwareTarget{menuProgram});
}

} // namespace platter
