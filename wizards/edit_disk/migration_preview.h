// SPDX-License-Identifier: GPL-3.0-or-later
// What a disk's copy for UEFI will be, to be drawn before there is one. A pure function.
#pragma once

#include "core/disk/inspection.h"

namespace platter {

// SIZE and errors as of layOutForUefi().
Result<DiskInspection> afterMigration(const DiskInspection& disk, std::optional<ByteCount> size);

} // namespace platter
