// SPDX-License-Identifier: GPL-3.0-or-later
// All that there is to say about a disk image of the host, whatever its format. Blocking; any thread.
#pragma once

#include "core/disk/disk_format.h"
#include "core/disk/inspection.h"

#include <QStringList>

namespace platter {

enum class InspectAccess {
    Locked, // InUse where somebody may write to it
    Shared, // also then; what is said may be outdated
};

// PARENTS are files of which the user says that they are parents of a differencing image; where a parent is not
// found, what the image says of it is told all the same. Errors: of opening files, of the format.
Result<DiskInspection> inspectFile(const QString& file, const QStringList& parents, InspectAccess access);

// The same for a file whose kind is known already: what a guest has written into a raw image must not decide what
// it is.
Result<DiskInspection> inspectFileAs(
    ImageKind kind, const QString& file, const QStringList& parents, InspectAccess access);
Result<DiskInspection> inspectFileAs(
    DiskFormat format, const QString& file, const QStringList& parents, InspectAccess access);

// All of a boot loader that an inspection of this file has found, in one of these PARTITIONS; the file may be in
// use. Errors: of opening files, of the format, and of readProgram().
Result<QByteArray> readLoader(
    DiskFormat format, const QString& file, const PartitionTable& partitions, const Bootability::Loader& loader);

} // namespace platter
