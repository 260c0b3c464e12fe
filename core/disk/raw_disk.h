// SPDX-License-Identifier: GPL-3.0-or-later
// A raw image (or a block device) as a disk: its bytes are the disk's bytes, its holes the disk's zeros. An image
// that ends inside of a sector is a disk whose last sector is filled up with zeros. Threads as VirtualDisk and
// WritableDisk say.
#pragma once

#include "core/disk/virtual_disk.h"

#include <memory>

namespace platter {

class RawDisk final : public WritableDisk {
public:
    explicit RawDisk(std::unique_ptr<BlockFile> file);

    std::uint64_t size() const override { return m_size; }

    std::uint32_t logicalSectorSize() const override;
    std::uint32_t physicalSectorSize() const override;

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;
    Result<DiskRun> runAt(std::uint64_t offset, std::uint64_t limit) const override;

    Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override;
    Result<void> writeZeroes(std::uint64_t offset, std::uint64_t length) override;
    Result<void> trim(std::uint64_t offset, std::uint64_t length) override;
    Result<void> flush() override;

private:
    std::unique_ptr<BlockFile> m_file;
    std::uint64_t m_size;
};

} // namespace platter
