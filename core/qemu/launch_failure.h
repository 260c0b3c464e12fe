// SPDX-License-Identifier: GPL-3.0-or-later
// What QEMU's last words mean: cause and cure as sentences. Any thread; looks at the files and processes that the
// words are about.
#pragma once

#include "core/error.h"
#include "core/machine/store.h"

namespace platter {

// WORDS is what QEMU said before it gave up; they become the error's detail.
Error launchFailure(const StoredMachine& machine, const QString& words);

} // namespace platter
