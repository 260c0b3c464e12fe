// SPDX-License-Identifier: GPL-3.0-or-later
// A VHD opened for reading: fixed, dynamic, or differencing with its whole chain of parents. What is inside of the
// file decides what it is, never its name. It owns its file and its parents. Any number of threads read at once.
#pragma once

#include "core/disk/parent_search.h"
#include "core/disk/vhd/block_table.h"
#include "core/disk/vhd/dynamic_header.h"
#include "core/disk/vhd/footer.h"
#include "core/disk/virtual_disk.h"

namespace platter::vhd {

class Image final : public VirtualDisk {
public:
    // Errors are those of `rules`, and of opening and reading files. Reads the footer, the header and, of parents,
    // the same; the blocks are looked at when they are read.
    static Result<std::unique_ptr<Image>> open(std::unique_ptr<BlockFile> file, const ParentSearch& search = {});

    std::uint64_t size() const override { return m_size; }

    std::uint32_t logicalSectorSize() const override { return sectorSize; }

    std::uint32_t physicalSectorSize() const override { return sectorSize; }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;
    Result<DiskRun> runAt(std::uint64_t offset, std::uint64_t limit) const override;

    const BlockFile& file() const { return *m_file; }

    const Footer& footer() const { return m_footer.footer; }

    // Nothing where the disk is fixed.
    const std::optional<DynamicHeader>& header() const { return m_header; }

    const BlockTable* table() const { return m_table.get(); }

    // Nothing where the disk is no differencing one, or its parent is lost; PARENT_PATH says where it was found.
    const Image* parent() const { return m_parent.get(); }

    const QString& parentPath() const { return m_parentPath; }

    // How many blocks the disk has; of them the table has an entry.
    std::uint32_t blocks() const;
    // BLOCK, which begins at START with its bitmap, lies inside of the file and over nothing else than other
    // blocks.
    Result<void> checkBlock(std::uint32_t block, std::uint64_t start) const;

private:
    // A stretch of the disk that is in this file, or is not.
    struct Piece {
        bool isHere = false;
        std::uint64_t length = 0;
        std::uint64_t fileOffset = 0;
    };

    Image(std::unique_ptr<BlockFile> file, const FoundFooter& footer);

    static Result<std::unique_ptr<Image>> openLink(
        std::unique_ptr<BlockFile> file, const ParentSearch& search, std::vector<UniqueId>& chain);
    Result<void> readHeader();
    Result<void> openParent(const ParentSearch& search, std::vector<UniqueId>& chain);
    Result<Piece> pieceAt(std::uint64_t offset, std::uint64_t limit) const;
    Result<Piece> pieceOfBlock(
        std::uint32_t block, std::uint64_t start, std::uint64_t within, std::uint64_t limit) const;

    std::unique_ptr<BlockFile> m_file;
    FoundFooter m_footer;
    std::uint64_t m_size;
    std::optional<DynamicHeader> m_header;
    std::unique_ptr<BlockTable> m_table;
    CachedPages m_bitmaps;
    std::unique_ptr<Image> m_parent;
    QString m_parentPath;
};

} // namespace platter::vhd
