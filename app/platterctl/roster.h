// SPDX-License-Identifier: GPL-3.0-or-later
// The machines that platterctl can name: those of the store, and those that run although the store cannot say any
// more what they are.
#pragma once

#include "app/platterctl/verb.h"

namespace platter::ctl {

struct RosterEntry {
    QString name;
    QString folder;
    // As the store has it; one that runs and cannot be read there: as it was started.
    std::optional<StoredMachine> machine;
    std::optional<Error> error; // why the store cannot say
};

// By name.
std::vector<RosterEntry> roster(const Context& context);
// The machine called NAME, or why there is none that could be used.
Result<RosterEntry> findMachine(const Context& context, const QString& name);

} // namespace platter::ctl
