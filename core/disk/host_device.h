// SPDX-License-Identifier: GPL-3.0-or-later
// A disk or partition of the host, to be passed through to a machine: whether nothing of the host's own would be
// lost by it, and what it can do. Told from /sys, /proc and the device file; nothing is read from the disk itself.
// Blocking, some system calls; any thread.
#pragma once

#include "core/byte_count.h"
#include "core/disk/image_lock.h"
#include "core/disk/trim_reach.h"

namespace platter {

// Where the host tells of its devices.
struct DeviceRoots {
    QString dev = QStringLiteral("/dev");
    QString sys = QStringLiteral("/sys");
    QString proc = QStringLiteral("/proc");

    QString stableNames() const { return dev + QStringLiteral("/disk/by-id"); }
};

// The stable name (/dev/disk/by-id/…) of the device that PATH names; PATH itself if it is one. Where there are
// several, the one that says most: a disk's own before those of its ports. NotFound: there is no such device;
// Unsupported: it has none, as a loop device; InvalidInput: it is no block device.
Result<QString> stableDeviceName(const QString& path, const DeviceRoots& roots = {});

// Whether a machine may have it. InUse: something of it is mounted, swap, part of LVM, RAID or an encrypted disk,
// or open in another program; Unsupported: it is too open to be safe, or this computer runs from it;
// PermissionDenied, with what to do.
Result<void> checkHostDevice(const QString& path, ImageUse use, const DeviceRoots& roots = {});

Result<ByteCount> sizeOfHostDevice(const QString& path, const DeviceRoots& roots = {});

// Whether it takes what a guest frees (TRIM).
HolePunching trimOfHostDevice(const QString& path, const DeviceRoots& roots = {});

} // namespace platter
