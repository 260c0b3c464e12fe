// SPDX-License-Identifier: GPL-3.0-or-later
// Making the disk in a VHDX file larger or smaller, in place. Each is one change of the log, so that a power cut
// leaves the old size or the new one, with every byte below the smaller of the two. One thread; nothing else uses
// the editor.
#pragma once

#include "core/disk/vhdx/editor.h"

namespace platter::vhdx {

// InvalidInput where a disk like this cannot become NEW_SIZE bytes large.
Result<void> checkExpand(const Metadata& metadata, std::uint64_t newSize);
Result<void> checkShrink(const Metadata& metadata, std::uint64_t newSize);

// By how much the file grows at once: a longer table where the old one is full, and the blocks of a fixed image.
std::uint64_t growthOfExpand(const Structure& structure, std::uint64_t newSize);

// Length of the BAT for a disk like this of NEW_SIZE bytes.
std::uint64_t batBytesFor(const Metadata& metadata, std::uint64_t newSize);

// The new part reads as zeros. A differencing image must have been opened with its parent. NoSpace: nothing
// changed.
Result<void> expand(Editor& editor, std::uint64_t newSize);

// What lies beyond NEW_SIZE is gone; that nothing of value lies there is the caller's business. The space of
// dropped blocks goes back to the host.
Result<void> shrink(Editor& editor, std::uint64_t newSize);

} // namespace platter::vhdx
