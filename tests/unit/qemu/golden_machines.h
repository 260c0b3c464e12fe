// SPDX-License-Identifier: GPL-3.0-or-later
// The machines whose command lines are kept in golden/, and which launch_test starts for real. Their files lie
// below the folder that is given.
#pragma once

#include "core/qemu/command_line.h"

#include <vector>

namespace platter {

struct GoldenMachine {
    QString golden; // name of the file in golden/, without its ending
    StoredMachine machine;
    Accelerator accelerator = Accelerator::Tcg;
};

std::vector<GoldenMachine> goldenMachines(const QString& folder);

} // namespace platter
