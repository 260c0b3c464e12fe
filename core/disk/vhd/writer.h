// SPDX-License-Identifier: GPL-3.0-or-later
// Making a VHD from a disk's content, as Windows 8 and later do: the size that the footer names counts (whatever
// the geometry says), and the data of a dynamic disk's blocks lies on boundaries of 4 KiB. Threads as ImageWriter
// says.
#pragma once

#include "core/disk/image_writer.h"
#include "core/disk/vhd/footer.h"

namespace platter::vhd {

// What a VHD takes besides the data, at most.
ByteCount overheadOf(DiskType type, const DiskShape& shape);

// TYPE is Fixed or Dynamic. The shape fits into a VHD (checkShape). FILE is empty and outlives the writer.
std::unique_ptr<ImageWriter> makeWriter(BlockFile& file, DiskType type, const DiskShape& shape);

// The footer of a new disk with an identifier of its own.
Footer newFooter(DiskType type, std::uint64_t size);

} // namespace platter::vhd
