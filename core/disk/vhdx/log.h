// SPDX-License-Identifier: GPL-3.0-or-later
// The log ([MS-VHDX] §2.3) of a file that was not closed in order: finding the entries that must be applied,
// reading the file as if they had been applied, and applying them. Entries are read in pieces; only an index of
// them is in memory, at most some 50 MiB for the largest log that there may be.
#pragma once

#include "core/disk/vhdx/header.h"

#include <map>
#include <memory>
#include <vector>

namespace platter::vhdx {

// One sector of 4 KiB, or a range of zeros, that the log puts into the file.
struct LogUpdate {
    std::uint64_t fileOffset = 0;
    std::uint64_t zeroLength = 0; // > 0: a range of zeros; 0: a sector whose bytes follow
    std::uint64_t dataSector = 0; // where in the file the log holds its middle part
    std::array<std::byte, 8> leading = {};
    std::array<std::byte, 4> trailing = {};
};

// What must be applied, in this order.
struct LogReplay {
    std::vector<LogUpdate> updates;
    std::uint64_t entryCount = 0;
    std::uint64_t firstSequence = 0;
    std::uint64_t lastSequence = 0;
    std::uint64_t lastFileOffset = 0; // the file must be at least that long afterwards
};

// HEADER, which HeaderPair has read, has a log to apply. Rules LogNoEntry, LogTail, LogTarget,
// LogFileCut, LogTooMuch.
Result<LogReplay> findReplay(const ByteSource& file, const Header& header);

// The file as it will be once the log has been applied. FILE lives as long as this does.
class ReplayedFile final : public ReadableFile {
public:
    ReplayedFile(const ReadableFile& file, const LogReplay& replay);

    std::uint64_t size() const override { return m_size; }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;
    Result<FileRun> runAt(std::uint64_t offset) const override;

private:
    const ReadableFile& m_file;
    std::uint64_t m_size;
    std::map<std::uint64_t, LogUpdate> m_updates; // apart from each other, by offset; zero ranges cut to fit
};

// Puts the updates into the file and flushes it. The header is the caller's business.
Result<void> applyReplay(BlockFile& file, const LogReplay& replay);

} // namespace platter::vhdx
