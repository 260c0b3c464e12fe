// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/block_reader.h"

#include "core/disk/vhdx/layout.h"
#include "core/disk/zero_bytes.h"

#include <algorithm>

namespace platter::vhdx {

namespace {

constexpr std::uint64_t bitsPerByte = 8;
constexpr std::size_t bitmapPiece = 4096; // bytes looked at at once
constexpr std::uint64_t stepsBetweenLooks = 4096; // blocks, until the table is asked for a hole again

bool bitAt(std::span<const std::byte> bitmap, std::uint64_t bit)
{
    return std::to_integer<unsigned>(bitmap[bit / bitsPerByte]) >> (bit % bitsPerByte) & 1;
}

} // namespace

BlockReader::BlockReader(
    const ReadableFile& file, const Metadata& metadata, const BlockTable& table, const VirtualDisk* parent)
    : m_file(file)
    , m_metadata(metadata)
    , m_table(table)
    , m_parent(parent)
{
}

Result<void> BlockReader::read(std::uint64_t offset, std::span<std::byte> into) const
{
    const std::uint64_t blockSize = m_metadata.blockSize;
    while (!into.empty()) {
        const std::uint64_t within = offset % blockSize;
        const auto part = into.first(std::min<std::uint64_t>(into.size(), blockSize - within));
        const Result<BatEntry> entry = m_table.entryOf(offset / blockSize);
        if (!entry) {
            return std::unexpected(entry.error());
        }
        if (const Result<void> done = readBlock(*entry, offset, part); !done) {
            return done;
        }
        offset += part.size();
        into = into.subspan(part.size());
    }
    return {};
}

Result<void> BlockReader::readBlock(BatEntry entry, std::uint64_t offset, std::span<std::byte> into) const
{
    const std::uint64_t within = offset % m_metadata.blockSize;
    if (entry.is(BlockState::FullyPresent)) {
        return readFile(entry.offset + within, into);
    }
    if (entry.is(BlockState::NotPresent)) {
        return readParent(offset, into);
    }
    if (!entry.is(BlockState::PartiallyPresent)) {
        setZero(into);
        return {};
    }
    for (std::uint64_t done = 0; done < into.size();) {
        const Result<Share> share = shareAt(offset + done, into.size() - done);
        if (!share) {
            return std::unexpected(share.error());
        }
        const auto part = into.subspan(done, share->length);
        const Result<void> read =
            share->here ? readFile(entry.offset + within + done, part) : readParent(offset + done, part);
        if (!read) {
            return read;
        }
        done += part.size();
    }
    return {};
}

Result<void> BlockReader::readFile(std::uint64_t fileOffset, std::span<std::byte> into) const
{
    // The last block of a file may not be there as a whole.
    const std::uint64_t end = m_file.size();
    const std::uint64_t there = fileOffset < end ? std::min<std::uint64_t>(into.size(), end - fileOffset) : 0;
    setZero(into.subspan(there));
    return there > 0 ? m_file.read(fileOffset, into.first(there)) : Result<void>();
}

Result<void> BlockReader::readParent(std::uint64_t offset, std::span<std::byte> into) const
{
    // A parent may be smaller than its child.
    const std::uint64_t end = m_parent ? m_parent->size() : 0;
    const std::uint64_t there = offset < end ? std::min<std::uint64_t>(into.size(), end - offset) : 0;
    setZero(into.subspan(there));
    return there > 0 ? m_parent->read(offset, into.first(there)) : Result<void>();
}

Result<BlockReader::Share> BlockReader::shareAt(std::uint64_t offset, std::uint64_t limit) const
{
    const std::uint64_t sectorSize = m_metadata.logicalSectorSize;
    const std::uint64_t chunkSize = layout::sectorsPerBitmapBlock * sectorSize;
    const std::uint64_t chunk = offset / chunkSize;
    const std::uint64_t first = offset % chunkSize / sectorSize;
    const std::uint64_t last = (offset % chunkSize + limit - 1) / sectorSize;
    std::array<std::byte, bitmapPiece> piece{};
    std::optional<bool> here;
    for (std::uint64_t sector = first; sector <= last; ++sector) {
        const std::uint64_t byte = sector / bitsPerByte;
        if (sector == first || (byte % bitmapPiece == 0 && sector % bitsPerByte == 0)) {
            const std::uint64_t begin = byte / bitmapPiece * bitmapPiece;
            if (const Result<void> done = m_table.readBitmap(chunk, begin, piece); !done) {
                return std::unexpected(done.error());
            }
        }
        const bool bit = bitAt(piece, sector % (bitmapPiece * bitsPerByte));
        if (here && bit != *here) {
            const std::uint64_t end = chunk * chunkSize + sector * sectorSize;
            return Share{*here, end - offset};
        }
        here = bit;
    }
    return Share{here.value_or(false), limit};
}

Result<DiskRun> BlockReader::fileRun(std::uint64_t fileOffset, std::uint64_t limit) const
{
    if (fileOffset >= m_file.size()) {
        return DiskRun{DiskRun::Content::Zero, limit};
    }
    const Result<FileRun> run = m_file.runAt(fileOffset);
    if (!run) {
        return std::unexpected(run.error());
    }
    const std::uint64_t length = std::min(limit, run->length);
    if (run->content == FileRun::Content::Hole) {
        return DiskRun{DiskRun::Content::Zero, length};
    }
    return DiskRun{DiskRun::Content::Data, length, &m_file, fileOffset};
}

Result<DiskRun> BlockReader::parentRun(std::uint64_t offset, std::uint64_t limit) const
{
    if (!m_parent || offset >= m_parent->size()) {
        return DiskRun{DiskRun::Content::Zero, limit};
    }
    return m_parent->runAt(offset, std::min(limit, m_parent->size() - offset));
}

Result<DiskRun> BlockReader::runAt(std::uint64_t offset, std::uint64_t limit) const
{
    const std::uint64_t blockSize = m_metadata.blockSize;
    const std::uint64_t within = offset % blockSize;
    limit = std::min(limit, m_metadata.virtualSize - offset);
    const std::uint64_t length = std::min(limit, blockSize - within);
    const Result<BatEntry> entry = m_table.entryOf(offset / blockSize);
    if (!entry) {
        return std::unexpected(entry.error());
    }
    if (entry->is(BlockState::FullyPresent)) {
        return fileRun(entry->offset + within, length);
    }
    if (entry->is(BlockState::PartiallyPresent)) {
        const Result<Share> share = shareAt(offset, length);
        if (!share) {
            return std::unexpected(share.error());
        }
        return share->here ? fileRun(entry->offset + within, share->length) : parentRun(offset, share->length);
    }
    if (entry->is(BlockState::NotPresent) && m_parent) {
        return parentRun(offset, length);
    }
    // Zeros; so are the blocks that follow, as long as they are of this kind.
    std::uint64_t zeros = length;
    for (std::uint64_t step = 0; zeros < limit; ++step) {
        const std::uint64_t block = (offset + zeros) / blockSize;
        if (step % stepsBetweenLooks == 0 && !m_parent) {
            const Result<std::uint64_t> absent = m_table.absentFrom(block);
            if (absent && *absent > 0) {
                zeros = std::min(zeros + *absent * blockSize, limit);
                continue;
            }
        }
        const Result<BatEntry> next = m_table.entryOf(block);
        // A broken entry is the business of whoever comes to it.
        if (!next || next->holdsData() || (next->is(BlockState::NotPresent) && m_parent)) {
            break;
        }
        zeros = std::min(zeros + blockSize, limit);
    }
    return DiskRun{DiskRun::Content::Zero, zeros};
}

} // namespace platter::vhdx
