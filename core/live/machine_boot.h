// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's boot order as a person reads and changes it: its NVRAM and its definition together. Blocking, short;
// any thread.
#pragma once

#include "core/boot/boot_check.h"
#include "core/machine/store.h"
#include "core/places.h"

namespace platter {

// As the next start will find it; of a machine that runs, as its guest has it now. Errors: those of
// findFirmware() and readNvram().
Result<BootOrder> bootOrderOf(const StoredMachine& machine, const Places& places);

// What becomes of each entry of ORDER, which bootOrderOf() has said. Opens every disk and medium.
std::vector<BootFinding> examineBootOf(const StoredMachine& machine, const BootOrder& order, const Places& places);

// Makes AFTER of what bootOrderOf() has said, BEFORE. It takes effect at the next start. WrongState: the machine
// runs. InUse: somebody starts it now, or has changed the order meanwhile.
Result<void> changeBootOrder(
    const QString& machine, const Places& places, const BootOrder& before, const BootOrder& after);

// What the network adapter's guest boots from, from the next start on. InvalidInput: there is no such adapter, or a
// rule forbids it; errors of checkNetworkBoot(); WrongState, InUse as above.
Result<StoredMachine> changeNetworkBoot(
    const QString& machine, const Places& places, AdapterId adapter, const NetworkBoot& boot);

} // namespace platter
