// SPDX-License-Identifier: GPL-3.0-or-later
// The live side of a machine on disk: $XDG_RUNTIME_DIR/platter/<id>/, mode 0700, with the sockets, the pid file and
// the locks. QEMU holds a lock on its pid file for as long as it lives, which tells a running machine from a stale
// folder without trusting a number. Values and short blocking functions; any thread.
#pragma once

#include "core/error.h"
#include "core/machine/definition.h"

#include <optional>
#include <sys/types.h>

namespace platter {

struct RuntimeFolder {
    QString path;

    static RuntimeFolder of(const QString& runtimeRoot, const MachineId& id)
    {
        return {runtimeRoot + QLatin1Char('/') + id.toString()};
    }

    QString applicationQmp() const { return path + QStringLiteral("/qmp-app.sock"); }

    QString commandLineQmp() const { return path + QStringLiteral("/qmp-ctl.sock"); }

    QString vnc() const { return path + QStringLiteral("/vnc.sock"); }

    QString agent() const { return path + QStringLiteral("/agent.sock"); }

    QString serial() const { return path + QStringLiteral("/serial.sock"); }

    // The guest's second serial port, and QEMU's gdb stub; where the machine has them.
    QString debugSerial() const { return path + QStringLiteral("/serial-2.sock"); }

    QString gdb() const { return path + QStringLiteral("/gdb.sock"); }

    // swtpm's, whose own matter it is (tpm_emulator.h).
    QString tpm() const { return path + QStringLiteral("/tpm.sock"); }

    QString pidFile() const { return path + QStringLiteral("/qemu.pid"); }

    QString startLock() const { return path + QStringLiteral("/start.lock"); }

    // Held by whoever changes what runs.
    QString graphLock() const { return path + QStringLiteral("/graph.lock"); }

    QString exchangeJournal() const { return path + QStringLiteral("/exchange.json"); }

    // Makes the folder with mode 0700, or proves that it is one: a folder of this user's, no link, nobody else's to
    // enter. PermissionDenied otherwise.
    Result<void> create() const;
    // The QEMU that runs: the process whose number is in the pid file, which it keeps locked. Nothing when none
    // does.
    std::optional<pid_t> runningQemu() const;
    // Sockets and the pid file that a QEMU left behind. Only under the start lock, while no QEMU runs.
    void removeStaleFiles() const;
};

} // namespace platter
