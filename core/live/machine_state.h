// SPDX-License-Identifier: GPL-3.0-or-later
// The states of a machine, as people and platterctl's --json see them. Values.
#pragma once

#include <QString>

namespace platter {

enum class MachineState {
    Off,
    Starting, // asked to start; QEMU is not up or does not answer yet
    Running,
    Paused,
    ShuttingDown, // asked to shut down and still running
    Crashed, // QEMU went away without being asked
    IoError, // QEMU stopped it: an image could not be read or written
    InternalError, // QEMU stopped it: the accelerator failed
    GuestPanicked, // the guest's kernel said so
};

// Whether there is a QEMU.
constexpr bool isUp(MachineState state)
{
    return state != MachineState::Off && state != MachineState::Crashed;
}

QString nameOf(MachineState state); // "off", "shutting-down": for JSON
QString displayName(MachineState state); // "Shutting down": for people

} // namespace platter
