// SPDX-License-Identifier: GPL-3.0-or-later
// What went between the drives of a running machine and its guest, as QEMU counts it (query-blockstats). Thread
// with an event loop.
#pragma once

#include "core/live/machine_monitor.h"
#include "core/machine/definition.h"

#include <map>

namespace platter {

// Since QEMU was started, or the drive's counters were reset.
struct DriveCounters {
    std::uint64_t readBytes = 0;
    std::uint64_t writtenBytes = 0;
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;

    friend bool operator==(const DriveCounters&, const DriveCounters&) = default;
};

using DriveCounts = std::map<SlotId, DriveCounters>;

// Of every drive that the running machine has.
QCoro::Task<Result<DriveCounts>> countersOf(QPointer<MachineMonitor> monitor);

} // namespace platter
