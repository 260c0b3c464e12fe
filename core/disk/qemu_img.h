// SPDX-License-Identifier: GPL-3.0-or-later
// The program qemu-img, for the formats that the project does not read and write itself. Its own words end up in
// the details of an error, its percentages in a Progress, and it is killed when that one is cancelled. Blocking;
// any thread.
#pragma once

#include "core/disk/disk_operation.h"
#include "core/disk/image_writer.h"
#include "core/disk/inspect_file.h"
#include "core/disk/new_image.h"

namespace platter {

struct QemuImage {
    QString path;
    QString format; // QEMU's name of it
};

QString qemuFormat(ImageKind kind);
QString qemuFormat(ImageTarget target);

// Of an image with all that it stands on.
struct QemuFacts {
    ByteCount virtualSize;
    ByteCount data; // at most
};

Result<QemuFacts> qemuFacts(const QemuImage& image, InspectAccess access = InspectAccess::Locked);

// How qemu-img is told of a file: "file:" keeps it from reading a protocol into a name with a colon.
QString qemuName(const QString& path);

// What qemu-img prints when it is run with ARGUMENTS, which ask about FILE and are answered at once.
Result<QByteArray> askQemuImg(const QStringList& arguments, const QString& file);

// Makes the disk in IMAGE larger, in place.
Result<void> qemuResize(const QemuImage& image, ByteCount size, Progress& progress);

// Makes TARGET from SOURCE; SOURCE_DATA is what PROGRESS advances by. Whatever is left of TARGET after an error is
// the caller's to remove.
Result<void> qemuConvert(
    const QemuImage& source, const QString& target, ImageTarget kind, ByteCount sourceData, Progress& progress);

// Corrupt where their contents differ.
Result<void> qemuCompare(const QemuImage& a, const QemuImage& b, ByteCount data, Progress& progress);

// What qemu-img's WORDS mean: NoSpace, PermissionDenied, InUse, otherwise Qemu. WHAT begins the sentence, FILE is
// the one it was about.
Error qemuImgError(const QString& what, const QString& file, const QString& words);

} // namespace platter
