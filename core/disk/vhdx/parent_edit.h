// SPDX-License-Identifier: GPL-3.0-or-later
// Changing what a differencing image has to do with its parent: becoming independent of it, going into it, or being
// told where it is. Each is ordered so that a power cut leaves files whose disks read as before. One thread;
// nothing else uses the editors.
#pragma once

#include "core/disk/disk_operation.h"
#include "core/disk/vhdx/editor.h"

namespace platter::vhdx {

// The child, opened with its parent, takes over everything that it shows and forgets its parent. Its disk reads the
// same before, after and at every moment between; cancelled, it is still a child. Unsupported: it has no parent.
Result<void> flattenInPlace(Editor& child, Progress& progress);

// Everything that the child holds goes into its parent, whose disk reads as the child's afterwards. Until the child
// is deleted, which is the caller's business, it reads the same before, after and at every moment between;
// cancelled, the merge can be run again. Progress counts the child's blocks that hold data. Other children of this
// parent are destroyed: see to it that there are none.
Result<void> mergeIntoParent(Editor& child, Editor& parent, Progress& progress);

// The child says LOCATOR of its parent from now on.
Result<void> setParentLocator(Editor& child, const ParentLocator& locator);

} // namespace platter::vhdx
