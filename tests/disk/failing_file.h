// SPDX-License-Identifier: GPL-3.0-or-later
// A file whose n-th call fails, and a driver that lets an operation meet every such failure in turn.
#pragma once

#include "tests/disk/memory_file.h"

#include <QStringList>

#include <functional>
#include <mutex>

namespace platter {

enum class Fault {
    InputOutput, // one call, of any kind, fails; nothing of it was done
    InputOutputForGood, // and every later one with it: the disk is gone
    NoSpace, // one write, flush, resize, zeroing or reservation and every later one
    PartialWrite, // half of one write or zeroing is done, then it fails
};

inline constexpr Fault everyFault[] = {
    Fault::InputOutput, Fault::InputOutputForGood, Fault::NoSpace, Fault::PartialWrite};

QString nameOf(Fault fault);

// Passes calls on to BASE (which must outlive it) until call number CALL, from 1, of those that FAULT can hit.
class FailingFile final : public BlockFile {
public:
    FailingFile(BlockFile& base, Fault fault, std::size_t call);

    bool hasFailed() const { return !m_victim.isEmpty(); }

    // "call 7, write of 4096 bytes at 0x10000"; empty before it has failed.
    const QString& victim() const { return m_victim; }

    std::uint64_t size() const override { return m_base.size(); }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;
    Result<FileRun> runAt(std::uint64_t offset) const override;
    Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override;
    Result<void> flush() override;
    Result<void> resize(std::uint64_t size) override;
    Result<void> zero(std::uint64_t offset, std::uint64_t length) override;
    Result<void> reserve(std::uint64_t offset, std::uint64_t length) override;

private:
    enum class Call { Read, Change, Write };

    // Whether it is this call that fails.
    bool fails(Call call, const QString& what) const;
    std::unexpected<Error> failure() const;

    BlockFile& m_base;
    Fault m_fault;
    std::size_t m_call;
    mutable std::mutex m_mutex;
    mutable std::size_t m_count = 0;
    mutable QString m_victim;
};

// What is left when an operation met a failure.
struct AfterFailure {
    const MemoryFile& file;
    Fault fault;
    const Error& error; // what the operation said
};

struct FailureOutcome {
    std::size_t runs = 0; // in which something failed
    QStringList failures; // of the test: what is wrong, after which fault in which call; five at most
};

// Runs RUN on a copy of START again and again; call 1, 2, 3… fails, with every fault, until one run has had no such
// call. Each failure must come out as an error that says something, of a kind that fits; CHECK (empty: all well)
// then looks at the file. The run without failure must succeed.
FailureOutcome forEachFailure(const MemoryFile& start, const std::function<Result<void>(BlockFile&)>& run,
    const std::function<QString(const AfterFailure&)>& check);

} // namespace platter
