// SPDX-License-Identifier: GPL-3.0-or-later
// An edit of an image in place that can be undone where the file system allows that: before it a copy is kept, as
// kept_copy.h says. Where none can be kept the edit is what it is without; so it is where the host is so full that
// what the edit moves would not fit beside the copy, which compacting is the cure for.
#pragma once

#include "core/disk/disk_operation.h"
#include "core/disk/operations/kept_copy.h"

#include <memory>

namespace platter {

// EDIT changes FILE and no other.
std::unique_ptr<DiskOperation> undoable(
    std::unique_ptr<DiskOperation> edit, QString file, EditKind kind, ShareBlocks share = &shareBlocks);

// What there is to say about a copy that is kept before EDIT; AFTER and BEFORE are what the image takes on the
// host.
QStringList sentencesOnKeptCopy(const QString& copy, EditKind edit, ByteCount before = {}, ByteCount after = {});

} // namespace platter
