// SPDX-License-Identifier: GPL-3.0-or-later
// A file that writes down what is done to it, in order, and passes it on to a file in memory: what PowerCut plays
// back. Any number of threads, one call after the other.
#pragma once

#include "tests/disk/memory_file.h"

#include <mutex>
#include <variant>
#include <vector>

namespace platter {

struct WriteStep {
    std::uint64_t offset = 0;
    std::vector<std::byte> bytes;
};

struct ZeroStep {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

struct ResizeStep {
    std::uint64_t size = 0;
};

struct FlushStep { };

// Nothing that the file sees: a place in the recording that the test knows again, as in "transaction 3 is done".
struct MarkStep {
    std::uint64_t number = 0;
};

using FileStep = std::variant<WriteStep, ZeroStep, ResizeStep, FlushStep, MarkStep>;

// "write of 4096 bytes at 0x10000"
QString describe(const FileStep& step);

class RecordingFile final : public BlockFile {
public:
    // BASE is what there is before the first step; it must outlive this.
    explicit RecordingFile(MemoryFile& base);

    // The base as it was before the first step.
    const MemoryFile& start() const { return m_start; }

    // Only while nobody works on the file.
    const std::vector<FileStep>& steps() const { return m_steps; }

    void mark(std::uint64_t number);

    std::uint64_t size() const override { return m_base.size(); }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;
    Result<FileRun> runAt(std::uint64_t offset) const override;
    Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override;
    Result<void> flush() override;
    Result<void> resize(std::uint64_t size) override;
    Result<void> zero(std::uint64_t offset, std::uint64_t length) override;
    Result<void> reserve(std::uint64_t offset, std::uint64_t length) override;

private:
    Result<void> done(FileStep step, const Result<void>& result);

    MemoryFile& m_base;
    MemoryFile m_start;
    std::mutex m_mutex;
    std::vector<FileStep> m_steps;
};

} // namespace platter
