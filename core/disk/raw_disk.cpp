// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/raw_disk.h"

#include "core/disk/disk_bounds.h"
#include "core/disk/zero_bytes.h"

#include <algorithm>

namespace platter {

namespace {

constexpr std::uint32_t sectorSize = 512;

} // namespace

RawDisk::RawDisk(std::unique_ptr<BlockFile> file)
    : m_file(std::move(file))
    , m_size((m_file->size() + sectorSize - 1) / sectorSize * sectorSize)
{
}

std::uint32_t RawDisk::logicalSectorSize() const
{
    return sectorSize;
}

std::uint32_t RawDisk::physicalSectorSize() const
{
    return sectorSize;
}

Result<void> RawDisk::read(std::uint64_t offset, std::span<std::byte> into) const
{
    if (const Result<void> inside = checkInsideDisk(m_size, offset, into.size()); !inside) {
        return inside;
    }
    const std::uint64_t end = m_file->size();
    const std::uint64_t there = offset < end ? std::min<std::uint64_t>(end - offset, into.size()) : 0;
    setZero(into.subspan(there));
    return there == 0 ? Result<void>() : m_file->read(offset, into.first(there));
}

Result<DiskRun> RawDisk::runAt(std::uint64_t offset, std::uint64_t limit) const
{
    const std::uint64_t end = m_file->size();
    const std::uint64_t rest = std::min(limit, m_size - offset);
    if (offset >= end) {
        return DiskRun{DiskRun::Content::Zero, rest};
    }
    const Result<FileRun> run = m_file->runAt(offset);
    if (!run) {
        return std::unexpected(run.error());
    }
    const std::uint64_t length = std::min(rest, run->length);
    if (run->content == FileRun::Content::Hole) {
        return DiskRun{DiskRun::Content::Zero, length};
    }
    return DiskRun{DiskRun::Content::Data, length, m_file.get(), offset};
}

Result<void> RawDisk::write(std::uint64_t offset, std::span<const std::byte> from)
{
    if (const Result<void> inside = checkInsideDisk(m_size, offset, from.size()); !inside) {
        return inside;
    }
    return m_file->write(offset, from);
}

Result<void> RawDisk::writeZeroes(std::uint64_t offset, std::uint64_t length)
{
    if (const Result<void> inside = checkInsideDisk(m_size, offset, length); !inside) {
        return inside;
    }
    // What lies past the file's end reads as zeros already.
    const std::uint64_t end = m_file->size();
    const std::uint64_t there = offset < end ? std::min(end - offset, length) : 0;
    return there == 0 ? Result<void>() : m_file->zero(offset, there);
}

Result<void> RawDisk::trim(std::uint64_t offset, std::uint64_t length)
{
    return writeZeroes(offset, length);
}

Result<void> RawDisk::flush()
{
    return m_file->flush();
}

} // namespace platter
