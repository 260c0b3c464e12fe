// SPDX-License-Identifier: GPL-3.0-or-later
// Changes the medium in a DVD drive of a running machine, as the drive's own button would: the guest may refuse.
// Thread with an event loop.
#pragma once

#include "core/live/machine_monitor.h"

namespace platter {

enum class TrayOpening {
    IfUnlocked,
    ByForce, // what reads from the medium in the guest gets errors
};

// An empty ISO ejects. The medium that was in the drive goes back where the new one cannot be put in. InUse: the
// guest holds the tray locked, which force overcomes. Programs take turns; what one that died half-way left behind
// is cleared away first.
QCoro::Task<Result<void>> changeMedium(QPointer<MachineMonitor> monitor, RuntimeFolder runtime, SlotId slot,
    QString iso, TrayOpening opening = TrayOpening::IfUnlocked);

} // namespace platter
