// SPDX-License-Identifier: GPL-3.0-or-later
// The prompt of an installation medium that starts only if somebody presses a key in time, as that of Windows does
// ("Press any key to boot from CD or DVD"): answers it from the outside. Thread with an event loop.
#pragma once

#include "core/live/machine_monitor.h"

namespace platter {

// Presses the space bar now and then, until so much has been read from a DVD that its system must be starting, or
// for a minute and a half, or until the machine has ended. Nobody hears it before and after the prompt: the
// firmware has no use for a space, and what comes then is read from the DVD.
QCoro::Task<void> answerKeyPrompt(QPointer<MachineMonitor> monitor, std::vector<SlotId> dvds);

} // namespace platter
