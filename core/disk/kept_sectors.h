// SPDX-License-Identifier: GPL-3.0-or-later
// A file that keeps what it loses: before bytes change for the first time, the sectors that hold them are copied
// into another file, where docs/formats/vhdx.md says how. One thread.
#pragma once

#include "core/disk/host_file.h"

#include <set>

namespace platter {

class KeptSectors final : public BlockFile {
public:
    // What is longer holds sectors, so there was a change: the signature, zeros, and at 24 the size that the file
    // had.
    static constexpr std::size_t headSize = 32;

    // KEEPER is new and empty. What it holds is on the disk before the change is.
    static Result<std::unique_ptr<KeptSectors>> over(
        std::unique_ptr<BlockFile> file, std::unique_ptr<BlockFile> keeper);

    std::uint64_t size() const override { return m_file->size(); }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;
    Result<FileRun> runAt(std::uint64_t offset) const override;
    Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override;
    Result<void> flush() override;
    Result<void> resize(std::uint64_t size) override;
    Result<void> zero(std::uint64_t offset, std::uint64_t length) override;

private:
    KeptSectors(std::unique_ptr<BlockFile> file, std::unique_ptr<BlockFile> keeper);
    Result<void> keep(std::uint64_t offset, std::uint64_t length);

    std::unique_ptr<BlockFile> m_file;
    std::unique_ptr<BlockFile> m_keeper;
    std::uint64_t m_sizeBefore;
    std::set<std::uint64_t> m_kept; // sectors, by offset
};

} // namespace platter
