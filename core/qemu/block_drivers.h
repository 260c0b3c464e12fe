// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a QEMU can reach disks on the network. Its lists of drivers name those too whose module is not installed,
// so it is asked to use each; none goes to the network for that. Thread with an event loop.
#pragma once

#include "core/machine/definition.h"

#include <QCoroTask>

namespace platter {

// Unsupported: the QEMU at PROGRAM has no driver for one of the drives; says which package brings it.
QCoro::Task<Result<void>> checkBlockDrivers(QString program, std::vector<Drive> drives);

} // namespace platter
