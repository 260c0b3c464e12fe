// SPDX-License-Identifier: GPL-3.0-or-later
// An EFI system partition with this computer's GRUB in it, which shows the menu of the system that is on the disk
// already: it looks for that one's own grub.cfg. Made by grub-mkimage, mkfs.vfat and mcopy, run as programs in a
// temporary folder. Blocking, about a second; any thread.
#pragma once

#include "core/byte_source.h"
#include "core/disk/disk_range.h"
#include "core/disk/sparse_copy.h"

#include <QStringList>

namespace platter {

// MissingProgram, with the package, where one is not installed.
Result<void> checkGrubPrograms();

// Fills RANGE of DISK, which is all zeros. FILE_SYSTEMS are the ids (libblkid's UUID) of those that may hold the
// system, the likeliest first. Errors: those of checkGrubPrograms(), or the
// programs' own words.
Result<void> makeGrubPartition(
    SparseCopy& disk, DiskRange range, std::uint32_t sectorSize, const QStringList& fileSystems);

} // namespace platter
