// SPDX-License-Identifier: GPL-3.0-or-later
// Drives that come and go while their machine runs. To the guest a drive that goes is one that somebody has pulled
// out: what it had not written is lost (drive_release.h prevents that). Programs take turns. Thread with an event
// loop.
#pragma once

#include "core/live/machine_monitor.h"
#include "core/machine/definition.h"

#include <map>

namespace platter {

// InUse: the running machine has a drive in this slot already. Qemu: it cannot open the image; nothing is changed.
QCoro::Task<Result<void>> plugIn(QPointer<MachineMonitor> monitor, RuntimeFolder runtime, Drive drive);

// Ends when the guest's device and the image's nodes are gone, so that the image is free. A slot that is empty
// already is fine. TimedOut: QEMU does not let go of it.
QCoro::Task<Result<void>> pullOut(QPointer<MachineMonitor> monitor, RuntimeFolder runtime, SlotId slot);

// Closes the images that a program which died half-way has left open in slots without a drive.
QCoro::Task<Result<void>> closeLeftImages(QPointer<MachineMonitor> monitor, RuntimeFolder runtime);

struct RunningDrives {
    std::vector<Drive> list; // sorted by slot
    std::map<SlotId, ByteCount> sizes; // of the disks, to the guest
};

// What is in the slots of the running machine, whatever the definition says. InUse: a disk's image is being changed
// right now.
QCoro::Task<Result<RunningDrives>> drivesOf(QPointer<MachineMonitor> monitor);

} // namespace platter
