// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/patched_disk.h"

#include "core/disk/zero_bytes.h"

#include <algorithm>

namespace platter {

PatchedDisk::PatchedDisk(std::unique_ptr<VirtualDisk> disk, SparseCopy patch, std::vector<DiskRange> ranges)
    : m_disk(std::move(disk))
    , m_patch(std::move(patch))
    , m_ranges(std::move(ranges))
{
    std::ranges::sort(m_ranges, {}, &DiskRange::offset);
}

PatchedDisk::Origin PatchedDisk::originOf(std::uint64_t offset) const
{
    std::uint64_t next = size();
    for (const DiskRange& range : m_ranges) {
        if (offset >= range.offset && offset < range.end()) {
            return {Origin::Where::Patch, range.end()};
        }
        if (range.offset > offset) {
            next = range.offset;
            break;
        }
    }
    return offset < m_disk->size() ? Origin{Origin::Where::Disk, std::min(next, m_disk->size())}
                                   : Origin{Origin::Where::Nowhere, next};
}

Result<void> PatchedDisk::read(std::uint64_t offset, std::span<std::byte> into) const
{
    while (!into.empty()) {
        const Origin origin =
            offset < size() ? originOf(offset) : Origin{Origin::Where::Patch, offset + into.size()};
        const std::span<std::byte> part = into.first(std::min<std::uint64_t>(into.size(), origin.end - offset));
        if (origin.where == Origin::Where::Nowhere) {
            setZero(part);
        } else {
            const ByteSource& source =
                origin.where == Origin::Where::Disk ? static_cast<const ByteSource&>(*m_disk) : m_patch;
            if (Result<void> done = source.read(offset, part); !done) {
                return done;
            }
        }
        into = into.subspan(part.size());
        offset += part.size();
    }
    return {};
}

Result<DiskRun> PatchedDisk::runAt(std::uint64_t offset, std::uint64_t limit) const
{
    const Origin origin = originOf(offset);
    const std::uint64_t length = std::min(limit, origin.end - offset);
    switch (origin.where) {
    case Origin::Where::Disk:
        return m_disk->runAt(offset, length);
    case Origin::Where::Patch: {
        const SparseCopy::Run run = m_patch.runAt(offset);
        return DiskRun{.content = run.isWritten ? DiskRun::Content::Data : DiskRun::Content::Zero,
            .length = std::min(length, run.length)};
    }
    case Origin::Where::Nowhere:
        break;
    }
    return DiskRun{.content = DiskRun::Content::Zero, .length = length};
}

} // namespace platter
