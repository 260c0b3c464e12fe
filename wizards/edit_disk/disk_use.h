// SPDX-License-Identifier: GPL-3.0-or-later
// Which machine has a file as one of its disks, and what that machine is doing. A value; findDiskUse() makes a few
// calls to the file system.
#pragma once

#include "core/live/machine_library.h"

#include <QPointer>

namespace platter {

struct DiskUse {
    QPointer<MachineSession> session; // null: no machine uses it
    QString machine;
    SlotId slot;
    MachineState state = MachineState::Off;

    bool isUsed() const { return !machine.isEmpty(); }

    bool isRunning() const { return isUsed() && isUp(state); }

    friend bool operator==(const DiskUse& a, const DiskUse& b)
    {
        return a.machine == b.machine && a.slot == b.slot && a.state == b.state;
    }
};

// Compares files, not names. Of several machines one that runs is found first.
DiskUse findDiskUse(const MachineLibrary& library, const QString& file);

// "The machine “x” is running and uses this disk: shut it down first."
QString mustBeOff(const DiskUse& use);

} // namespace platter
