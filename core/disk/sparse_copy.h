// SPDX-License-Identifier: GPL-3.0-or-later
// A file in memory, as large as a disk, that holds the few parts of the disk that were copied into it; the rest
// reads as zeros and takes no memory. Libraries that want a device's descriptor (libfdisk, libblkid) work on it.
// One thread at a time.
#pragma once

#include "core/byte_source.h"
#include "core/disk/disk_range.h"
#include "core/unique_fd.h"

namespace platter {

class SparseCopy final : public ByteSource {
public:
    // SIZE up to largest.
    static Result<SparseCopy> make(std::uint64_t size);

    static constexpr std::uint64_t largest = std::uint64_t(1) << 62;

    int descriptor() const { return m_fd.get(); }

    // What the source has of RANGE and what of it fits in here.
    Result<void> copy(const ByteSource& source, DiskRange range);

    std::uint64_t size() const override { return m_size; }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;

    struct Run {
        bool isWritten = false; // or nothing ever was, and it reads as zeros
        std::uint64_t length = 0;
    };

    // What there is at OFFSET (< size()).
    Run runAt(std::uint64_t offset) const;

    Result<void> write(std::uint64_t offset, std::span<const std::byte> from);
    // LENGTH bytes at OFFSET read as zeros afterwards; nothing past the end.
    Result<void> zero(DiskRange range);

private:
    SparseCopy(UniqueFd fd, std::uint64_t size);

    UniqueFd m_fd;
    std::uint64_t m_size = 0;
};

} // namespace platter
