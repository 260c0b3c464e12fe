// SPDX-License-Identifier: GPL-3.0-or-later
// Unsigned integers and GUIDs in little-endian order, as ISO 9660, El Torito, FAT and Windows' disk formats store
// them, read from and put into bytes without ever casting a structure onto them. Pure functions.
#pragma once

#include <QUuid>
#include <QtEndian>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

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

// What is put lies inside BYTES: that is the caller's promise, here and below.
template <typename T>
void putLittleEndian(std::span<std::byte> bytes, std::size_t offset, T value)
{
    qToLittleEndian<T>(value, bytes.subspan(offset, sizeof(T)).data());
}

inline constexpr std::size_t guidSize = 16;

// The Windows struct: one 32-bit and two 16-bit numbers, little endian, then eight bytes as they are.
inline QUuid guidAt(std::span<const std::byte> bytes, std::size_t offset)
{
    const auto tail = [&](std::size_t i) { return std::to_integer<uchar>(bytes[offset + 8 + i]); };
    return QUuid(littleEndian<quint32>(bytes, offset), littleEndian<quint16>(bytes, offset + 4),
        littleEndian<quint16>(bytes, offset + 6), tail(0), tail(1), tail(2), tail(3), tail(4), tail(5), tail(6),
        tail(7));
}

inline void putGuid(std::span<std::byte> bytes, std::size_t offset, const QUuid& guid)
{
    putLittleEndian<quint32>(bytes, offset, guid.data1);
    putLittleEndian<quint16>(bytes, offset + 4, guid.data2);
    putLittleEndian<quint16>(bytes, offset + 6, guid.data3);
    std::ranges::transform(
        guid.data4, bytes.subspan(offset + 8, 8).begin(), [](uchar value) { return std::byte(value); });
}

inline bool hasSignature(std::span<const std::byte> bytes, std::size_t offset, std::string_view signature)
{
    return bytes.size() >= offset + signature.size()
        && std::ranges::equal(bytes.subspan(offset, signature.size()), std::as_bytes(std::span(signature)));
}

inline void putSignature(std::span<std::byte> bytes, std::size_t offset, std::string_view signature)
{
    std::ranges::copy(std::as_bytes(std::span(signature)), bytes.subspan(offset).begin());
}

} // namespace platter
