// SPDX-License-Identifier: GPL-3.0-or-later
// What a VHD says of itself, for inspection. Pure functions.
#pragma once

#include "core/disk/inspection.h"
#include "core/disk/vhd/image.h"

namespace platter::vhd {

ImageDetails detailsOf(const Image& image);

} // namespace platter::vhd
