// SPDX-License-Identifier: GPL-3.0-or-later
// Whether another program has a disk image open: QEMU and qemu-img hold locks on single bytes of an image while
// they use it. Looking takes no lock, so the answer may be outdated at once; QEMU itself decides in the end.
// Blocking; any thread.
#pragma once

#include "core/error.h"

namespace platter {

enum class ImageUse {
    ReadWrite, // as a disk: nobody else may have it open
    ReadOnly, // as a DVD drive's medium: other readers may
};

// InUse, with the name and number of the process where it can be found out; NotFound, PermissionDenied.
Result<void> checkImageNotInUse(const QString& file, ImageUse use = ImageUse::ReadWrite);

} // namespace platter
