// SPDX-License-Identifier: GPL-3.0-or-later
// The file that holds a disk image, as the formats see it: they never open a file. The real one is HostFile; tests
// have files in memory, files whose n-th call fails, and files that record their writes. Reads and writes may come
// from any number of threads at once; writes that overlap are the caller's business, as is resize().
#pragma once

#include "core/byte_source.h"

namespace platter {

// A stretch of a file that holds bytes or was never written.
struct FileRun {
    enum class Content {
        Data,
        Hole, // reads as zeros and takes no space
    };
    Content content = Content::Data;
    std::uint64_t length = 0; // in bytes, > 0

    friend bool operator==(const FileRun&, const FileRun&) = default;
};

class ReadableFile : public ByteSource {
public:
    // What there is at OFFSET (< size()) and how far it goes on. A file that does not know says Data to its end.
    virtual Result<FileRun> runAt(std::uint64_t offset) const = 0;
};

class BlockFile : public ReadableFile {
public:
    // What storage is written in, at least.
    static constexpr std::size_t streamAlignment = 4096;

    // Everything or an error; a write past the end makes the file longer.
    virtual Result<void> write(std::uint64_t offset, std::span<const std::byte> from) = 0;
    // As write(), for much that nobody is going to read soon: it sets out for the storage at once, so that a flush
    // finds little left to do. Best inside the file, and where OFFSET and the place in memory lie equally far
    // behind a multiple of streamAlignment.
    virtual Result<void> stream(std::uint64_t offset, std::span<const std::byte> from);
    // Everything written and every change of size before is on stable storage when this returns.
    virtual Result<void> flush() = 0;
    // Makes the file longer (the new bytes read as zeros) or shorter.
    virtual Result<void> resize(std::uint64_t size) = 0;
    // LENGTH bytes at OFFSET, inside the file, read as zeros afterwards; their space goes back where that is
    // possible.
    virtual Result<void> zero(std::uint64_t offset, std::uint64_t length) = 0;
    // LENGTH bytes at OFFSET, inside the file, will not run out of space when they are written: NoSpace now or
    // never. Nothing where the file system cannot promise that.
    virtual Result<void> reserve(std::uint64_t offset, std::uint64_t length);

    // LENGTH bytes at FROM_OFFSET of FROM appear at OFFSET here, shared or copied by the file system itself. False
    // where it cannot, and then the content there is undefined: other file systems, other kinds of file, offsets
    // that are not those of its blocks.
    virtual Result<bool> cloneFrom(
        const ByteSource& from, std::uint64_t fromOffset, std::uint64_t offset, std::uint64_t length);
};

inline Result<void> BlockFile::stream(std::uint64_t offset, std::span<const std::byte> from)
{
    return write(offset, from);
}

inline Result<void> BlockFile::reserve(std::uint64_t, std::uint64_t)
{
    return {};
}

inline Result<bool> BlockFile::cloneFrom(const ByteSource&, std::uint64_t, std::uint64_t, std::uint64_t)
{
    return false;
}

} // namespace platter
