// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a guest learns of its disks' sizes. A virtio-scsi controller tells it through the event queue, and drops
// what finds no free buffer there; a guest that learns afterwards that it missed something looks for new disks
// only, not for new sizes (Linux, drivers/scsi/virtio_scsi.c: VIRTIO_SCSI_T_EVENTS_MISSED). So a size is changed
// once the guest has a buffer free. Thread with an event loop.
#pragma once

#include "core/live/graph_turn.h"

namespace platter {

enum class GuestNotice {
    Sent, // or nobody there to listen: a driver that starts later reads the size by itself
    Lost, // the guest was too busy, or is paused and has too much to read already
};

// Ends when the guest has room for a notice about its disk in SLOT, at the latest after some seconds, and at once
// where its machine does not run. The turn's owner changes the size then. Sent also where this QEMU cannot be
// asked.
QCoro::Task<GuestNotice> waitForNoticeRoom(std::shared_ptr<GraphTurn> turn, SlotId slot, bool runs);

} // namespace platter
