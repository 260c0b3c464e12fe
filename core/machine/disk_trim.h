// SPDX-License-Identifier: GPL-3.0-or-later
// Whether what a guest frees on one of its disks gets to where the disk is, be that a file, a device or a server.
// Blocking, some system calls, none to a server; any thread.
#pragma once

#include "core/disk/trim_reach.h"
#include "core/machine/definition.h"

namespace platter {

TrimReach trimOf(const DiskDrive& disk);

} // namespace platter
