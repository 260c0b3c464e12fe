// SPDX-License-Identifier: GPL-3.0-or-later
// A stretch of a disk, in bytes. Values.
#pragma once

#include <compare>
#include <cstdint>

namespace platter {

struct DiskRange {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;

    std::uint64_t end() const { return offset + length; }

    friend auto operator<=>(const DiskRange&, const DiskRange&) = default;
};

} // namespace platter
