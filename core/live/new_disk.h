// SPDX-License-Identifier: GPL-3.0-or-later
// A new, empty disk for a machine that is there: its image is made and goes into a slot, while the machine runs,
// too. The session's thread; the image is made in a worker thread.
#pragma once

#include "core/live/machine_session.h"
#include "core/machine/new_machine.h"

#include <QPointer>

namespace platter {

// A file in the machine's folder that is not there yet: "<machine>-2.vhdx". Looks into the folder.
QString fileForNewDisk(const StoredMachine& machine, DiskFormat format);

// Into SLOT or the lowest free one. DISK without a file gets fileForNewDisk(). Nothing is left of an image that
// cannot be added. Errors: those of createDisk() and MachineDrives::add().
QCoro::Task<Result<SlotId>> addNewDisk(QPointer<MachineSession> session, std::optional<SlotId> slot, NewDisk disk);

} // namespace platter
