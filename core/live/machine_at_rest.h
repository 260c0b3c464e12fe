// SPDX-License-Identifier: GPL-3.0-or-later
// A machine that is off and that nobody starts as long as this is there: what its firmware keeps can be changed.
// Blocking, short; any thread.
#pragma once

#include "core/machine/store.h"
#include "core/places.h"
#include "core/qemu/start_lock.h"

namespace platter {

// The template of the firmware's variables that fits the definition's mode of Secure Boot. Errors:
// findFirmware()'s.
Result<QString> varsTemplateOf(const Definition& definition, const Places& places);

struct MachineAtRest {
    StoredMachine machine;
    StartLock lock;

    // WrongState: it runs. InUse: somebody starts it now.
    static Result<MachineAtRest> take(const QString& name, const Places& places);
};

} // namespace platter
