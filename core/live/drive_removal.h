// SPDX-License-Identifier: GPL-3.0-or-later
// Taking a drive out of a running machine. To the guest that is a surprise: what it has not written is lost. So its
// agent is asked first what the disk is used for, and to let go of it; where that cannot be, what happens is said
// as it is. The disk that the system runs from is never taken out. Thread with an event loop.
#pragma once

#include "core/live/machine_monitor.h"
#include "core/machine/definition.h"

#include <QStringList>

namespace platter {

enum class RemovalWay {
    Safely, // only where nothing can be lost
    Forcibly, // also where the guest may lose what it has not written; the system's disk stays all the same
};

struct DriveRemoval {
    bool isSafe = false; // the guest had let go of the drive, or has nothing on it that could be lost
    QStringList sentences = {}; // what happened
};

// Errors: WrongState: the system runs from the disk, which force does not change; InUse: something could be lost,
// with what that is, and force would do it; those of pullOut().
QCoro::Task<Result<DriveRemoval>> removeFromRunning(
    QPointer<MachineMonitor> monitor, RuntimeFolder runtime, Drive drive, RemovalWay way);

} // namespace platter
