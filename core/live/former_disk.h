// SPDX-License-Identifier: GPL-3.0-or-later
// The disk that another one has taken the place of, as after a conversion: kept until the guest's system has run
// from the new one, and then until somebody says that it may go. Whether the system has run shows in what QEMU
// counts: firmware and boot loader read, and write next to nothing; a system that runs reads far more and keeps
// writing. One that runs from a DVD reads that, and proves nothing. Nothing is deleted by itself.
#pragma once

#include "core/live/machine_monitor.h"
#include "core/live/machine_removal.h"

#include <QCoroTask>
#include <QPointer>

namespace platter {

// What went between a disk and its guest since QEMU was started.
struct DiskTraffic {
    ByteCount read;
    ByteCount written;
    ByteCount fromMedia; // read from all DVD drives
};

bool showsRunningSystem(const DiskTraffic& traffic);

QCoro::Task<Result<DiskTraffic>> trafficOf(QPointer<MachineMonitor> monitor, Definition definition, SlotId slot);

// Deletes FILE, which no machine of STORE has as a disk any more. InUse: a machine has it, or a program has it
// open; WrongState: other images stand on it; Unsupported: there is no trash for this place. Blocking; any thread.
Result<void> removeFormerFile(const MachineStore& store, const QString& file, Removal removal);

Error noFormerDisk(const QString& machine, SlotId slot);
Error notReplacedYet(const QString& machine, const FormerDisk& former);

} // namespace platter
