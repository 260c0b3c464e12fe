// SPDX-License-Identifier: GPL-3.0-or-later
// What a running guest says of the end of one of its disks: the last partition and the file system on it, which are
// what can grow once the disk has. A value and pure functions; core/live/guest_growth asks for it.
#pragma once

#include "core/byte_count.h"
#include "core/live/guest_system.h"
#include "core/machine/definition.h"

#include <QStringList>

#include <optional>

namespace platter {

struct GuestVolume {
    GuestSystem system = GuestSystem::Linux;
    QString disk = {}; // /dev/sda; Windows: its number
    ByteCount diskSize = {};
    std::optional<int> partition = {}; // its number; nothing: the file system has the whole disk
    bool isLogical = false; // inside of an extended partition
    QString device = {}; // /dev/sda2
    ByteCount end = {}; // of the partition, from the disk's beginning
    QString type = {}; // blkid's word, or Windows' for the file system; empty: nothing known
    QString partitionType = {}; // Windows' word: Basic, Recovery
    QString mountPoint = {}; // / or C:; empty: not mounted
    ByteCount size = {}; // of the file system where it is mounted, of the partition otherwise
    QStringList tools = {}; // of those below, the ones that the guest has; Linux only

    // "/dev/sda2 (ext4, mounted on /)"
    QString name() const;

    friend bool operator==(const GuestVolume&, const GuestVolume&) = default;
};

// What growing needs; readVolume() says which of them a Linux guest has.
inline const QStringList growthTools{QStringLiteral("growpart"), QStringLiteral("sfdisk"), QStringLiteral("partx"),
    QStringLiteral("resize2fs"), QStringLiteral("xfs_growfs"), QStringLiteral("btrfs")};

// The programs that look, for a POSIX shell and for PowerShell. They print what readVolume() reads: a line
// "key value" each.
QString lookScript(GuestSystem system, SlotId slot);

// NotFound: the guest has no such disk.
Result<GuestVolume> readVolume(GuestSystem system, const QByteArray& said);

// What to type in the guest so that the partition and the file system take all of a disk of DISK_SIZE, which it has
// or will have. Unsupported: why they cannot, and what can be done instead.
Result<QStringList> growthCommands(const GuestVolume& volume, ByteCount diskSize);

} // namespace platter
