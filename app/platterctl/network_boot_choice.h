// SPDX-License-Identifier: GPL-3.0-or-later
// What to boot from the network, as words on the command line say it.
#pragma once

#include "core/machine/definition.h"

namespace platter::ctl {

// FILE is in FOLDER; where it is empty, it is looked for. All may be empty. Errors are those of findNetworkBoot().
Result<NetworkBoot> networkBootFrom(const QString& folder, const QString& file, const QString& url);

} // namespace platter::ctl
