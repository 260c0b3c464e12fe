// SPDX-License-Identifier: GPL-3.0-or-later
// Machines that start when their user logs in to the host: a file in the autostart folder, which every desktop
// obeys (freedesktop's Desktop Application Autostart Specification), has platterctl start them. It is there as long
// as a machine wants it. Blocking, short; any thread.
#pragma once

#include "core/machine/store.h"

namespace platter {

// $XDG_CONFIG_HOME/autostart/org.platter.Platter.machines.desktop
QString sessionStartFile();

// Writes the file where a machine of the store wants to be started, and removes it where none does. PROGRAM is
// platterctl's path.
Result<void> keepSessionStart(
    const MachineStore& store, const QString& program, const QString& file = sessionStartFile());

} // namespace platter
