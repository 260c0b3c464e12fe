// SPDX-License-Identifier: GPL-3.0-or-later
// The machines that run, as the records of their starts tell them: also those whose definition is gone or broken.
// A short blocking function; any thread.
#pragma once

#include "core/live/launch_record.h"

#include <vector>

namespace platter {

// RUNTIME is the folder of all runtime folders.
std::vector<LaunchRecord> recordsOfRunning(const QString& runtime);

} // namespace platter
