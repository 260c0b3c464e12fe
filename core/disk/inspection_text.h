// SPDX-License-Identifier: GPL-3.0-or-later
// What `platterctl disk info` prints: aligned lines of plain text. Pure function.
#pragma once

#include "core/disk/inspection.h"

namespace platter {

QString toText(const DiskInspection& inspection);

} // namespace platter
