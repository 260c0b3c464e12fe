// SPDX-License-Identifier: GPL-3.0-or-later
// Why a machine is where nobody put it, in sentences with cause and cure. Pure functions, but for those that read
// the end of a log.
#pragma once

#include "core/live/launch_record.h"

#include <QJsonObject>

#include <chrono>

namespace platter {

// QEMU went away without being asked. RECORD: what it was started with, where that is known. Reads the end of
// QEMU's log.
Error crashed(const StoredMachine& machine, const std::optional<LaunchRecord>& record);
// Whether QEMU's words, as in the detail of a crash or of a failed start, speak of KVM.
bool blamesKvm(const QString& words);
// QEMU stopped the machine because of an image.
enum class DiskTrouble { NoSpace, Other };
Error stoppedByDisk(
    const StoredMachine& machine, std::optional<SlotId> slot, DiskTrouble trouble, const QString& words);
// The accelerator failed under the guest. Reads the end of QEMU's log.
Error stoppedByAccelerator(const StoredMachine& machine, const std::optional<LaunchRecord>& record);
Error guestPanicked(const StoredMachine& machine, const QJsonObject& information);
// It runs on, and what it was made of is gone.
Error folderIsGone(const StoredMachine& machine);
// The guest did nothing about the power button.
Error guestDidNotReact(const StoredMachine& machine, std::chrono::milliseconds patience);
// QEMU is there and does not answer.
Error doesNotAnswer(const StoredMachine& machine, const Error& why);

} // namespace platter
