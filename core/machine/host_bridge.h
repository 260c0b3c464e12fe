// SPDX-License-Identifier: GPL-3.0-or-later
// The host's bridges, as far as a machine may be on one. Only an administrator can make a bridge and let machines
// onto it: by QEMU's bridge helper, a program with the right to do so, which obeys a list of permitted bridges.
// Blocking, reads some small files; any thread.
#pragma once

#include "core/error.h"

#include <QStringList>

namespace platter {

// Where the host tells of its bridges, and where distributions put the helper.
struct BridgeRoots {
    QString interfaces = QStringLiteral("/sys/class/net");
    QString permissions = QStringLiteral("/etc/qemu/bridge.conf");
    QStringList helpers = {QStringLiteral("/usr/lib/qemu/qemu-bridge-helper"),
        QStringLiteral("/usr/libexec/qemu-bridge-helper"), QStringLiteral("/run/wrappers/bin/qemu-bridge-helper"),
        QStringLiteral("/usr/lib/qemu-bridge-helper")};
};

// Those that there are, sorted.
QStringList hostBridges(const BridgeRoots& roots = {});

// The helper that lets a machine onto the bridge. NotFound: there is no such bridge; MissingProgram: no helper;
// PermissionDenied: the helper may not do it, or not for this bridge. Each with what an administrator can do.
Result<QString> helperForBridge(const QString& bridge, const BridgeRoots& roots = {});

} // namespace platter
