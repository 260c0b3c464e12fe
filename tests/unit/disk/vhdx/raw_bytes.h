// SPDX-License-Identifier: GPL-3.0-or-later
// Changing single fields of a VHDX file in memory past all rules, and mending the checksums afterwards. One thread.
#pragma once

#include "core/little_endian.h"
#include "tests/disk/memory_file.h"

namespace platter::vhdx {

std::vector<std::byte> bytesAt(const ReadableFile& file, std::uint64_t offset, std::size_t length);
void putBytes(MemoryFile& file, std::uint64_t offset, std::span<const std::byte> bytes);

template <typename T>
T numberAt(const ReadableFile& file, std::uint64_t offset)
{
    return littleEndian<T>(bytesAt(file, offset, sizeof(T)), 0);
}

template <typename T>
void putNumber(MemoryFile& file, std::uint64_t offset, T value)
{
    std::array<std::byte, sizeof(T)> bytes{};
    putLittleEndian<T>(bytes, 0, value);
    putBytes(file, offset, bytes);
}

void putGuidAt(MemoryFile& file, std::uint64_t offset, const QUuid& guid);

// Computes the checksums of both headers and of both region tables anew.
void mendHeaders(MemoryFile& file);
void mendRegionTables(MemoryFile& file);

// Both headers name a log with GUID that must be applied first.
void putLogGuid(MemoryFile& file, const QUuid& guid);

// An entry of the block allocation table at TABLE.
void putEntry(MemoryFile& file, std::uint64_t table, std::uint64_t number, std::uint64_t raw);

} // namespace platter::vhdx
