// SPDX-License-Identifier: GPL-3.0-or-later
// Making a VHDX file on the host. Blocking; any thread.
#pragma once

#include "core/disk/vhdx/create.h"

namespace platter {

// FILE appears complete or not at all. AlreadyExists, NotFound (its folder), NoSpace, InvalidInput, Unsupported
// (the file system has no files that large).
Result<void> createVhdx(const QString& file, const vhdx::NewDisk& disk);

} // namespace platter
