// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a disc's boot images start a machine with UEFI firmware for x86-64: looks into each of them for the boot
// loader that the firmware would start (UEFI 3.5.1.1). Pure function over a source.
#pragma once

#include "core/media/install_medium.h"
#include "core/media/iso9660.h"

namespace platter {

struct EfiBoot {
    UefiBoot verdict = UefiBoot::NotBootable;
    QString processor; // with OtherArchitecture
    QString fault; // whole sentence, or empty
    // Where the boot image of that verdict is, in bytes; no length: the boot loader is a file of the disc itself.
    std::uint64_t imageOffset = 0;
    std::uint64_t imageLength = 0;
};

EfiBoot examineEfiBoot(const ByteSource& source, const VolumeDescriptors& descriptors);

// All of the boot loader that a machine starts, of a disc that BOOT, the verdict Yes, is about. Unsupported: it is
// a file of the disc itself; errors of readProgram().
Result<QByteArray> readBootLoader(const ByteSource& source, const EfiBoot& boot);

} // namespace platter
