// SPDX-License-Identifier: GPL-3.0-or-later
// What is dropped on the window's parts. GUI thread.
#pragma once

#include <QDropEvent>
#include <QString>

namespace platter {

// The ISO that EVENT (a drag that enters or moves, or the drop) carries: the only file, local, with a name that
// ends in ".iso". The event is accepted as a copy then; with anything else it is ignored, and the result is empty.
QString takeIso(QDropEvent* event);

// The same for a disk image: .vhdx, .vhd, .avhdx, .avhd, .qcow2, .img, .raw, .vmdk or .vdi.
QString takeDiskImage(QDropEvent* event);

} // namespace platter
