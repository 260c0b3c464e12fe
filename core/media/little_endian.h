// SPDX-License-Identifier: GPL-3.0-or-later
// Unsigned integers from bytes in little-endian order, as ISO 9660, El Torito and FAT store them, without ever
// casting a structure onto the bytes. Pure functions.
#pragma once

#include <QtEndian>

#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>

namespace platter {

// What lies outside of BYTES reads as zero: a wrong offset can then give a wrong value, never a wild read.
template <std::unsigned_integral T>
T littleEndian(std::span<const std::byte> bytes, std::size_t offset)
{
    if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) {
        return 0;
    }
    T value = 0;
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return qFromLittleEndian(value);
}

} // namespace platter
