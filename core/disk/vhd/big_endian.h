// SPDX-License-Identifier: GPL-3.0-or-later
// Unsigned integers in big-endian order, as everything in a VHD is stored, without ever casting a structure onto
// the bytes. OFFSET must lie inside of BYTES, whose length is a structure's own. Pure functions.
#pragma once

#include <QtEndian>

#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>

namespace platter::vhd {

template <std::unsigned_integral T>
T bigEndian(std::span<const std::byte> bytes, std::size_t offset)
{
    T value = 0;
    std::memcpy(&value, bytes.subspan(offset, sizeof(T)).data(), sizeof(T));
    return qFromBigEndian(value);
}

template <std::unsigned_integral T>
void putBigEndian(std::span<std::byte> bytes, std::size_t offset, T value)
{
    const T stored = qToBigEndian(value);
    std::memcpy(bytes.subspan(offset, sizeof(T)).data(), &stored, sizeof(T));
}

} // namespace platter::vhd
