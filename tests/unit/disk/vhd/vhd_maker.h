// SPDX-License-Identifier: GPL-3.0-or-later
// Makes VHDs byte by byte, right or wrong, with small blocks. A value.
#pragma once

#include "core/disk/vhd/dynamic_header.h"
#include "core/disk/vhd/footer.h"
#include "tests/disk/memory_file.h"

#include <memory>
#include <vector>

class VhdMaker {
public:
    static constexpr std::uint32_t blockSize = 65536; // 128 sectors
    static constexpr std::uint64_t tableOffset = 1536;

    VhdMaker(platter::vhd::DiskType type, std::uint64_t size);

    platter::vhd::Footer footer;
    platter::vhd::DynamicHeader header;
    std::vector<std::uint32_t> table;

    // What stands from the table's end on, in the file's order.
    std::vector<std::byte> tail;

    // Where the next block begins, in bytes.
    std::uint64_t end() const;
    // Puts a block there: BITMAP as the bytes of its first sector, every byte of the data FILL.
    void addBlock(std::uint32_t block, std::span<const std::byte> bitmap, std::byte fill);
    // The same with all sectors there.
    void addFullBlock(std::uint32_t block, std::byte fill);
    // Bytes that belong to no block, in whole sectors; where they begin.
    std::uint64_t addBytes(std::span<const std::byte> bytes);
    // A relative path to the parent, in the first free locator.
    void addRelativePath(const QString& path);

    std::vector<std::byte> bytes() const;

    std::unique_ptr<platter::MemoryFile> file() const { return fileOf(bytes()); }

    static std::unique_ptr<platter::MemoryFile> fileOf(std::span<const std::byte> bytes);
};
