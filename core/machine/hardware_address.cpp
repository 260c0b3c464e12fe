// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/hardware_address.h"

namespace platter {

ScsiAddress scsiAddress(SlotId slot)
{
    return {slot.target % targetsPerController, slot.target / targetsPerController};
}

std::optional<SlotId> slotAt(int controller, ScsiAddress address)
{
    const SlotId slot{controller, address.lun * targetsPerController + address.target};
    return address.target < targetsPerController && slot.isValid() ? std::optional(slot) : std::nullopt;
}

} // namespace platter
