// SPDX-License-Identifier: GPL-3.0-or-later
// Edits of a disk through the running machine that uses it: a VHDX is exchanged under the guest, a qcow2 or raw
// disk is resized by QEMU. Everything else is for a machine that is off. Thread with an event loop.
#pragma once

#include "core/disk/operations/compact_disk.h"
#include "core/disk/operations/resize_disk.h"
#include "core/live/disk_job.h"
#include "core/live/machine_session.h"

namespace platter {

// A disk of a running machine.
struct RunningDisk {
    QPointer<MachineSession> session;
    SlotId slot;
};

// Whether the last partition of the disk and its file system are to grow in the guest too; where they cannot, the
// plan says so, and the outcome has it as its shortfall.
enum class InGuest { Leave, Grow };

std::unique_ptr<DiskJob> expandRunning(RunningDisk disk, ResizeRequest request, InGuest inGuest);
// VHDX only.
std::unique_ptr<DiskJob> shrinkRunning(RunningDisk disk, ResizeRequest request);
std::unique_ptr<DiskJob> compactRunning(RunningDisk disk, CompactRequest request);

// The slot in which a machine has FILE as a disk, whatever the path it knows it by.
std::optional<SlotId> slotOfDisk(const Definition& definition, const QString& file);

} // namespace platter
