// SPDX-License-Identifier: GPL-3.0-or-later
// Names in QEMU's block graph, and the nodes as arguments for -blockdev and blockdev-add. Every disk hangs under a
// raw node that never goes away, so that what is below can be exchanged while the machine runs:
//   scsi-hd "drive-0-3" -> raw "drive-0-3" -> format node "drive-0-3-fmt-G" -> file node "drive-0-3-file-G"
// The file node has the driver of what holds the disk: a file, a device of the host, a server (network_node.h).
// A DVD drive has no such node; its medium is a raw node "drive-0-3-fmt-G" on a file node, or there is none:
//   scsi-cd "drive-0-3" -> raw "drive-0-3-fmt-G" -> file node "drive-0-3-file-G"
// G, the generation, is 0 on the command line and counts exchanges. While its image is exchanged, a disk's raw node
// stands on a file node "drive-0-3-hold". Node names have at most 31 characters. Pure
// functions.
#pragma once

#include "core/machine/definition.h"

#include <QJsonObject>
#include <QString>

#include <optional>

namespace platter {

QString controllerName(int controller); // "scsi0", the virtio-scsi device; its bus is "scsi0.0"
QString adapterName(AdapterId adapter); // "net0", the virtio-net device and its -netdev
QString driveName(SlotId slot); // "drive-0-3": the scsi device, and of a disk the raw node below it
QString formatNodeName(SlotId slot, int generation);
QString fileNodeName(SlotId slot, int generation);
QString holdNodeName(SlotId slot); // what a disk stands on while its image is exchanged

// The slot of "drive-0-3", "drive-0-3-fmt-7" and "drive-0-3-file-7"; nothing for any other name.
std::optional<SlotId> slotOfName(const QString& name);
// The 7 of "drive-0-3-fmt-7"; nothing where there is none.
std::optional<int> generationOfName(const QString& name);

// Arguments of blockdev-add, to be added in this order: file node, format node, and of a disk the raw node.
QJsonObject fileNode(SlotId slot, int generation, const DiskDrive& disk);
QJsonObject formatNode(SlotId slot, int generation, const DiskDrive& disk);
QJsonObject rawNode(SlotId slot, int generation, const DiskDrive& disk);
// The raw node again, on CHILD: for blockdev-reopen.
QJsonObject rawNodeOn(SlotId slot, const QString& child, const DiskDrive& disk);
// FILE has the disk's size and no content.
QJsonObject holdNode(SlotId slot, const QString& file);
// A medium; read-only.
QJsonObject mediumFileNode(SlotId slot, int generation, const QString& iso);
QJsonObject mediumNode(SlotId slot, int generation);

} // namespace platter
