// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's TPM 2.0: swtpm, a process beside QEMU that outlives every program as QEMU does, and ends with QEMU's
// connection to it. What it keeps is in the machine's folder. Only under the machine's start lock.
#pragma once

#include "core/machine/store.h"
#include "core/qemu/runtime_folder.h"

#include <QCoroTask>

namespace platter {

// The path of swtpm. MissingProgram names the package.
Result<QString> findTpmEmulator();

// Ends when it listens. A left-over of an earlier start is ended first. Thread with an event loop. Errors: what
// keeps its folder from being made; Unsupported with its own words in the detail.
QCoro::Task<Result<void>> startTpm(QString program, StoredMachine machine, RuntimeFolder runtime);

// Ends one that no QEMU is connected to, which does not end by itself. Blocking, up to 2 s for one that hangs; any
// thread.
void endTpm(const RuntimeFolder& runtime);

} // namespace platter
