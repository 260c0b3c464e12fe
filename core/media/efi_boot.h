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
};

EfiBoot examineEfiBoot(const ByteSource& source, const VolumeDescriptors& descriptors);

} // namespace platter
