// SPDX-License-Identifier: GPL-3.0-or-later
// A number of bytes as a type of its own, with the one way in which the project reads and writes sizes: binary
// units, "40 GiB". A plain value.
#pragma once

#include "core/error.h"

#include <QMetaType>
#include <QString>

#include <compare>
#include <cstdint>
#include <optional>

namespace platter {

class ByteCount {
public:
    constexpr ByteCount() = default;

    constexpr explicit ByteCount(std::uint64_t bytes)
        : m_bytes(bytes)
    {
    }

    static constexpr ByteCount kibibytes(std::uint64_t n) { return ByteCount(n << 10); }

    static constexpr ByteCount mebibytes(std::uint64_t n) { return ByteCount(n << 20); }

    static constexpr ByteCount gibibytes(std::uint64_t n) { return ByteCount(n << 30); }

    static constexpr ByteCount tebibytes(std::uint64_t n) { return ByteCount(n << 40); }

    // Accepts "40G", "40GiB", "40 GiB", "1.5T", "512M", "1048576"; units K M G T P (binary), any case, with or
    // without "iB" or "B". Refuses (InvalidInput) anything else, negative numbers, fractions of a byte and more
    // than 2^63 - 1.
    static Result<ByteCount> parse(const QString& text);

    constexpr std::uint64_t bytes() const { return m_bytes; }

    constexpr std::uint64_t wholeMebibytes() const { return m_bytes >> 20; }

    // The sum, or nothing where it does not fit into 64 bits.
    constexpr std::optional<ByteCount> plus(ByteCount other) const
    {
        std::uint64_t sum = 0;
        if (__builtin_add_overflow(m_bytes, other.m_bytes, &sum)) {
            return std::nullopt;
        }
        return ByteCount(sum);
    }

    // "40 GiB", "1.5 GiB", "512 bytes": for people, in the current locale, at most two decimals.
    QString toString() const;
    // The shortest exact text that parse() reads back: "40G", "1536M", "513".
    QString toExactString() const;

    friend constexpr auto operator<=>(const ByteCount&, const ByteCount&) = default;

private:
    std::uint64_t m_bytes = 0;
};

} // namespace platter

Q_DECLARE_METATYPE(platter::ByteCount)
