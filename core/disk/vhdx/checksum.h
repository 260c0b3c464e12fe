// SPDX-License-Identifier: GPL-3.0-or-later
// CRC-32C of a structure that holds its own checksum ([MS-VHDX] §2.2: computed with the field taken as zero).
// Values; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <isa-l/crc.h>
#include <span>

namespace platter::vhdx {

inline constexpr std::size_t checksumSize = 4;

// Goes on from CRC, for a structure that is read in pieces.
inline std::uint32_t extendChecksum(std::uint32_t crc, std::span<const std::byte> bytes)
{
    // ISA-L leaves the inversion before and after to the caller, and takes bytes that it never changes as mutable.
    auto* data = const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(bytes.data()));
    return ~crc32_iscsi(data, static_cast<int>(bytes.size()), ~crc);
}

// Of BYTES, whose checksum field lies at FIELD.
inline std::uint32_t checksumOf(std::span<const std::byte> bytes, std::size_t field)
{
    constexpr std::array<std::byte, checksumSize> zero{};
    const std::uint32_t before = extendChecksum(0, bytes.first(field));
    return extendChecksum(extendChecksum(before, zero), bytes.subspan(field + checksumSize));
}

} // namespace platter::vhdx
