// SPDX-License-Identifier: GPL-3.0-or-later
// A disk cut into the pieces that a picture of it shows, and where they lie on a line: to a scale that keeps a
// small partition of a huge disk in sight. Values and pure functions.
#pragma once

#include "core/disk/inspection.h"

#include <optional>
#include <vector>

namespace platter {

struct DiskSegment {
    enum class Kind {
        EfiSystem,
        Partition,
        Data, // no partition table, and something on the disk
        Free,
        Removed, // free, and gone with the proposed size
        Added, // there with the proposed size
        Room, // where the disk could grow to
    };
    Kind kind = Kind::Free;
    DiskRange range;
    QString name = {}; // what people call it: its label, "EFI system"; may be empty
    QString content = {}; // "ext4", "NTFS", "free"
    int partition = 0; // its number; 0: it is none
    std::optional<FileSystemSpace> space = {}; // how full it is; nothing: not known

    friend bool operator==(const DiskSegment&, const DiskSegment&) = default;
};

// By offset, without gaps except those too small to matter. PROPOSED is a new size (0: none), REACH the size up to
// which there is room to grow (0: none is shown).
std::vector<DiskSegment> segmentsOf(const DiskInspection& disk, ByteCount proposed, ByteCount reach);

// As a screen reader says it: "ESP, FAT32, 512 MiB"; empty for what is not there yet and has no length.
QString sentenceOf(const DiskSegment& segment);

struct Stretch {
    double begin = 0;
    double width = 0;
};

enum class EndHandle { No, Yes };

// Where the segments lie on WIDTH: none below LEAST where there is room for that, the rest by a scale on which a
// thousandfold length is some sixty times as wide. What stays free and what is removed are drawn to one linear
// scale, and with a handle so are what is added and the room beyond: the handle between them follows the pointer.
std::vector<Stretch> stretchesOf(
    const std::vector<DiskSegment>& segments, double width, double least, EndHandle handle = EndHandle::No);

} // namespace platter
