// SPDX-License-Identifier: GPL-3.0-or-later
// What a VHDX file says of itself, for inspection. Reads only; any thread.
#pragma once

#include "core/disk/inspection.h"
#include "core/disk/vhdx/image.h"

namespace platter::vhdx {

// Where the last block ends that holds data, here or in what IMAGE stands on; at most the disk's end. Walks the
// whole table, up to half a second for the longest, in a MiB of memory.
Result<ByteCount> endOfData(const Image& image);

// PARENT_PATHS: where the parents were found, the nearest first. How the blocks lie is left out where the table is
// so full that walking it would take long.
Result<ImageDetails> detailsOf(const Image& image, const QStringList& parentPaths);

} // namespace platter::vhdx
