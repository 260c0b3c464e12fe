// SPDX-License-Identifier: GPL-3.0-or-later
// The disk that another one has taken the place of, as after a conversion: kept until the guest's system has run
// from the new one (system_evidence.h), and then until somebody says that it may go. Nothing is deleted by itself.
#pragma once

#include "core/live/machine_removal.h"

namespace platter {

// A disk of DEFINITION has taken another one's place, and the guest's system has not run from it yet.
bool awaitsProof(const Definition& definition);

// Deletes FILE, which no machine of STORE has as a disk any more. InUse: a machine has it, or a program has it
// open; WrongState: other images stand on it; Unsupported: there is no trash for this place. Blocking; any thread.
Result<void> removeFormerFile(const MachineStore& store, const QString& file, Removal removal);

Error noFormerDisk(const QString& machine, SlotId slot);
Error notReplacedYet(const QString& machine, const FormerDisk& former);

} // namespace platter
