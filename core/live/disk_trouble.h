// SPDX-License-Identifier: GPL-3.0-or-later
// What stands between a machine and a disk of it: the image is gone, cannot be written to, or is another machine's
// as well. Values and pure functions, but for accessTo(), which asks the file system. Any thread.
#pragma once

#include "core/machine/store.h"

#include <optional>

namespace platter {

enum class ImageAccess {
    Missing,
    ReadOnly, // the storage, or the file's permissions
    Writable,
};

ImageAccess accessTo(const QString& file);

// Another machine that has the image as a disk.
struct ImageUser {
    QString machine;
    SlotId slot;
    bool isReadOnly = false; // for its guest

    friend bool operator==(const ImageUser&, const ImageUser&) = default;
};

// As which disk MACHINE has the image, by its path.
std::optional<ImageUser> imageUserIn(const StoredMachine& machine, const QString& file);

struct DiskTrouble {
    enum class Kind {
        Missing, // another path helps, or another image
        ReadOnlyStorage, // attaching it read-only helps
        Shared, // two machines that write to it cannot run at a time; attaching it read-only in both helps
    };

    Kind kind = Kind::Missing;
    QString sentence = {};
    QString advice = {};

    friend bool operator==(const DiskTrouble&, const DiskTrouble&) = default;
};

std::optional<DiskTrouble> troubleOf(
    const DiskDrive& disk, ImageAccess access, const std::optional<ImageUser>& otherUser);

// As JSON has it: "missing", "read-only-storage", "shared".
QString nameOf(DiskTrouble::Kind kind);

} // namespace platter
