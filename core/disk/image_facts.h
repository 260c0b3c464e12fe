// SPDX-License-Identifier: GPL-3.0-or-later
// How large an image is, to the guest and on the host, read from its own metadata: no lock is taken and no QEMU
// asked, so it works while a machine uses the image. Blocking, a few reads; any thread.
#pragma once

#include "core/byte_count.h"
#include "core/disk/disk_format.h"

namespace platter {

struct ImageFacts {
    ByteCount virtualSize;
    ByteCount sizeOnHost; // what the file really occupies

    friend bool operator==(const ImageFacts&, const ImageFacts&) = default;
};

// Of a disk image. Errors: the file cannot be read; Corrupt where it is not of the format.
Result<ImageFacts> imageFacts(const QString& file, DiskFormat format);
// Of a medium.
Result<ImageFacts> mediumFacts(const QString& file);

} // namespace platter
