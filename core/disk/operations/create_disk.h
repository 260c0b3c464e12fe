// SPDX-License-Identifier: GPL-3.0-or-later
// Making a disk image with every choice that there is. Blocking; any thread.
#pragma once

#include "core/byte_count.h"
#include "core/disk/disk_format.h"

#include <optional>

namespace platter {

struct NewDiskRequest {
    QString file;
    DiskFormat format = DiskFormat::Vhdx;
    std::optional<ByteCount> size = {}; // a child has its parent's, unless it is to be larger
    bool isFixed = false; // VHDX only, as is all that follows
    std::optional<ByteCount> blockSize = {};
    std::optional<ByteCount> logicalSectorSize = {}; // a child has its parent's
    std::optional<ByteCount> physicalSectorSize = {};
    QString parent = {}; // makes a differencing image
};

// The virtual size of what was made. FILE appears complete or not at all; nothing is ever replaced. InvalidInput,
// AlreadyExists, NoSpace, and the errors of opening the parent.
Result<ByteCount> createDisk(const NewDiskRequest& request);

} // namespace platter
