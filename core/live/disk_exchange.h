// SPDX-License-Identifier: GPL-3.0-or-later
// Changing the image of a disk that a running machine uses: QEMU lets go of it, and takes it up again when it is
// changed. The disk's node that the guest's device stands on stays; below it, the image makes room for a "hold"
// node while the guest is stopped:
//   raw "drive-0-3" -> format node of generation G -> file node        before
//   raw "drive-0-3" -> file node "hold" on memory, nothing in it       meanwhile
//   raw "drive-0-3" -> format node of generation G+1 -> file node      afterwards
// At every moment it can be told from the graph, from the journal and from the image, each whole by itself, how to
// go on; whoever comes next does. Thread with an event loop.
#pragma once

#include "core/disk/disk_operation.h"
#include "core/live/graph_turn.h"
#include "core/live/guest_notice.h"

#include <functional>

namespace platter {

// What is done to the image. Blocking; called in a worker thread while no QEMU has the image. It leaves the image
// whole, changed or not, however it ends.
using ImageEdit = std::function<Result<OperationOutcome>()>;

struct ExchangeOutcome {
    OperationOutcome edit;
    ByteCount size; // of the disk
    GuestNotice notice = GuestNotice::Sent; // of the size
    // How long the guest stood still, measured from before QEMU was asked to stop it until it had answered that it
    // goes on; nothing where it stood still anyway.
    std::optional<std::chrono::microseconds> pause = {};
};

// Errors: WrongState (the machine is neither running nor paused, a block job uses the disk, the disk is not there),
// the edit's (the unchanged image is in place again and the machine goes on), Interrupted (QEMU went away). Where
// the image cannot be put back, the machine stays stopped, and the error says so.
QCoro::Task<Result<ExchangeOutcome>> exchangeDisk(
    QPointer<MachineMonitor> monitor, RuntimeFolder runtime, SlotId slot, DiskDrive disk, ImageEdit edit);

// Finishes what a program that died, or a QEMU that did not answer, left behind; does nothing where there is
// nothing. Waits for those that are at work; TimedOut after DEADLINE.
QCoro::Task<Result<void>> finishExchange(
    QPointer<MachineMonitor> monitor, RuntimeFolder runtime, std::chrono::milliseconds deadline);
// For whoever has the turn already.
QCoro::Task<Result<void>> finishExchange(std::shared_ptr<GraphTurn> turn, RuntimeFolder runtime);

// The size of a disk in use whose format QEMU can resize itself: qcow2, raw.
QCoro::Task<Result<GuestNotice>> resizeInQemu(
    QPointer<MachineMonitor> monitor, RuntimeFolder runtime, SlotId slot, ByteCount size);

} // namespace platter
