// SPDX-License-Identifier: GPL-3.0-or-later
// The boot catalogue of a disc (El Torito 1.0, section 2), read with the eyes of the firmware that will boot from
// it: EDK2's PartitionDxe takes every bootable entry of the catalogue's first sector, whatever platform it is filed
// under, and has its own idea of how large an image is. Pure functions over a source.
#pragma once

#include "core/byte_source.h"

#include <cstdint>
#include <vector>

namespace platter {

enum class BootPlatform : std::uint8_t { // El Torito, figure 2; 0xEF: UEFI 13.3.2.1
    X86 = 0,
    PowerPc = 1,
    Mac = 2,
    Efi = 0xEF,
};

enum class BootEmulation : std::uint8_t { // El Torito, figure 3
    None = 0,
    Floppy1200 = 1,
    Floppy1440 = 2,
    Floppy2880 = 3,
    HardDisk = 4,
};

struct BootImage {
    BootPlatform platform = BootPlatform::X86; // other values occur
    BootEmulation emulation = BootEmulation::None; // other values occur
    std::uint16_t sectors = 0; // as stored; 0 and 1 are common and mean "to the end"
    std::uint32_t firstSector = 0; // of 2048 bytes
};

// The bootable images, in the catalogue's order. Corrupt: the source ends before, or the validation entry breaks a
// rule.
Result<std::vector<BootImage>> readBootCatalog(const ByteSource& source, std::uint32_t sector);

// How many bytes from its first sector on the firmware takes for the image, on a volume of VOLUME_SECTORS sectors.
std::uint64_t bootImageLength(const BootImage& image, std::uint64_t volumeSectors, std::uint64_t sourceSize);

} // namespace platter
