// SPDX-License-Identifier: GPL-3.0-or-later
// Whether two disks have the same content, read by a few threads at once; where both maps say zeros nothing is
// read. Any thread; blocks until done.
#pragma once

#include "core/disk/disk_operation.h"
#include "core/disk/virtual_disk.h"

namespace platter {

// The offset of the first sector (512 bytes) that differs; nothing where they are equal. Advances PROGRESS by the
// bytes that A's map calls data. Disks of different sizes differ where the smaller one ends. Cancelled.
Result<std::optional<std::uint64_t>> firstDifference(
    const VirtualDisk& a, const VirtualDisk& b, Progress& progress);

} // namespace platter
