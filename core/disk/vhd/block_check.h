// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at every block of a VHD, and of its parents: each inside of its file, none over another. Reading a disk
// checks only the blocks that are read, one by one. Any thread.
#pragma once

#include "core/disk/disk_operation.h"
#include "core/disk/vhd/image.h"

namespace platter::vhd {

// The first broken rule; Cancelled. A few MiB of memory whatever the size.
Result<void> checkBlocks(const Image& image, const Progress& progress);

} // namespace platter::vhd
