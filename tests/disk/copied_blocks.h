// SPDX-License-Identifier: GPL-3.0-or-later
// What a file system that shares blocks does, done by copying: the same file appears, on any file system.
#pragma once

#include <cstdint>
#include <unistd.h>
#include <vector>

namespace platter {

inline bool copiedBlocks(int from, int to, std::uint64_t length)
{
    std::vector<char> piece(65536);
    off_t at = 0;
    for (;;) {
        const ssize_t count = ::pread(from, piece.data(), piece.size(), at);
        if (count <= 0 || (length > 0 && static_cast<std::uint64_t>(at) >= length)) {
            return count >= 0;
        }
        if (::pwrite(to, piece.data(), static_cast<std::size_t>(count), at) != count) {
            return false;
        }
        at += count;
    }
}

} // namespace platter
