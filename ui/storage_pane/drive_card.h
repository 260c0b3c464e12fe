// SPDX-License-Identifier: GPL-3.0-or-later
// What the picture says of a drive: its card, as text and segments, painted by the delegate and spoken by a screen
// reader. Pure functions over values.
#pragma once

#include "core/live/drive_traffic.h"
#include "core/live/guest_space.h"
#include "core/live/image_watch.h"
#include "core/machine/definition.h"
#include "ui/disk_picture/disk_segments.h"

namespace platter {

struct DriveCard {
    bool isDisk = false;
    QString slot = {}; // "0:3"
    QString icon = {};
    QString title = {}; // "system.vhdx", "No medium"
    QString facts = {}; // "VHDX · 40 GiB · 11.2 GiB on host"
    std::vector<DiskSegment> segments = {}; // of a disk that could be read
    QString note = {}; // what is on a medium; what is wrong
    bool isFaulty = false; // missing or unreadable, as note says
    QString bootMark = {}; // "Boots"; empty: no machine starts from it by itself
    QString trimMark = {}; // "TRIM reaches the host"
    QString reading = {}; // "Read 12 MiB/s · 30 op/s"; empty while nothing is counted
    QString writing = {};
    bool isBusy = false; // something goes on

    // All of it.
    QString spoken() const;
};

// IMAGE: null where it was not looked at yet. BOOT_PLACE: in the machine's boot order, from 0.
// RUNNING_SIZE: as QEMU says; all that can be known of a disk on the network.
DriveCard cardOf(const Drive& drive, const KnownImage* image, std::optional<std::size_t> bootPlace,
    std::optional<ByteCount> runningSize = {});
// What a running guest says of its file systems goes before what the superblocks say.
void setSpaces(DriveCard& card, SlotId slot, const GuestSpaces& spaces);
void setRate(DriveCard& card, const std::optional<DriveRate>& rate);

std::optional<std::size_t> bootPlaceOf(const Definition& definition, SlotId slot);

} // namespace platter
