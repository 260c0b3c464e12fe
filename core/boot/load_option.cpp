// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/load_option.h"

#include "core/little_endian.h"

namespace platter {

namespace {

constexpr std::size_t pathLengthOffset = 4;
constexpr std::size_t descriptionOffset = 6;

// EDK2's mBmAutoCreateBootOptionGuid, which it never hands to what it starts.
constexpr QUuid madeByFirmware(0x8108ac4e, 0x9f11, 0x4d59, 0x85, 0x0e, 0xe2, 0x1a, 0x52, 0x2c, 0x59, 0xb2);

} // namespace

std::optional<LoadOption> LoadOption::parse(const QByteArray& option)
{
    const auto bytes = std::as_bytes(std::span(option.constData(), std::size_t(option.size())));
    LoadOption result{.attributes = littleEndian<std::uint32_t>(bytes, 0)};
    std::size_t at = descriptionOffset;
    for (;; at += 2) {
        if (at + 2 > bytes.size()) {
            return std::nullopt;
        }
        const auto unit = littleEndian<std::uint16_t>(bytes, at);
        if (unit == 0) {
            break;
        }
        result.description += QChar(unit);
    }
    const auto path = qsizetype(at + 2);
    const qsizetype length = littleEndian<std::uint16_t>(bytes, pathLengthOffset);
    if (length > option.size() - path) {
        return std::nullopt;
    }
    result.path = option.sliced(path, length);
    result.data = option.sliced(path + length);
    return result;
}

QByteArray LoadOption::bytes() const
{
    QByteArray result(qsizetype(descriptionOffset) + (description.size() + 1) * 2, '\0');
    const auto bytes = std::as_writable_bytes(std::span(result.data(), std::size_t(result.size())));
    putLittleEndian(bytes, 0, attributes);
    putLittleEndian(bytes, pathLengthOffset, std::uint16_t(path.size()));
    for (qsizetype i = 0; i < description.size(); ++i) {
        putLittleEndian(bytes, descriptionOffset + std::size_t(i) * 2, description[i].unicode());
    }
    return result + path + data;
}

bool LoadOption::isMadeByFirmware() const
{
    return data.size() == qsizetype(guidSize)
        && guidAt(std::as_bytes(std::span(data.constData(), guidSize)), 0) == madeByFirmware;
}

} // namespace platter
