// SPDX-License-Identifier: GPL-3.0-or-later
// The QEMU command line of a machine as a pure function; golden files in tests/unit/qemu/golden hold what it gives.
#pragma once

#include "core/machine/store.h"
#include "core/qemu/accelerator.h"
#include "core/qemu/firmware.h"
#include "core/qemu/runtime_folder.h"

namespace platter {

// Everything outside the definition that the command line depends on.
struct LaunchSettings {
    QString program; // absolute path of qemu-system-x86_64
    Accelerator accelerator = Accelerator::Tcg;
    Firmware firmware;
    RuntimeFolder runtime;
    QString tpmProgram = {}; // swtpm, where the machine has a TPM
};

// QEMU's end of each adapter that is on a bridge, in the order of the adapters, is the open descriptor of this
// number and the following (bridge_tap.h).
inline constexpr int firstTapDescriptor = 3;

// Program first, then its arguments.
QStringList commandLine(const StoredMachine& machine, const LaunchSettings& settings);

// One option with its values per line, quoted for a POSIX shell, lines joined by " \" + newline.
QString shellText(const QStringList& commandLine);

} // namespace platter
