// SPDX-License-Identifier: GPL-3.0-or-later
// Starts the real firmware under KVM, in a QEMU without anything else, and sees whether it gets anywhere. Any
// thread with an event loop; QEMU and its files are gone when it ends, and end with this process.
#pragma once

#include "core/qemu/firmware.h"

#include <QCoroTask>

#include <chrono>

namespace platter {

struct KvmTrial {
    // Worked: the firmware ran. Failed: it did not, and would not the next time. Unknown: the trial itself could
    // not be made.
    enum class Outcome { Worked, Failed, Unknown };
    Outcome outcome = Outcome::Unknown;
    QString reason = {}; // a sentence, unless it worked
};

// Under a KVM that works the firmware writes its first variable within half a second; DEADLINE leaves room.
QCoro::Task<KvmTrial> tryFirmwareUnderKvm(
    QString qemuProgram, Firmware firmware, std::chrono::milliseconds deadline = std::chrono::seconds(8));

} // namespace platter
