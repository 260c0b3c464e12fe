// SPDX-License-Identifier: GPL-3.0-or-later
// Lets the last partition of a running guest's disk and its file system take what the disk has become larger by,
// through the guest agent, by the very commands that a person would type. Thread with an event loop.
#pragma once

#include "core/live/guest_volume.h"
#include "core/qemu/runtime_folder.h"

#include <QCoroTask>

namespace platter {

// What the guest says of the disk in SLOT. Errors: TimedOut (no agent), NotFound (it does not see the disk),
// Unsupported (its agent may not run programs, or it is neither Linux nor Windows).
QCoro::Task<Result<GuestVolume>> lookInGuest(RuntimeFolder runtime, SlotId slot);

struct GuestGrowth {
    GuestVolume before;
    GuestVolume after;
    QStringList commands; // as they were run

    // "/dev/sda2 (ext4, mounted on /) has grown from 37 GiB to 79 GiB in the guest."
    QString sentence() const;
};

// The guest is given a moment to notice that the disk has SIZE now. Errors as above, and Unsupported as
// growthCommands() says; Qemu: a command failed, its own words are in the detail; what was done before stays.
QCoro::Task<Result<GuestGrowth>> growInGuest(RuntimeFolder runtime, SlotId slot, ByteCount size);

} // namespace platter
