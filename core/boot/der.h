// SPDX-License-Identifier: GPL-3.0-or-later
// DER (X.690), in which certificates and signatures are written: elements, one behind the other or one in the
// other. Nothing is read beyond the bytes, whose owner keeps them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace platter {

// Tags of ASN.1 (X.690, 8.1.2) as they stand in certificates and signatures.
namespace der_tag {
inline constexpr std::uint8_t integer = 0x02;
inline constexpr std::uint8_t octetString = 0x04;
inline constexpr std::uint8_t objectId = 0x06;
inline constexpr std::uint8_t utf8String = 0x0c;
inline constexpr std::uint8_t utcTime = 0x17;
inline constexpr std::uint8_t generalizedTime = 0x18;
inline constexpr std::uint8_t bmpString = 0x1e;
inline constexpr std::uint8_t sequence = 0x30;
inline constexpr std::uint8_t set = 0x31;
inline constexpr std::uint8_t context0 = 0xa0; // [0] and [1], constructed
inline constexpr std::uint8_t context1 = 0xa1;
} // namespace der_tag

struct DerElement {
    std::uint8_t tag = 0;
    std::span<const std::byte> content;
    std::span<const std::byte> whole; // tag and length, too
};

// Takes elements off the front.
class DerElements {
public:
    explicit DerElements(std::span<const std::byte> bytes)
        : m_rest(bytes)
    {
    }

    bool isAtEnd() const { return m_rest.empty(); }

    bool isNext(std::uint8_t tag) const;
    // Nothing: there is none that ends within.
    std::optional<DerElement> next();
    // Nothing also where another one is next, which stays.
    std::optional<DerElement> next(std::uint8_t tag);
    // What is in the next element; nothing is in one that is not there.
    DerElements in(std::uint8_t tag);

private:
    std::span<const std::byte> m_rest;
};

} // namespace platter
