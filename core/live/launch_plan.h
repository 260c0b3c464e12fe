// SPDX-License-Identifier: GPL-3.0-or-later
// What a start of a machine will run on this host: program, firmware and accelerator found, command line made.
// Starts nothing itself. Thread with an event loop.
#pragma once

#include "core/live/launch_record.h"
#include "core/places.h"
#include "core/qemu/command_line.h"

#include <QCoroTask>

namespace platter {

struct LaunchPlan {
    LaunchSettings settings;
    LaunchRecord record; // complete but for the time and the process
};

// Errors are those of findFirmware(), findQemu() and findTpmEmulator(). PROBE must outlive the task.
QCoro::Task<Result<LaunchPlan>> planLaunch(
    StoredMachine machine, Places places, AcceleratorProbe* probe, AcceleratorChoice choice);

} // namespace platter
