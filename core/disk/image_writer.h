// SPDX-License-Identifier: GPL-3.0-or-later
// A new image that is being filled: what the formats offer to whoever has a disk's content, be it a conversion or a
// flattening. A format says where in its file the bytes belong; how they get there (cloned by the file system,
// copied from a buffer) is the other side's business. Owned by one operation; place() may be called from any
// thread.
#pragma once

#include "core/byte_count.h"
#include "core/disk/block_file.h"
#include "core/disk/disk_format.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace platter {

// What the disk in the image is going to be.
struct DiskShape {
    std::uint64_t size = 0;
    std::uint32_t logicalSectorSize = 512;
    std::uint32_t physicalSectorSize = 512;

    friend bool operator==(const DiskShape&, const DiskShape&) = default;
};

class ImageWriter {
public:
    virtual ~ImageWriter() = default;

    struct Place {
        std::uint64_t offset = 0; // in the image's file
        std::uint64_t length = 0; // bytes that lie one after the other there, > 0
    };

    // Where the disk's bytes at OFFSET go, LENGTH of them at most; makes room where there is none yet. What is
    // never written reads as zeros, inside of a place as well. Blocks lie in the file in the order of these calls.
    virtual Result<Place> place(std::uint64_t offset, std::uint64_t length) = 0;

    // Everything has been written to its place: writes what belongs around it and flushes. Called once, last.
    virtual Result<void> finish() = 0;
};

// The images that can be made from a disk.
enum class ImageTarget { Raw, FixedVhd, DynamicVhd, FixedVhdx, DynamicVhdx, Qcow2, Vmdk, Vdi };

QString displayName(ImageTarget target);

// Whether the project writes it itself; the others are made by qemu-img.
bool isOwnFormat(ImageTarget target);

// How a machine has such an image as its disk; nothing where none can.
std::optional<DiskFormat> machineFormat(ImageTarget target);

// InvalidInput, Unsupported: such a disk does not fit into such an image.
Result<void> checkShape(ImageTarget target, const DiskShape& shape);

// What the image takes on the host besides the data, at most.
ByteCount overheadOf(ImageTarget target, const DiskShape& shape);

// Fills FILE, which is empty and outlives the writer. TARGET is one of the own formats.
Result<std::unique_ptr<ImageWriter>> makeImageWriter(ImageTarget target, BlockFile& file, const DiskShape& shape);

} // namespace platter
