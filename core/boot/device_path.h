// SPDX-License-Identifier: GPL-3.0-or-later
// UEFI device paths (UEFI specification, chapter 10), as far as a machine's boot entries need them: read into nodes
// and put together from them. Pure functions.
#pragma once

#include <QByteArray>
#include <QString>
#include <QUuid>

#include <cstdint>
#include <optional>
#include <vector>

namespace platter {

struct PathNode {
    std::uint8_t type = 0;
    std::uint8_t subtype = 0;
    QByteArray data = {}; // behind the node's header

    friend bool operator==(const PathNode&, const PathNode&) = default;
};

namespace path_node { // type, subtype

inline constexpr std::pair<std::uint8_t, std::uint8_t> pci{1, 1}, acpi{2, 1}, scsi{3, 2}, mac{3, 11}, ipv4{3, 12},
    ipv6{3, 13}, uri{3, 24}, hardDrive{4, 1}, filePath{4, 4}, firmwareFile{4, 6}, firmwareVolume{4, 7};

} // namespace path_node

bool isKind(const PathNode& node, std::pair<std::uint8_t, std::uint8_t> kind);

// Up to the end node, or to where the bytes stop making sense.
std::vector<PathNode> parseDevicePath(const QByteArray& bytes);
// With an end node.
QByteArray devicePathBytes(const std::vector<PathNode>& path);

PathNode pciRootNode(); // PciRoot(0x0)
PathNode pciNode(int device, int function);
PathNode scsiNode(int target, int lun);
PathNode macNode(const QString& mac); // "52:54:00:12:34:56"
PathNode ipv4Node(); // by DHCP
PathNode uriNode(const QString& uri);
PathNode filePathNode(const QString& path); // "\EFI\BOOT\BOOTX64.EFI"
PathNode firmwareVolumeNode(const QUuid& volume);
PathNode firmwareFileNode(const QUuid& file);

// A partition as a boot entry names it: by what is in its table, so that it is found on whichever disk it is.
struct HardDriveNode {
    int partition = 0; // from 1
    std::uint64_t firstSector = 0;
    std::uint64_t sectors = 0;
    QUuid guid = {}; // of a GPT partition; null: a partition of an MBR
    std::uint32_t diskSignature = 0; // of an MBR

    // The partition's id as PartitionTable has it: a GUID in capitals; empty with an MBR.
    QString partitionId() const;

    friend bool operator==(const HardDriveNode&, const HardDriveNode&) = default;
};

PathNode hardDriveNode(const HardDriveNode& drive);
std::optional<HardDriveNode> readHardDriveNode(const PathNode& node); // nothing: the node is of another kind

QString readFilePathNode(const PathNode& node);
QString readUriNode(const PathNode& node); // empty: what DHCP names

} // namespace platter
