// SPDX-License-Identifier: GPL-3.0-or-later
// Where a machine's drives and network adapters sit on its buses. UEFI boot entries name their devices by these
// addresses, so nothing here may ever change. Pure functions.
#pragma once

#include "core/machine/definition.h"

namespace platter {

// The places on pcie.0 of the root ports that controllers and network adapters are behind, as function 0.0 there; a
// port's function is the controller's or adapter's number.
inline constexpr int scsiPortDevice = 2;
inline constexpr int networkPortDevice = 3;

// OVMF looks for what it can boot at targets 0 to 31 of a controller, LUNs 0 to 7 each (EDK2's
// PcdVirtioScsiMaxTargetLimit and PcdVirtioScsiMaxLunLimit). So the slots from 32 on are the second LUNs of these
// targets, and every slot can be booted from.
inline constexpr int targetsPerController = 32;

struct ScsiAddress {
    int target = 0;
    int lun = 0;

    friend bool operator==(const ScsiAddress&, const ScsiAddress&) = default;
};

// On the slot's controller.
ScsiAddress scsiAddress(SlotId slot);

// The slot of a SCSI address that the guest or its firmware names; nothing where no drive can have it.
std::optional<SlotId> slotAt(int controller, ScsiAddress address);

} // namespace platter
