// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/der.h"

namespace platter {

namespace {

// X.690, 8.1.3.5: the length's own length, with this bit.
constexpr std::size_t longForm = 0x80;
constexpr std::size_t mostDigits = 4;

} // namespace

bool DerElements::isNext(std::uint8_t tag) const
{
    return !m_rest.empty() && std::to_integer<std::uint8_t>(m_rest[0]) == tag;
}

std::optional<DerElement> DerElements::next()
{
    if (m_rest.size() < 2) {
        return std::nullopt;
    }
    std::size_t length = std::to_integer<std::size_t>(m_rest[1]);
    std::size_t header = 2;
    if (length >= longForm) {
        const std::size_t digits = length - longForm;
        if (digits == 0 || digits > mostDigits || m_rest.size() < header + digits) {
            return std::nullopt;
        }
        length = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            length = length << 8 | std::to_integer<std::size_t>(m_rest[header + i]);
        }
        header += digits;
    }
    if (length > m_rest.size() - header) {
        return std::nullopt;
    }
    const DerElement element{
        std::to_integer<std::uint8_t>(m_rest[0]), m_rest.subspan(header, length), m_rest.first(header + length)};
    m_rest = m_rest.subspan(header + length);
    return element;
}

std::optional<DerElement> DerElements::next(std::uint8_t tag)
{
    return isNext(tag) ? next() : std::nullopt;
}

DerElements DerElements::in(std::uint8_t tag)
{
    return DerElements(next(tag).value_or(DerElement{}).content);
}

} // namespace platter
