// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine is set to: all of its definition but the drives, which change by themselves (a guest ejects a
// medium). Pure functions over values; any thread.
#pragma once

#include "core/machine/rules.h"

#include <QStringList>

namespace platter {

bool haveSameSettings(const Definition& a, const Definition& b);

// What AFTER breaks that BEFORE does not: a machine that has come from a larger computer can have other notes.
std::vector<Violation> newViolations(const Definition& before, const Definition& after, const HostResources& host);

// What a machine that was started as RUNNING will have from its next start on, a sentence each. A cable is no
// setting of this kind: it is plugged in and out at once.
QStringList waitingSettings(const Definition& running, const Definition& defined);

// Takes an adapter out, with its place in the boot order; those behind it move up.
void removeAdapter(Definition& definition, AdapterId adapter);

} // namespace platter
