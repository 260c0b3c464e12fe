// SPDX-License-Identifier: GPL-3.0-or-later
// The disk that a guest would see, whatever the format of the image: size, sectors, content, and a map of where the
// content lies. Reading is safe from any number of threads at once. Offsets and lengths are bytes of the virtual
// disk.
#pragma once

#include "core/disk/block_file.h"

namespace platter {

// A stretch of a virtual disk of one kind.
struct DiskRun {
    enum class Content {
        Zero, // reads as zeros, known without reading
        Data,
    };
    Content content = Content::Zero;
    std::uint64_t length = 0; // > 0, never past the disk's end
    // Where the bytes lie one to one, so that they can be cloned; null where they must be read through the disk.
    const ReadableFile* file = nullptr;
    std::uint64_t fileOffset = 0;

    friend bool operator==(const DiskRun&, const DiskRun&) = default;
};

// size() is the virtual size; read() takes any offset and length inside the disk.
class VirtualDisk : public ByteSource {
public:
    // 512 or 4096.
    virtual std::uint32_t logicalSectorSize() const = 0;

    virtual std::uint32_t physicalSectorSize() const = 0;

    // What there is at OFFSET (< size()); looks at most LIMIT bytes far. Holes of the image's own file count as
    // Zero.
    virtual Result<DiskRun> runAt(std::uint64_t offset, std::uint64_t limit) const = 0;

    // Whether it can be told at once, without the map, that there is nothing but zeros.
    virtual bool isKnownEmpty() const { return false; }
};

// A disk that can be changed. Nothing is safe from a power cut before flush() has returned; what was not flushed is
// there or not, block by block, and everything that was flushed stays. Any number of threads at once; of requests
// to the same bytes at the same time either may win.
class WritableDisk : public VirtualDisk {
public:
    virtual Result<void> write(std::uint64_t offset, std::span<const std::byte> from) = 0;
    // The range reads as zeros afterwards; whole blocks give their space back.
    virtual Result<void> writeZeroes(std::uint64_t offset, std::uint64_t length) = 0;
    // The guest does not need the range any more: whole blocks give their space back, the rest may stay as it is.
    virtual Result<void> trim(std::uint64_t offset, std::uint64_t length) = 0;
    virtual Result<void> flush() = 0;
};

} // namespace platter
