// SPDX-License-Identifier: GPL-3.0-or-later
// The prompt of an installation medium that starts only if somebody presses a key in time, as that of Windows does
// ("Press any key to boot from CD or DVD"): answers it from the outside. Thread with an event loop.
#pragma once

#include "core/live/machine_monitor.h"
#include "core/machine/definition.h"

#include <map>

namespace platter {

// Presses Return now and then, until so much has been read from a DVD that its system must be starting, or for a
// minute and a half, or until the machine has ended. Firmware has no use for Return, a boot menu takes what it
// would have taken anyway, and Windows' Setup is far from its first question when this ends. DVDS: the drives that
// have a medium, each with how much is read from it before its system starts; with none it ends at once.
QCoro::Task<void> answerKeyPrompt(QPointer<MachineMonitor> monitor, std::map<SlotId, ByteCount> dvds);

// That of a medium of this size.
ByteCount readBeforeStart(ByteCount medium);

} // namespace platter
