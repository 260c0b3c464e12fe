// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with a machine in the state it is in, and why not: the window shows every action and disables
// what is impossible, with the reason. Pure functions over values.
#pragma once

#include "core/live/machine_state.h"

#include <QString>

#include <optional>

namespace platter {

enum class MachineAction {
    Start,
    StartWithoutKvm, // also for one that KVM has failed and that is still up
    Pause,
    Resume,
    ShutDown, // by the power button
    ShutDownByAgent,
    PowerOff,
    Reset,
    InsertMedium,
    EjectMedium,
    RemoveDrive,
    ChangeSettings,
    ShowScreen, // full screen, screenshot, keys
    ShowFolder,
    MoveToTrash,
};

// What the answer depends on.
struct MachineSituation {
    QString name; // empty: no machine is selected
    bool isBroken = false; // its definition cannot be read
    bool isGone = false; // its folder has been moved or deleted
    MachineState state = MachineState::Off;
    bool canRetryWithoutKvm = false;
    int dvdDrives = 0;
    int media = 0; // DVD drives with a medium
};

// Nothing: it can be done. Otherwise one sentence that says why not.
std::optional<QString> obstacle(MachineAction action, const MachineSituation& situation);

} // namespace platter
