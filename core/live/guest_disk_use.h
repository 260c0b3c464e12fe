// SPDX-License-Identifier: GPL-3.0-or-later
// What a running guest does with one of its disks, and how it lets go of it. Values, scripts and pure functions;
// core/live/drive_removal runs them.
#pragma once

#include "core/live/guest_system.h"
#include "core/machine/definition.h"

#include <QByteArray>
#include <QStringList>

namespace platter {

struct GuestDiskUse {
    struct Mount {
        QString device; // sda2; of a stack on the disk: dm-0
        QString where; // /srv/data; Windows: D:

        friend bool operator==(const Mount&, const Mount&) = default;
    };

    GuestSystem system = GuestSystem::Linux;
    QString disk = {}; // sda; Windows: its number
    std::vector<Mount> mounts = {};
    QStringList swaps = {}; // devices
    QStringList stacks = {}; // devices that others are made of: LVM, RAID, encryption
    QStringList programs = {}; // that have it or files on it open: "dd (4711)"
    QByteArray bootEntry = {}; // the UEFI load option that the guest was booted by; empty: unknown
    bool isSystem = false; // as Windows says

    friend bool operator==(const GuestDiskUse&, const GuestDiskUse&) = default;
};

// Prints what readDiskUse() reads: a line "key value" each.
QString diskUseScript(GuestSystem system, SlotId slot);

// NotFound: the guest does not see the disk.
Result<GuestDiskUse> readDiskUse(GuestSystem system, const QByteArray& said);

// Why the system runs from the disk in SLOT, whose partitions have PARTITION_IDS; empty: it does not.
QString whySystemDisk(const GuestDiskUse& use, SlotId slot, const QStringList& partitionIds);

// What keeps the disk in use so that the guest cannot let go of it by itself; empty: nothing.
QString whyBusy(const GuestDiskUse& use);

// Unmounts, writes out and takes the disk away from the guest; what it cannot it prints, a line "busy WHERE" each.
QString releaseScript(const GuestDiskUse& use);

} // namespace platter
