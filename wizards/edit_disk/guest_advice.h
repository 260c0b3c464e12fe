// SPDX-License-Identifier: GPL-3.0-or-later
// What is left to do inside the guest once its disk is larger. Pure function.
#pragma once

#include "core/disk/inspection.h"

#include <QStringList>

namespace platter {

// Whole sentences and commands, a line each.
QStringList afterExpanding(const DiskInspection& disk);

} // namespace platter
