// SPDX-License-Identifier: GPL-3.0-or-later
// Starts a machine's QEMU, which then runs on its own, and turns what QEMU says when it does not start into a
// sentence with cause and cure. QEMU's own -daemonize is not used: it forks after the sandbox has forbidden that
// (spawn=deny), so QEMU is detached here, with qemu.log as its standard error from the first word on. Any thread
// with an event loop.
#pragma once

#include "core/qemu/command_line.h"

#include <QCoroTask>

namespace platter {

// Makes what is missing (NVRAM from its template, log and runtime folder), rotates logs that have grown, and ends
// when QEMU is up: it answers on its sockets, its pid file is locked. The guest runs from then on. WrongState: the
// machine runs already. InUse: another program starts it right now, or an image or a port is in use. Otherwise by
// cause: NotFound, PermissionDenied, NoSpace, MissingProgram, Corrupt (a damaged image, NVRAM of the wrong size),
// TimedOut, Qemu. The detail holds QEMU's own words.
QCoro::Task<Result<void>> launch(StoredMachine machine, LaunchSettings settings);

} // namespace platter
