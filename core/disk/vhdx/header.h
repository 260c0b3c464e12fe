// SPDX-License-Identifier: GPL-3.0-or-later
// The two headers ([MS-VHDX] §2.2.2), of which one is current. They are the only structure that is changed without
// the log: the other one is written and flushed first, so that one of them is valid at every moment. One thread at
// a time.
#pragma once

#include "core/disk/block_file.h"

#include <QUuid>

#include <array>
#include <optional>

namespace platter::vhdx {

struct Header {
    std::uint64_t sequenceNumber = 0;
    QUuid fileWriteGuid;
    QUuid dataWriteGuid; // what a child stores of its parent
    QUuid logGuid; // null: no log to apply
    std::uint16_t logVersion = 0;
    std::uint32_t logLength = 0; // bytes
    std::uint64_t logOffset = 0;

    friend bool operator==(const Header&, const Header&) = default;
};

class HeaderPair {
public:
    // Rules Header*, LogPlace, LogVersion: the log, if there is one, lies inside the file.
    static Result<HeaderPair> read(const ByteSource& file);
    // Both slots of a new file; flushes nothing.
    static Result<HeaderPair> create(BlockFile& file, const Header& header);

    const Header& current() const { return *m_slots[m_current]; }

    // Whether slot 0 or 1 holds a valid header.
    bool isValid(std::size_t slot) const { return m_slots[slot].has_value(); }

    // Both slots get what CHANGE makes of the current header, with higher numbers, one after the other, each
    // flushed. After an error one of the two states, old or new, is in the file.
    template <typename Change>
    Result<void> update(BlockFile& file, Change change)
    {
        Header next = current();
        change(next);
        return writeBoth(file, next);
    }

private:
    HeaderPair() = default;
    Result<void> writeBoth(BlockFile& file, Header next);

    std::array<std::optional<Header>, 2> m_slots;
    std::size_t m_current = 0;
};

} // namespace platter::vhdx
