// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/device_path.h"

#include "core/boot/efi_bytes.h"

namespace platter {

namespace {

constexpr std::size_t headerSize = 4;
constexpr std::uint8_t endOfPath = 0x7f;
constexpr std::uint8_t entirePath = 0xff;

constexpr std::uint32_t pciRootHid = 0x0a0341d0; // EISA id PNP0A03

// A hard drive node's data, UEFI specification 10.3.5.1.
namespace hard_drive {

constexpr std::size_t partition = 0;
constexpr std::size_t firstSector = 4;
constexpr std::size_t sectors = 12;
constexpr std::size_t signature = 20;
constexpr std::size_t format = 36;
constexpr std::size_t signatureType = 37;
constexpr std::size_t size = 38;
constexpr std::uint8_t formatMbr = 1;
constexpr std::uint8_t formatGpt = 2;
constexpr std::uint8_t signatureMbr = 1;
constexpr std::uint8_t signatureGuid = 2;

} // namespace hard_drive

constexpr std::size_t macSize = 32;
constexpr std::uint8_t macOfEthernet = 1;
constexpr qsizetype ipv4Size = 23;

PathNode nodeOf(std::pair<std::uint8_t, std::uint8_t> kind, QByteArray data)
{
    return {kind.first, kind.second, std::move(data)};
}

QByteArray guidBytes(const QUuid& guid)
{
    QByteArray bytes(guidSize, '\0');
    putGuid(bytesOf(bytes), 0, guid);
    return bytes;
}

} // namespace

bool isKind(const PathNode& node, std::pair<std::uint8_t, std::uint8_t> kind)
{
    return node.type == kind.first && node.subtype == kind.second;
}

std::vector<PathNode> parseDevicePath(const QByteArray& path)
{
    const std::span<const std::byte> bytes = bytesOf(path);
    std::vector<PathNode> nodes;
    std::size_t at = 0;
    while (at + headerSize <= bytes.size()) {
        const auto type = littleEndian<std::uint8_t>(bytes, at);
        const std::size_t length = littleEndian<std::uint16_t>(bytes, at + 2);
        if (type == endOfPath || length < headerSize || length > bytes.size() - at) {
            break;
        }
        nodes.push_back({type, littleEndian<std::uint8_t>(bytes, at + 1),
            path.sliced(qsizetype(at + headerSize), qsizetype(length - headerSize))});
        at += length;
    }
    return nodes;
}

QByteArray devicePathBytes(const std::vector<PathNode>& path)
{
    QByteArray bytes;
    const auto append = [&bytes](std::uint8_t type, std::uint8_t subtype, const QByteArray& data) {
        QByteArray header(headerSize, '\0');
        header[0] = char(type);
        header[1] = char(subtype);
        putLittleEndian(bytesOf(header), 2, std::uint16_t(headerSize + std::size_t(data.size())));
        bytes += header + data;
    };
    for (const PathNode& node : path) {
        append(node.type, node.subtype, node.data);
    }
    append(endOfPath, entirePath, {});
    return bytes;
}

PathNode pciRootNode()
{
    QByteArray data(8, '\0'); // and the root's number, 0
    putLittleEndian(bytesOf(data), 0, pciRootHid);
    return nodeOf(path_node::acpi, data);
}

PathNode pciNode(int device, int function)
{
    return nodeOf(path_node::pci, QByteArray(1, char(function)) + char(device));
}

PathNode scsiNode(int target, int lun)
{
    QByteArray data(4, '\0');
    putLittleEndian(bytesOf(data), 0, std::uint16_t(target));
    putLittleEndian(bytesOf(data), 2, std::uint16_t(lun));
    return nodeOf(path_node::scsi, data);
}

PathNode macNode(const QString& mac)
{
    return nodeOf(path_node::mac,
        QByteArray::fromHex(mac.toLatin1()).leftJustified(qsizetype(macSize), '\0') + char(macOfEthernet));
}

PathNode ipv4Node()
{
    return nodeOf(path_node::ipv4, QByteArray(ipv4Size, '\0'));
}

PathNode uriNode(const QString& uri)
{
    return nodeOf(path_node::uri, uri.toLatin1());
}

PathNode filePathNode(const QString& path)
{
    return nodeOf(path_node::filePath, efiText(path));
}

PathNode firmwareVolumeNode(const QUuid& volume)
{
    return nodeOf(path_node::firmwareVolume, guidBytes(volume));
}

PathNode firmwareFileNode(const QUuid& file)
{
    return nodeOf(path_node::firmwareFile, guidBytes(file));
}

QString HardDriveNode::partitionId() const
{
    return guid.isNull() ? QString() : guid.toString(QUuid::WithoutBraces).toUpper();
}

PathNode hardDriveNode(const HardDriveNode& drive)
{
    const bool isGpt = !drive.guid.isNull();
    QByteArray data(hard_drive::size, '\0');
    const std::span<std::byte> bytes = bytesOf(data);
    putLittleEndian(bytes, hard_drive::partition, std::uint32_t(drive.partition));
    putLittleEndian(bytes, hard_drive::firstSector, drive.firstSector);
    putLittleEndian(bytes, hard_drive::sectors, drive.sectors);
    if (isGpt) {
        putGuid(bytes, hard_drive::signature, drive.guid);
    } else {
        putLittleEndian(bytes, hard_drive::signature, drive.diskSignature);
    }
    data[hard_drive::format] = char(isGpt ? hard_drive::formatGpt : hard_drive::formatMbr);
    data[hard_drive::signatureType] = char(isGpt ? hard_drive::signatureGuid : hard_drive::signatureMbr);
    return nodeOf(path_node::hardDrive, data);
}

std::optional<HardDriveNode> readHardDriveNode(const PathNode& node)
{
    if (!isKind(node, path_node::hardDrive) || node.data.size() < qsizetype(hard_drive::size)) {
        return std::nullopt;
    }
    const std::span<const std::byte> bytes = bytesOf(node.data);
    HardDriveNode drive{.partition = int(littleEndian<std::uint32_t>(bytes, hard_drive::partition)),
        .firstSector = littleEndian<std::uint64_t>(bytes, hard_drive::firstSector),
        .sectors = littleEndian<std::uint64_t>(bytes, hard_drive::sectors)};
    if (littleEndian<std::uint8_t>(bytes, hard_drive::signatureType) == hard_drive::signatureGuid) {
        drive.guid = guidAt(bytes, hard_drive::signature);
    } else {
        drive.diskSignature = littleEndian<std::uint32_t>(bytes, hard_drive::signature);
    }
    return drive;
}

QString readFilePathNode(const PathNode& node)
{
    return efiTextAt(bytesOf(node.data), 0);
}

QString readUriNode(const PathNode& node)
{
    return QString::fromLatin1(node.data);
}

} // namespace platter
