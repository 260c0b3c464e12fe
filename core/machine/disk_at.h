// SPDX-License-Identifier: GPL-3.0-or-later
// A disk as people name it: an image file by its path, a disk on the network by its location, a disk of the host by
// any of its names in /dev. Blocking, some system calls, none to a server; any thread.
#pragma once

#include "core/machine/definition.h"

namespace platter {

// FORMAT: of an image whoever opens it finds out by itself; of a disk on the network, which nobody looks at, its
// name's ending tells unless given (".qcow2"), else raw. The disk is read-only where it can only be read. Errors:
// of parseLocation(), of stableDeviceName(); InvalidInput: a format that nothing there can have.
Result<DiskDrive> diskAt(const QString& where, std::optional<DiskFormat> format = {});

} // namespace platter
