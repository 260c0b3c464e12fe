// SPDX-License-Identifier: GPL-3.0-or-later
// Two lists of drives beside each other: what a machine has now, and what it is defined to have. Pure functions
// over values; any thread.
#pragma once

#include "core/machine/definition.h"

#include <QStringList>

namespace platter {

const Drive* driveIn(const std::vector<Drive>& drives, SlotId slot); // null: the slot is empty

// Of the same kind, at the same place.
bool areSame(const Drive& a, const Drive& b);

// How RUNNING differs from DEFINED, a sentence each.
QStringList driveDifferences(const std::vector<Drive>& running, const std::vector<Drive>& defined);

} // namespace platter
