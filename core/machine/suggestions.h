// SPDX-License-Identifier: GPL-3.0-or-later
// What a new machine begins with when nobody says otherwise: a name after its system, and what that system needs,
// within what the host has. Any thread; freeName() looks into the store's folder.
#pragma once

#include "core/machine/rules.h"
#include "core/machine/store.h"
#include "core/media/install_medium.h"

namespace platter {

struct Suggestion {
    QString name; // breaks no rule of names; may be taken
    ByteCount memory;
    int cpus = 1;
    ByteCount disk;
};

// For a machine that starts with MEDIUM, or with none.
Suggestion suggestionFor(const std::optional<InstallMedium>& medium, const HostResources& host);

// What the firmware has to have for a system (libosinfo's short id): Windows asks for Secure Boot and a TPM from 11
// on.
FirmwareSettings firmwareFor(const QString& osId);

// NAME, or where there is a machine or a folder of that name already, NAME with the lowest free number:
// "debian13-2".
QString freeName(const QString& name, const MachineStore& store, const std::optional<QString>& place = {});

} // namespace platter
