// SPDX-License-Identifier: GPL-3.0-or-later
// A disc's image as bytes in memory, laid down by hand, so that a test can break one rule at a time.
#pragma once

#include <QByteArray>
#include <QtEndian>

#include <cstddef>
#include <span>

namespace platter {

class DiscBytes {
public:
    static constexpr qsizetype sectorSize = 2048;

    explicit DiscBytes(int sectors)
        : m_bytes(sectors * sectorSize, '\0')
    {
    }

    std::span<const std::byte> span() const
    {
        return std::as_bytes(std::span(m_bytes.constData(), static_cast<std::size_t>(m_bytes.size())));
    }

    void put(qsizetype offset, const QByteArray& bytes) { m_bytes.replace(offset, bytes.size(), bytes); }

    template <typename T>
    void putNumber(qsizetype offset, T value)
    {
        qToLittleEndian(value, m_bytes.data() + offset);
    }

    void cut(qsizetype size) { m_bytes.truncate(size); }

    // A descriptor's first seven bytes (ECMA-119 8.1).
    void putDescriptor(int sector, char type, const QByteArray& identifier = "CD001")
    {
        put(sector * sectorSize, QByteArray(1, type) + identifier + '\x01');
    }

    void putPrimary(int sector, const QByteArray& label, quint32 blocks)
    {
        const qsizetype at = sector * sectorSize;
        putDescriptor(sector, 1);
        put(at + 8, QByteArray("LINUX").leftJustified(32, ' '));
        put(at + 40, label.leftJustified(32, ' '));
        putNumber<quint32>(at + 80, blocks);
        putNumber<quint16>(at + 128, 2048);
        put(at + 318, QByteArray("SOMEBODY").leftJustified(128, ' '));
        put(at + 446, QByteArray("A TOOL").leftJustified(128, ' '));
        put(at + 574, QByteArray("A PROGRAM").leftJustified(128, ' '));
    }

    void putBootRecord(int sector, quint32 catalog)
    {
        putDescriptor(sector, 0);
        put(sector * sectorSize + 7, "EL TORITO SPECIFICATION");
        putNumber<quint32>(sector * sectorSize + 71, catalog);
    }

    // The boot catalogue's validation entry with a right checksum (El Torito, figure 2).
    void putValidation(int sector, quint8 platform)
    {
        const qsizetype at = sector * sectorSize;
        put(at, QByteArray("\x01", 1) + char(platform));
        putNumber<quint16>(at + 30, 0xAA55);
        putNumber<quint16>(at + 28, static_cast<quint16>(0x10000 - (0x0001 + (platform << 8) + 0xAA55) % 0x10000));
    }

    void putBootEntry(
        int sector, int index, quint8 emulation, quint16 sectors, quint32 first, quint8 indicator = 0x88)
    {
        const qsizetype at = sector * sectorSize + index * 32;
        put(at, QByteArray(1, char(indicator)) + char(emulation));
        putNumber<quint16>(at + 6, sectors);
        putNumber<quint32>(at + 8, first);
    }

    void putSection(int sector, int index, quint8 indicator, quint8 platform, quint16 count)
    {
        const qsizetype at = sector * sectorSize + index * 32;
        put(at, QByteArray(1, char(indicator)) + char(platform));
        putNumber<quint16>(at + 2, count);
    }

private:
    QByteArray m_bytes;
};

} // namespace platter
