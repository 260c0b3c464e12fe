// SPDX-License-Identifier: GPL-3.0-or-later
// Making a VHDX file smaller without changing its disk: blocks that hold nothing are given back, the others move
// down into the gaps, and the file is cut. It needs no second copy. Each batch of moves is one change of the log;
// cancelled or cut off by a power failure at any moment, the file is whole and only less compact. One thread;
// nothing else uses the editor.
#pragma once

#include "core/disk/disk_operation.h"
#include "core/disk/disk_range.h"
#include "core/disk/vhdx/editor.h"

namespace platter::vhdx {

// Blocks that lie wholly inside one of UNUSED, which hold nothing of value, are given up as well; afterwards they
// read as zeros. Unsupported: a fixed image has nothing to give back.
Result<void> compact(Editor& editor, const std::vector<DiskRange>& unused, Progress& progress);

} // namespace platter::vhdx
