// SPDX-License-Identifier: GPL-3.0-or-later
// A disk as another one, with some ranges of its own, and longer maybe: what is to become of a disk on its way into
// a new image, without a byte of the old one changing. Reading is safe from any number of threads, as of the other
// one.
#pragma once

#include "core/disk/sparse_copy.h"
#include "core/disk/virtual_disk.h"

#include <memory>
#include <vector>

namespace platter {

class PatchedDisk final : public VirtualDisk {
public:
    // Has the size of PATCH, which is at least DISK's, and the bytes of PATCH in RANGES, which do not overlap.
    // Behind DISK's end it reads as zeros.
    PatchedDisk(std::unique_ptr<VirtualDisk> disk, SparseCopy patch, std::vector<DiskRange> ranges);

    std::uint64_t size() const override { return m_patch.size(); }

    std::uint32_t logicalSectorSize() const override { return m_disk->logicalSectorSize(); }

    std::uint32_t physicalSectorSize() const override { return m_disk->physicalSectorSize(); }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;
    Result<DiskRun> runAt(std::uint64_t offset, std::uint64_t limit) const override;

private:
    // Where OFFSET's bytes come from, and up to where they all do.
    struct Origin {
        enum class Where { Disk, Patch, Nowhere } where = Where::Nowhere;
        std::uint64_t end = 0;
    };

    Origin originOf(std::uint64_t offset) const;

    std::unique_ptr<VirtualDisk> m_disk;
    SparseCopy m_patch;
    std::vector<DiskRange> m_ranges; // by offset
};

} // namespace platter
