// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the virtual disk of a VHDX file block by block: from the file, from the parent, or zeros. Owns nothing; any
// number of threads at once, as long as its parts allow it.
#pragma once

#include "core/disk/vhdx/block_table.h"
#include "core/disk/vhdx/structure.h"
#include "core/disk/virtual_disk.h"

namespace platter::vhdx {

class BlockReader {
public:
    // PARENT is null for an image without one.
    BlockReader(
        const ReadableFile& file, const Metadata& metadata, const BlockTable& table, const VirtualDisk* parent);

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const;
    Result<DiskRun> runAt(std::uint64_t offset, std::uint64_t limit) const;

    // How many bytes from OFFSET on (inside one block in state PartiallyPresent) lie in the same file, and in
    // which.
    struct Share {
        bool here = false;
        std::uint64_t length = 0;
    };

    Result<Share> shareAt(std::uint64_t offset, std::uint64_t limit) const;

private:
    Result<void> readBlock(BatEntry entry, std::uint64_t offset, std::span<std::byte> into) const;
    Result<void> readFile(std::uint64_t fileOffset, std::span<std::byte> into) const;
    Result<void> readParent(std::uint64_t offset, std::span<std::byte> into) const;
    Result<DiskRun> fileRun(std::uint64_t fileOffset, std::uint64_t limit) const;
    Result<DiskRun> parentRun(std::uint64_t offset, std::uint64_t limit) const;

    const ReadableFile& m_file;
    const Metadata& m_metadata;
    const BlockTable& m_table;
    const VirtualDisk* m_parent;
};

} // namespace platter::vhdx
