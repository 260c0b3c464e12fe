// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/disk/vhdx/raw_bytes.h"

#include "core/disk/vhdx/checksum.h"
#include "core/disk/vhdx/layout.h"

namespace platter::vhdx {

namespace {

void insist(const Result<void>& done)
{
    if (!done) {
        qFatal("%s", qUtf8Printable(done.error().detail));
    }
}

void mend(MemoryFile& file, std::uint64_t offset, std::size_t size, std::size_t field)
{
    const std::vector<std::byte> bytes = bytesAt(file, offset, size);
    putNumber<quint32>(file, offset + field, checksumOf(bytes, field));
}

} // namespace

std::vector<std::byte> bytesAt(const ReadableFile& file, std::uint64_t offset, std::size_t length)
{
    std::vector<std::byte> bytes(length);
    insist(file.read(offset, bytes));
    return bytes;
}

void putBytes(MemoryFile& file, std::uint64_t offset, std::span<const std::byte> bytes)
{
    insist(file.write(offset, bytes));
}

void putGuidAt(MemoryFile& file, std::uint64_t offset, const QUuid& guid)
{
    std::array<std::byte, guidSize> bytes{};
    putGuid(bytes, 0, guid);
    putBytes(file, offset, bytes);
}

void mendHeaders(MemoryFile& file)
{
    for (const std::uint64_t offset : layout::headerOffsets) {
        mend(file, offset, layout::headerSize, layout::header::checksum);
    }
}

void mendRegionTables(MemoryFile& file)
{
    for (const std::uint64_t offset : layout::regionTableOffsets) {
        mend(file, offset, layout::regionTableSize, layout::regionTable::checksum);
    }
}

void putLogGuid(MemoryFile& file, const QUuid& guid)
{
    for (const std::uint64_t offset : layout::headerOffsets) {
        putGuidAt(file, offset + layout::header::logGuid, guid);
    }
    mendHeaders(file);
}

void putEntry(MemoryFile& file, std::uint64_t table, std::uint64_t number, std::uint64_t raw)
{
    putNumber<quint64>(file, table + number * layout::batEntrySize, raw);
}

} // namespace platter::vhdx
