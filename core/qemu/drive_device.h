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

// Arguments of device_add.
QJsonObject driveDevice(const Drive& drive, int generation);

// The serial number that the guest sees on a disk, which tells the slot whatever the guest calls the disk.
QString driveSerial(SlotId slot);

// Arguments of device_add for a controller.
QJsonObject controllerDevice(int controller);

} // namespace platter
