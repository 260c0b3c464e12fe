// SPDX-License-Identifier: GPL-3.0-or-later
// A VHDX file opened for reading: dynamic, fixed or differencing. A log that must be applied is applied in memory;
// the file is never changed. Any number of threads may read at once.
#pragma once

#include "core/disk/vhdx/block_reader.h"

#include <memory>

namespace platter::vhdx {

// Opens the parent that a locator names; formats never open files themselves. The result's identity is checked by
// whoever provides this (open_disk.h).
using ParentOpener = std::function<Result<std::shared_ptr<const VirtualDisk>>(const ParentLocator&)>;

class Image final : public VirtualDisk, private BlockTable {
public:
    // Rules of rules.h; errors of the file and of OPEN_PARENT. Without OPEN_PARENT the parent is not opened:
    // whatever comes from it reads as zeros.
    static Result<std::unique_ptr<Image>> open(
        std::unique_ptr<const ReadableFile> file, const ParentOpener& openParent);

    const Header& header() const { return m_headers.current(); }

    const HeaderPair& headers() const { return m_headers; }

    const Structure& structure() const { return m_structure; }

    const Metadata& metadata() const { return m_structure.metadata; }

    // The log that this reader has applied in memory.
    const std::optional<LogReplay>& replay() const { return m_replay; }

    const PagedBat& bat() const { return m_bat; }

    // With the log applied.
    const ReadableFile& file() const { return *m_view; }

    const std::shared_ptr<const VirtualDisk>& parent() const { return m_parent; }

    std::uint64_t size() const override { return metadata().virtualSize; }

    std::uint32_t logicalSectorSize() const override { return metadata().logicalSectorSize; }

    std::uint32_t physicalSectorSize() const override { return metadata().physicalSectorSize; }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;
    Result<DiskRun> runAt(std::uint64_t offset, std::uint64_t limit) const override;
    bool isKnownEmpty() const override;

private:
    Image(std::unique_ptr<const ReadableFile> file, HeaderPair headers, std::optional<LogReplay> replay,
        std::unique_ptr<const ReplayedFile> replayed, Structure structure,
        std::shared_ptr<const VirtualDisk> parent);

    Result<BatEntry> entryOf(std::uint64_t block) const override;
    Result<std::uint64_t> absentFrom(std::uint64_t block) const override;
    Result<void> readBitmap(std::uint64_t chunk, std::uint64_t first, std::span<std::byte> into) const override;

    std::unique_ptr<const ReadableFile> m_file;
    HeaderPair m_headers;
    std::optional<LogReplay> m_replay;
    std::unique_ptr<const ReplayedFile> m_replayed;
    const ReadableFile* m_view; // one of the two
    Structure m_structure;
    BatLayout m_layout;
    PagedBat m_bat;
    std::shared_ptr<const VirtualDisk> m_parent;
    BlockReader m_reader;
};

} // namespace platter::vhdx
