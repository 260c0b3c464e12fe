// SPDX-License-Identifier: GPL-3.0-or-later
// A drive as QEMU gets it, on the command line and while the machine runs: the nodes of the block graph below it
// and the device on its controller. Pure functions.
#pragma once

#include "core/machine/definition.h"

#include <QJsonObject>

#include <vector>

namespace platter {

// Arguments of blockdev-add, to be added in this order; none for a DVD drive without a medium.
std::vector<QJsonObject> driveNodes(const Drive& drive, int generation);

// Arguments of device_add. BOOT_INDEX: its place in the boot order, nothing where it has none.
QJsonObject driveDevice(const Drive& drive, int generation, std::optional<int> bootIndex = std::nullopt);

// The serial number that the guest sees on a disk, which tells the slot whatever the guest calls the disk.
QString driveSerial(SlotId slot);

// The slot of a SCSI address that the guest or its firmware names; nothing where no drive can have it.
std::optional<SlotId> slotAt(int controller, int target, int lun);

// The place on pcie.0 of the root ports that the controllers are behind; a port's function is the controller's
// number.
inline constexpr int scsiPortDevice = 2;

// Arguments of device_add for a controller.
QJsonObject controllerDevice(int controller);

} // namespace platter
