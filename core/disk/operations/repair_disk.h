// SPDX-License-Identifier: GPL-3.0-or-later
// Looking for damage in a VHDX image of the host, and mending it. Blocking; any thread.
#pragma once

#include "core/disk/vhdx/check.h"

namespace platter {

// Unsupported for other formats; InUse.
Result<vhdx::CheckReport> checkDisk(const QString& file);

// Mends what REPORT says; the result is the file beside it that holds every sector as it was before. Corrupt where
// there is damage that cannot be mended: nothing is changed then, and nothing is left behind.
Result<QString> repairDisk(const QString& file, const vhdx::CheckReport& report);

} // namespace platter
