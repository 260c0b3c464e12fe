// SPDX-License-Identifier: GPL-3.0-or-later
// What QEMU's last words mean: cause and cure as sentences. A pure function but for a look at the files that it
// names.
#pragma once

#include "core/error.h"
#include "core/machine/store.h"

namespace platter {

// WORDS is what QEMU said before it gave up.
Error launchFailure(const StoredMachine& machine, const QString& words);

} // namespace platter
