// SPDX-License-Identifier: GPL-3.0-or-later
// The keys that a new machine has with the firmware that is installed here.
#pragma once

#include "core/boot/secure_boot.h"
#include "core/qemu/firmware.h"

#include <QFile>

namespace platter {

inline SecureBootKeys firmwareKeys(SecureBoot mode)
{
    QFile file(findFirmware({QStringLiteral("/usr/share/qemu/firmware")}, mode).value().varsTemplate);
    file.open(QIODevice::ReadOnly);
    const VariableStore varsTemplate = VariableStore::parse(file.readAll()).value();
    VariableStore store = freshVariables(varsTemplate);
    return setSecureBoot(store, mode, varsTemplate).and_then([&store] { return secureBootKeys(store); }).value();
}

} // namespace platter
