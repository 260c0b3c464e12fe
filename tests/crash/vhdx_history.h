// SPDX-License-Identifier: GPL-3.0-or-later
// What a disk may hold after a power cut: everything that was flushed, and of what was not, each sector of 512
// bytes old or new. Time is counted in epochs, which end when a flush has returned; a RecordingFile's marks tell
// them. One thread.
#pragma once

#include "core/disk/virtual_disk.h"
#include "tests/disk/recording_file.h"

#include <map>
#include <set>
#include <vector>

namespace platter::vhdx {

class History {
public:
    static constexpr std::uint64_t unit = 4096;

    explicit History(std::uint64_t size);

    // Bytes that NUMBER stands for; 0 for zeros.
    static const std::vector<std::byte>& bytesOf(std::uint32_t number);

    Result<void> write(WritableDisk& disk, std::uint64_t at, std::uint32_t number);
    // Units from FIRST to before LAST.
    Result<void> zero(WritableDisk& disk, std::uint64_t first, std::uint64_t last);
    // FIRST and LAST are borders of blocks; with KEEPS it is an image that ignores it.
    Result<void> trim(WritableDisk& disk, std::uint64_t first, std::uint64_t last, bool keeps);
    // The disk is to have SIZE bytes, all or nothing; a larger one is zero in its new part.
    void resize(std::uint64_t size);

    // Everything so far is on the disk. With a recording, that is its next mark.
    void settle();
    void settle(RecordingFile& recording);
    Result<void> flush(WritableDisk& disk, RecordingFile& recording);

    std::uint64_t size() const { return m_sizes.back().value; }

    std::uint64_t epoch() const { return m_epoch; }

    // What DISK holds and must not after a cut in EPOCH (0: before the first one that was marked); empty if
    // nothing. The units in EXCEPT may hold anything.
    QString compare(const ByteSource& disk, std::uint64_t epoch, const std::set<std::uint64_t>& except = {}) const;

    // As it is without a power cut.
    QString compare(const ByteSource& disk) const { return compare(disk, m_epoch + 1); }

private:
    struct Value {
        std::uint64_t epoch;
        std::uint64_t value;
    };

    using Values = std::vector<Value>; // in order of time

    static std::vector<std::uint64_t> allowed(const Values& values, std::uint64_t epoch);
    void set(std::uint64_t at, std::uint32_t number);

    std::uint64_t m_epoch = 0;
    Values m_sizes;
    std::map<std::uint64_t, Values> m_units; // those not in it are zero
    std::vector<std::uint64_t> m_cutOff; // units behind the end of a disk that has become smaller in this epoch
};

} // namespace platter::vhdx
