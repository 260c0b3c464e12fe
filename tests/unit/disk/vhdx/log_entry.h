// SPDX-License-Identifier: GPL-3.0-or-later
// Log entries as other programs may have left them, laid down byte by byte: anywhere in the ring, with any number.
#pragma once

#include "tests/disk/memory_file.h"

#include <QUuid>

namespace platter::vhdx {

struct LogEntry {
    // A sector that becomes Model::bytesOf(NUMBER), or ZERO_LENGTH > 0 bytes that become zero.
    struct Update {
        std::uint64_t offset = 0; // in the file
        std::uint32_t number = 0;
        std::uint64_t zeroLength = 0;
    };

    std::uint64_t sequence = 1;
    std::uint64_t tail = 0; // where in the log the oldest entry lies that is still needed
    std::vector<Update> updates = {};
    std::uint64_t flushedFileOffset = 0;
    std::uint64_t lastFileOffset = 0;

    // Whole sectors.
    std::uint64_t length() const;
};

// Writes ENTRY at POSITION of the log of FILE, past the ring's end from its beginning on. The position behind it.
std::uint64_t putLogEntry(MemoryFile& file, std::uint64_t position, const LogEntry& entry, const QUuid& logGuid);

} // namespace platter::vhdx
