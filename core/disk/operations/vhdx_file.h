// SPDX-License-Identifier: GPL-3.0-or-later
// Opening VHDX files of the host, with their parents, and knowing who depends on one. Blocking; any thread.
#pragma once

#include "core/byte_count.h"
#include "core/disk/host_file.h"
#include "core/disk/inspect_file.h"
#include "core/disk/vhdx/editor.h"

namespace platter {

// For reading; PARENTS are files of which the user says that they are parents. PARENT_PATHS gets where they were
// found.
Result<std::unique_ptr<vhdx::Image>> openVhdx(const QString& path, const QStringList& parents,
    InspectAccess access = InspectAccess::Locked, QStringList* parentPaths = nullptr);

enum class WithParent { Yes, No };
// For change; nobody else has the file meanwhile.
Result<std::unique_ptr<vhdx::Editor>> editVhdx(
    const QString& path, const QStringList& parents, WithParent withParent);

// Differencing images in FILE's folder that have it, in its present state, as their parent: not those that find
// another copy of it.
QStringList childrenOf(const QString& file, const QUuid& dataWriteGuid);

// WrongState where there are any but EXCEPT: a change of the parent's disk would destroy them.
Result<void> checkHasNoChildren(const QString& file, const QUuid& dataWriteGuid, const QString& except = {});

// What is free where FILE lies; NoSpace where it is less than NEEDED.
Result<void> checkFreeSpace(const QString& file, ByteCount needed);

// What FILE occupies on the host; 0 where that cannot be found out.
ByteCount sizeOnHostOf(const QString& file);

} // namespace platter
