// SPDX-License-Identifier: GPL-3.0-or-later
// Copying a disk's content into a new image: the source's map says where there is anything, the file system clones
// what it can, the rest is read and written by a few threads at once, and what turns out to be zeros is left out.
// Blocks get their places in the disk's order, so that one source always gives the same image. Any thread; blocks
// until done.
#pragma once

#include "core/disk/disk_operation.h"
#include "core/disk/image_writer.h"
#include "core/disk/virtual_disk.h"
#include "core/durable_file.h"

namespace platter {

// How much of the disk its map calls data. Cancelled.
Result<ByteCount> dataIn(const VirtualDisk& disk, const Progress& progress);

// Advances PROGRESS by the bytes of data. TARGET writes to FILE, which is made for DURABILITY. The first error of
// any thread, or Cancelled, ends it.
Result<void> copyExtents(const VirtualDisk& source, ImageWriter& target, BlockFile& file, Progress& progress,
    Durability durability = Durability::Stable);

} // namespace platter
