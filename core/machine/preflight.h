// SPDX-License-Identifier: GPL-3.0-or-later
// What would keep a machine from starting and can be known before: looked for in one place for the session, the
// wizard and platterctl. Reads files, writes none. Blocking, some milliseconds; any thread.
#pragma once

#include "core/disk/image_lock.h"
#include "core/machine/rules.h"
#include "core/machine/store.h"

#include <vector>

namespace platter {

// Everything, in the order in which one would mend it: rules, files that are missing, unreadable, of another format
// than the definition says, a VHD, in use by another program; devices that the host needs itself; bridges that the
// machine does not get onto; media that are missing, unreadable or empty; a boot loader for the network that is not
// there; no space left. A missing NVRAM file is fine: it is made at the start.
std::vector<Error> preflight(const StoredMachine& machine, const HostResources& host);

// A disk image as a machine's disk: a regular file that can be read (and written, unless it is only to be read),
// not a VHD, in nobody's use that forbids it.
Result<DiskFormat> checkDiskImage(const QString& file, ImageUse use = ImageUse::ReadWrite);
// The same of a disk's image or device, with the format that it has. A server is not asked: QEMU does that in the
// end.
Result<DiskFormat> checkDisk(const DiskDrive& disk);
// An ISO file as a medium: a regular file that can be read and has something in it.
Result<void> checkMedium(const QString& file);

} // namespace platter
