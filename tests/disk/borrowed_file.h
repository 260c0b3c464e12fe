// SPDX-License-Identifier: GPL-3.0-or-later
// A file for somebody who wants to own it, while the test keeps it. Thread rules as the file has them.
#pragma once

#include "core/disk/block_file.h"

namespace platter {

// Passes everything on to a file that outlives it.
class Borrowed : public BlockFile {
public:
    explicit Borrowed(BlockFile& file)
        : m_file(file)
    {
    }

    std::uint64_t size() const override { return m_file.size(); }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override
    {
        return m_file.read(offset, into);
    }

    Result<FileRun> runAt(std::uint64_t offset) const override { return m_file.runAt(offset); }

    Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override
    {
        return m_file.write(offset, from);
    }

    Result<void> flush() override { return m_file.flush(); }

    Result<void> resize(std::uint64_t size) override { return m_file.resize(size); }

    Result<void> zero(std::uint64_t offset, std::uint64_t length) override { return m_file.zero(offset, length); }

    Result<void> reserve(std::uint64_t offset, std::uint64_t length) override
    {
        return m_file.reserve(offset, length);
    }

private:
    BlockFile& m_file;
};

} // namespace platter
