// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's end of a cable to a bridge of the host. QEMU's bridge helper makes it, and is run here: QEMU itself,
// shut in as it is (spawn=deny), cannot run it, and gets the open descriptor instead. Blocking, some milliseconds,
// up to 10 s with a helper that hangs; any thread.
#pragma once

#include "core/machine/host_bridge.h"
#include "core/unique_fd.h"

namespace platter {

// Gone with its last descriptor. Errors as helperForBridge() has them, and what the helper says.
Result<UniqueFd> openTapOn(const QString& bridge, const BridgeRoots& roots = {});

} // namespace platter
