// SPDX-License-Identifier: GPL-3.0-or-later
// Making a disk image, and telling an image's format. Blocking; any thread.
#pragma once

#include "core/byte_count.h"
#include "core/disk/disk_format.h"

namespace platter {

inline constexpr ByteCount largestVhdx = ByteCount::tebibytes(64);

// What a file is, by its own marks: VHDX "vhdxfile" at 0, qcow2 "QFI\xfb" at 0, VHD "conectix" at 0 or in the last
// 512 (or 511) bytes, VMDK "KDMV", "COWD" or the first words of its description, VDI 0xBEDA107F at 64; anything
// else raw.
enum class ImageKind { Vhdx, Qcow2, Raw, Vhd, Vmdk, Vdi };
Result<ImageKind> imageKindOf(const QString& file);

// The space a new dynamic image takes at first.
ByteCount initialSizeOnHost(DiskFormat format, ByteCount size);

// InvalidInput where no disk can have this size: 0, not a multiple of 512 bytes, above 64 TiB.
Result<void> checkImageSize(ByteCount size);

// The program that makes images. MissingProgram names the package.
Result<QString> findQemuImg();

// Makes a dynamic (sparse) image, all but VHDX with qemu-img, under a temporary name and renames it: FILE appears
// complete or not at all. AlreadyExists, NoSpace, MissingProgram, InvalidInput (checkImageSize), Unsupported (the
// file system has no files that large), Qemu (qemu-img's own words).
Result<void> createImage(const QString& file, DiskFormat format, ByteCount size);

} // namespace platter
