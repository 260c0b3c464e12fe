// SPDX-License-Identifier: GPL-3.0-or-later
// What every reader and writer of a virtual disk asks first. Pure.
#pragma once

#include "core/error.h"

#include <cstdint>

namespace platter {

// InvalidInput where LENGTH bytes at OFFSET are not all inside a disk of SIZE bytes.
Result<void> checkInsideDisk(std::uint64_t size, std::uint64_t offset, std::uint64_t length);

} // namespace platter
