// SPDX-License-Identifier: GPL-3.0-or-later
// Deleting a machine, in the one way in which nothing can start it meanwhile. Blocking, for as long as the file
// system takes to delete its disks; any thread.
#pragma once

#include "core/machine/store.h"
#include "core/places.h"

namespace platter {

enum class Removal {
    ToTrash,
    ForGood,
};

// Takes the machine out of the store, and what a QEMU has left in its runtime folder. A machine that cannot be read
// can be removed as well. WrongState: it is up; InUse: another program is starting it; otherwise as
// MachineStore::moveToTrash() and deleteForGood().
Result<void> removeMachine(const Places& places, const QString& name, Removal removal);

} // namespace platter
