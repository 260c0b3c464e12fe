// SPDX-License-Identifier: GPL-3.0-or-later
// The cables of a running machine's network adapters. QEMU starts with all of them plugged in. Thread with an event
// loop; MONITOR must outlive the task.
#pragma once

#include "core/live/machine_monitor.h"
#include "core/machine/definition.h"

namespace platter {

// Plugs in and out what is not as in WANTED, adapter by adapter, where NOW has the same one at its place.
QCoro::Task<Result<void>> plugCables(
    MachineMonitor* monitor, std::vector<NetworkAdapter> now, std::vector<NetworkAdapter> wanted);

} // namespace platter
