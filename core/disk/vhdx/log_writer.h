// SPDX-License-Identifier: GPL-3.0-or-later
// Makes changes to the metadata of a file as one: all of a change or nothing of it is there after a power cut. Each
// change is an entry of the log ([MS-VHDX] §2.3) that is flushed, named by both headers, and then applied.
//
// Entries are written so that every known reader agrees on them (QEMU ignores the tail and reads wrapped logs
// wrongly): a fresh identifier, from the log's beginning, one behind the other, never wrapping. When the log is
// full, what was applied is flushed, the headers forget the log, and it begins anew. One thread at a time.
#pragma once

#include "core/disk/vhdx/header.h"
#include "core/disk/vhdx/layout.h"

#include <map>
#include <set>

namespace platter::vhdx {

// Sectors and ranges of zeros that are to change together. Sectors win over zeros in the same place.
class LogChange {
public:
    using Sector = std::array<std::byte, logSector>;

    // Puts BYTES at OFFSET, any alignment; what surrounds them in their sectors is read from FILE first, unless
    // this change has put something there already.
    Result<void> put(const ByteSource& file, std::uint64_t offset, std::span<const std::byte> bytes);
    // Whole sectors become zero; the sectors at both ends that are only touched are patched.
    Result<void> zero(const ByteSource& file, std::uint64_t offset, std::uint64_t length);

    const std::map<std::uint64_t, Sector>& sectors() const { return m_sectors; }

    const std::map<std::uint64_t, std::uint64_t>& zeros() const { return m_zeros; }

    bool isEmpty() const { return m_sectors.empty() && m_zeros.empty(); }

private:
    Result<Sector*> sectorAt(const ByteSource& file, std::uint64_t offset);

    std::map<std::uint64_t, Sector> m_sectors; // by file offset
    std::map<std::uint64_t, std::uint64_t> m_zeros; // file offset to length; whole sectors, apart from each other
};

class LogWriter {
public:
    // HEADERS name no log to apply; both live as long as this does.
    LogWriter(BlockFile& file, HeaderPair& headers);

    // How many sectors one change may have.
    std::uint64_t capacity() const;

    // When this returns the change is made, also after a power cut. Everything that the change refers to has been
    // flushed, and the file was at least FLUSHED_SIZE (whole MiB) long then. After an error every further call
    // fails: what the file holds is settled by applying its log at the next opening.
    Result<void> commit(const LogChange& change, std::uint64_t flushedSize);
    // Everything is in its place and the log is empty.
    Result<void> retire();
    // Whether applying the log again would change this place. Blocks' bytes are not logged: such a place must not
    // be given to one before the log has been retired.
    bool mayTouch(std::uint64_t offset, std::uint64_t length) const;

private:
    std::vector<std::byte> entryFor(const LogChange& change, std::uint64_t flushedSize) const;
    Result<void> writeEntry(const LogChange& change, std::uint64_t flushedSize);
    Result<void> apply(const LogChange& change);
    Result<void> retireNow();
    Result<void> remember(Result<void> result);

    BlockFile& m_file;
    HeaderPair& m_headers;
    QUuid m_guid; // null: the log is empty
    std::uint64_t m_position = 0; // of the next entry
    std::uint64_t m_sequence = 0; // of the last entry
    std::set<std::uint64_t> m_touched; // each MiB of the file that the log's entries change
    std::optional<Error> m_failure;
};

} // namespace platter::vhdx
