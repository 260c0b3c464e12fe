// SPDX-License-Identifier: GPL-3.0-or-later
// Small VHDX files in memory, and a model of what their disks hold, for the tests of this folder.
#pragma once

#include "core/disk/vhdx/create.h"
#include "core/disk/vhdx/editor.h"
#include "tests/disk/borrowed_file.h"
#include "tests/disk/memory_file.h"

#include <random>

namespace platter::vhdx {

// A new disk in a new file.
MemoryFile makeDisk(const NewDisk& disk);

Result<std::unique_ptr<Editor>> edit(BlockFile& file, const ParentOpener& openParent = {});
Result<std::unique_ptr<Image>> view(const MemoryFile& file, const ParentOpener& openParent = {});

// Opens FILE as it is when the child asks.
ParentOpener parentIn(const MemoryFile& file);
// A differencing image whose parent is PARENT as it is now.
MemoryFile makeChild(const MemoryFile& parent, const NewDisk& disk);

// What a disk holds, in sectors of 4 KiB: 0 for zeros, otherwise a number that tells the bytes.
class Model {
public:
    static constexpr std::uint64_t unit = 4096;

    // Bytes for UNIT units from NUMBER on.
    static std::vector<std::byte> bytesOf(std::uint32_t number);

    Result<void> write(WritableDisk& disk, std::uint64_t at, std::uint32_t number);
    Result<void> zero(WritableDisk& disk, std::uint64_t first, std::uint64_t last);
    void resize(std::uint64_t size);

    // Somebody else has written it.
    void note(std::uint64_t at, std::uint32_t number) { m_units[at] = number; }

    // What differs between this and DISK; empty where nothing does. Units that nobody wrote are zero.
    QString compare(const ByteSource& disk) const;

    const std::map<std::uint64_t, std::uint32_t>& units() const { return m_units; }

private:
    std::map<std::uint64_t, std::uint32_t> m_units; // by unit; zeros are not in it
};

} // namespace platter::vhdx
