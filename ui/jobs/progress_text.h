// SPDX-License-Identifier: GPL-3.0-or-later
// Progress in words: "64 %", "410 MiB/s", "12 s left". Pure functions.
#pragma once

#include "core/disk/disk_operation.h"

namespace platter {

// In thousandths; nothing while it is not known how much there is to do.
std::optional<int> thousandthsOf(const Progress::State& state);

// "410 MiB/s · 12 s left", "1 min 30 s left"; empty while no rate is known.
QString paceOf(const Progress::State& state);

// "12 s", "1 min 30 s", "2 h 5 min".
QString durationText(std::chrono::seconds duration);

} // namespace platter
