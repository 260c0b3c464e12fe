// SPDX-License-Identifier: GPL-3.0-or-later
// What all EFI structures in a QByteArray are read and made with: its bytes, as core/little_endian.h takes them,
// and texts (CHAR16, ended by a null; UEFI specification 2.3.1). Pure functions.
#pragma once

#include "core/little_endian.h"

#include <QByteArray>
#include <QString>

namespace platter {

// Valid as long as BYTES is, and keeps its length.
inline std::span<const std::byte> bytesOf(const QByteArray& bytes)
{
    return std::as_bytes(std::span(bytes.constData(), std::size_t(bytes.size())));
}

inline std::span<std::byte> bytesOf(QByteArray& bytes)
{
    return std::as_writable_bytes(std::span(bytes.data(), std::size_t(bytes.size())));
}

inline QByteArray copyOf(std::span<const std::byte> bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), qsizetype(bytes.size())};
}

// With its null.
inline QByteArray efiText(const QString& text)
{
    QByteArray result((text.size() + 1) * 2, '\0');
    for (qsizetype i = 0; i < text.size(); ++i) {
        putLittleEndian(bytesOf(result), std::size_t(i) * 2, text[i].unicode());
    }
    return result;
}

// Up to its null, or to the end of BYTES.
inline QString efiTextAt(std::span<const std::byte> bytes, std::size_t offset)
{
    QString text;
    for (std::size_t at = offset; at + 1 < bytes.size(); at += 2) {
        const auto unit = littleEndian<std::uint16_t>(bytes, at);
        if (unit == 0) {
            break;
        }
        text += QChar(unit);
    }
    return text;
}

} // namespace platter
