// SPDX-License-Identifier: GPL-3.0-or-later
// The one place that turns what was chosen into work: on the file itself, or through the machine that uses it.
#pragma once

#include "core/live/disk_job.h"
#include "wizards/edit_disk/disk_use.h"
#include "wizards/edit_disk/edit_request.h"

namespace platter {

// Null for Inspect, which is no work.
std::unique_ptr<DiskJob> jobFor(const EditRequest& request, const DiskUse& use);

} // namespace platter
