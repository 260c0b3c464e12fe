// SPDX-License-Identifier: GPL-3.0-or-later
// What can be known about KVM from its device alone. Short and blocking; any thread.
#pragma once

#include "core/qemu/accelerator.h"

namespace platter {

// Why the device cannot be used, with what would help; nothing where it makes a virtual machine.
std::optional<AcceleratorReport> refusalOfKvmDevice(const QString& device);

} // namespace platter
