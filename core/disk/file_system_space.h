// SPDX-License-Identifier: GPL-3.0-or-later
// How full a file system is, as its superblock says while nobody has it mounted: ext2 to ext4 (fs/ext4/ext4.h in
// Linux), FAT (Microsoft's "FAT: General Overview of On-Disk Format"). In bytes, as df counts: without the file
// system's own structures. Pure functions over a source; any thread.
#pragma once

#include "core/byte_source.h"

#include <QString>

#include <optional>

namespace platter {

struct FileSystemSpace {
    std::uint64_t size = 0;
    std::uint64_t used = 0; // at most size

    friend bool operator==(const FileSystemSpace&, const FileSystemSpace&) = default;
};

// TYPE is libblkid's. Nothing: of other types it is not known, nor of one that is mounted or was not unmounted,
// whose superblock is behind.
std::optional<FileSystemSpace> spaceOf(const ByteSource& volume, const QString& type);

} // namespace platter
