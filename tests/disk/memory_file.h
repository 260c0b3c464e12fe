// SPDX-License-Identifier: GPL-3.0-or-later
// A disk image's file in memory, sparse in pages of 64 KiB: 64 TiB of holes cost nothing. A copy is a snapshot: it
// shares the pages until one side writes. What one object holds any number of threads may read and write at once.
// Stricter than a real file: what is outside of the file is refused by read(), zero() and runAt() alike.
#pragma once

#include "core/disk/block_file.h"

#include <map>
#include <memory>
#include <shared_mutex>

namespace platter {

class MemoryFile final : public BlockFile {
public:
    static constexpr std::uint64_t pageSize = 65536;

    explicit MemoryFile(std::uint64_t size = 0);
    MemoryFile(const MemoryFile& other);
    MemoryFile& operator=(const MemoryFile& other);
    ~MemoryFile() override;

    // The bytes of SOURCE, its holes as holes.
    static Result<MemoryFile> copyOf(const BlockFile& source);

    // Writes the content to a real file at PATH, holes as holes; replaces what was there.
    Result<void> save(const QString& path) const;

    // Equal for equal size and bytes, whichever of the zeros are holes. Fast: a page is hashed once after a change.
    // Not the same from one run of the program to the next.
    std::uint64_t contentHash() const;

    // What it occupies, shared pages included.
    std::uint64_t sizeInMemory() const;

    std::uint64_t size() const override;
    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;
    Result<FileRun> runAt(std::uint64_t offset) const override;
    Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override;
    Result<void> flush() override;
    Result<void> resize(std::uint64_t size) override;
    Result<void> zero(std::uint64_t offset, std::uint64_t length) override;

private:
    struct Page;

    // All below: the lock is held.
    std::span<std::byte> changeable(std::shared_ptr<Page>& page);
    void clear(std::uint64_t offset, std::uint64_t length);

    mutable std::shared_mutex m_mutex;
    std::uint64_t m_size;
    std::map<std::uint64_t, std::shared_ptr<Page>> m_pages; // by offset / pageSize; bytes past the end are zero
};

} // namespace platter
