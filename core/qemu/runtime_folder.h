// SPDX-License-Identifier: GPL-3.0-or-later
// The live side of a machine on disk: $XDG_RUNTIME_DIR/platter/<id>/, mode 0700, with the sockets, the pid file and the
// locks. QEMU holds a lock on its pid file for as long as it lives, which tells a running machine from a stale
// folder without trusting a number. Values and short blocking functions; any thread.
#pragma once

#include "core/machine/definition.h"

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
    QString pidFile() const { return path + QStringLiteral("/qemu.pid"); }

    // The process that holds the lock on the pid file; nothing when no QEMU runs.
    std::optional<pid_t> runningQemu() const;
};

}
