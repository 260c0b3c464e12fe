// SPDX-License-Identifier: GPL-3.0-or-later
// What lies between two boot orders, in sentences. Pure function.
#pragma once

#include "core/boot/boot_order.h"

#include <QStringList>

#include <functional>

namespace platter {

// NAME_OF calls an entry what the list calls it. Empty: nothing.
QStringList bootChanges(
    const BootOrder& before, const BootOrder& after, const std::function<QString(const BootEntry& entry)>& nameOf);

} // namespace platter
