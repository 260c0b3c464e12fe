// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/load_option.h"

#include "core/boot/efi_bytes.h"

namespace platter {

namespace {

constexpr std::size_t pathLengthOffset = 4;
constexpr std::size_t descriptionOffset = 6;

// EDK2's mBmAutoCreateBootOptionGuid, which it never hands to what it starts.
constexpr QUuid madeByFirmware(0x8108ac4e, 0x9f11, 0x4d59, 0x85, 0x0e, 0xe2, 0x1a, 0x52, 0x2c, 0x59, 0xb2);

} // namespace

std::optional<LoadOption> LoadOption::parse(const QByteArray& option)
{
    const std::span<const std::byte> bytes = bytesOf(option);
    LoadOption result{
        .attributes = littleEndian<std::uint32_t>(bytes, 0), .description = efiTextAt(bytes, descriptionOffset)};
    const qsizetype path = qsizetype(descriptionOffset) + (result.description.size() + 1) * 2;
    if (path > option.size()) {
        return std::nullopt;
    }
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
    QByteArray header(qsizetype(descriptionOffset), '\0');
    putLittleEndian(bytesOf(header), 0, attributes);
    putLittleEndian(bytesOf(header), pathLengthOffset, std::uint16_t(path.size()));
    return header + efiText(description) + path + data;
}

bool LoadOption::isMadeByFirmware() const
{
    return data.size() == qsizetype(guidSize) && guidAt(bytesOf(data), 0) == madeByFirmware;
}

} // namespace platter
