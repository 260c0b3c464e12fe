// SPDX-License-Identifier: GPL-3.0-or-later
// Keeping two programs from one disk image: QEMU and qemu-img hold locks on single bytes of an image while they use
// it, and Platter takes the same ones. Blocking; any thread.
#pragma once

#include "core/error.h"

namespace platter {

enum class ImageUse {
    ReadWrite, // as a disk: nobody else may have it open
    ReadOnly, // as a DVD drive's medium, or to look at it: other readers may
};

// Locks the image that DESCRIPTOR has open, until that is closed. InUse, with the name and number of the process
// where it can be found out. A file system that has no locks is taken as one where nobody holds any.
Result<void> lockImage(int descriptor, const QString& file, ImageUse use);

// Whether lockImage() would get it. Takes no lock, so the answer may be outdated at once; QEMU itself decides in
// the end. InUse as above; NotFound, PermissionDenied.
Result<void> checkImageNotInUse(const QString& file, ImageUse use = ImageUse::ReadWrite);

} // namespace platter
