// SPDX-License-Identifier: GPL-3.0-or-later
// What the wizard knows of the chosen file. Values; looking is blocking, any thread.
#pragma once

#include "core/disk/inspect_file.h"
#include "core/disk/operations/kept_copy.h"

namespace platter {

struct DiskLook {
    DiskInspection disk;
    // Whether a machine starts from what the disk holds once the format is one that machines have.
    Bootability bootabilityAsMachineDisk;
    // Why no copy of it can be made that starts with UEFI; not known of a file that is in use.
    std::optional<Error> againstMigration = {};
    // Another program has it open; only looking is possible then.
    std::optional<Error> inUse = {};
    bool mayWrite = true; // the user, to the file
    // As it was before its last edit.
    std::optional<KeptCopy> keptCopy = {};
};

// With Locked, a file that somebody has open is looked at all the same, and inUse says who has it.
Result<DiskLook> lookAtDisk(const QString& file, const QStringList& parents, InspectAccess access);

} // namespace platter
