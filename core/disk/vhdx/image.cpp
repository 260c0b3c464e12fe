// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/image.h"

#include "core/disk/disk_bounds.h"
#include "core/disk/vhdx/layout.h"
#include "core/disk/vhdx/rules.h"

#include <algorithm>
#include <vector>

namespace platter::vhdx {

Result<std::unique_ptr<Image>> Image::open(std::unique_ptr<const ReadableFile> file, const ParentOpener& openParent)
{
    if (const Result<void> marked = checkFileSignature(*file); !marked) {
        return std::unexpected(marked.error());
    }
    Result<HeaderPair> headers = HeaderPair::read(*file);
    if (!headers) {
        return std::unexpected(headers.error());
    }
    std::optional<LogReplay> replay;
    std::unique_ptr<const ReplayedFile> replayed;
    if (!headers->current().logGuid.isNull()) {
        Result<LogReplay> found = findReplay(*file, headers->current());
        if (!found) {
            return std::unexpected(found.error());
        }
        replay = *std::move(found);
        replayed = std::make_unique<const ReplayedFile>(*file, *replay);
    }
    const ReadableFile& view = replayed ? static_cast<const ReadableFile&>(*replayed) : *file;
    Result<Structure> structure = readStructure(view, headers->current());
    if (!structure) {
        return std::unexpected(structure.error());
    }
    std::shared_ptr<const VirtualDisk> parent;
    if (structure->metadata.parent && openParent) {
        Result<std::shared_ptr<const VirtualDisk>> opened = openParent(*structure->metadata.parent);
        if (!opened) {
            return std::unexpected(opened.error());
        }
        parent = *std::move(opened);
    }
    return std::unique_ptr<Image>(new Image(std::move(file), *std::move(headers), std::move(replay),
        std::move(replayed), *std::move(structure), std::move(parent)));
}

Image::Image(std::unique_ptr<const ReadableFile> file, HeaderPair headers, std::optional<LogReplay> replay,
    std::unique_ptr<const ReplayedFile> replayed, Structure structure, std::shared_ptr<const VirtualDisk> parent)
    : m_file(std::move(file))
    , m_headers(std::move(headers))
    , m_replay(std::move(replay))
    , m_replayed(std::move(replayed))
    , m_view(m_replayed ? static_cast<const ReadableFile*>(m_replayed.get()) : m_file.get())
    , m_structure(std::move(structure))
    , m_layout(m_structure.batLayout())
    , m_bat(*m_view, m_structure.regions.bat().offset, m_layout.entries())
    , m_parent(std::move(parent))
    , m_reader(*m_view, m_structure.metadata, *this, m_parent.get())
{
}

Result<void> Image::read(std::uint64_t offset, std::span<std::byte> into) const
{
    if (const Result<void> inside = checkInsideDisk(size(), offset, into.size()); !inside) {
        return inside;
    }
    return m_reader.read(offset, into);
}

Result<DiskRun> Image::runAt(std::uint64_t offset, std::uint64_t limit) const
{
    return m_reader.runAt(offset, limit);
}

// The file has nothing but holes where blocks could lie. QEMU fills the table of a new disk, up to 513 MiB, with
// entries that say one by one that there is nothing.
bool Image::isKnownEmpty() const
{
    if (metadata().parent) {
        return false;
    }
    std::vector<std::pair<std::uint64_t, std::uint64_t>> structures{
        {0, objectAlignment}, {header().logOffset, header().logLength}};
    for (const Region& region : m_structure.regions.regions) {
        structures.emplace_back(region.offset, region.length);
    }
    std::ranges::sort(structures);
    std::uint64_t at = 0;
    structures.emplace_back(m_view->size(), 0);
    for (const auto& [offset, length] : structures) {
        while (at < offset) {
            const Result<FileRun> run = m_view->runAt(at);
            if (!run || run->content == FileRun::Content::Data) {
                return false;
            }
            at += run->length;
        }
        at = std::max(at, offset + length);
    }
    return true;
}

Result<BatEntry> Image::entryOf(std::uint64_t block) const
{
    const std::uint64_t number = m_layout.entryOfBlock(block);
    const Result<BatEntry> entry = m_bat.at(number);
    if (!entry) {
        return entry;
    }
    const Result<void> sound = checkBlockEntry(
        *entry, m_view->size(), metadata().parent.has_value(), m_bat.offset() + number * layout::batEntrySize);
    return sound ? entry : std::unexpected(sound.error());
}

Result<std::uint64_t> Image::absentFrom(std::uint64_t block) const
{
    const std::uint64_t first = m_layout.entryOfBlock(block);
    const Result<std::uint64_t> entries = m_bat.holeFrom(first);
    if (!entries || *entries == 0) {
        return entries;
    }
    // Blocks whose entries lie before the hole's end; a bitmap's entry among them counts for nothing.
    const std::uint64_t end = first + *entries;
    const std::uint64_t chunk = m_layout.chunkOfEntry(end);
    const std::uint64_t endBlock = m_layout.blockOfEntry(end).value_or((chunk + 1) * m_layout.blocksPerChunk());
    return std::min(endBlock, m_layout.blocks()) - block;
}

Result<void> Image::readBitmap(std::uint64_t chunk, std::uint64_t first, std::span<std::byte> into) const
{
    const std::uint64_t number = m_layout.entryOfBitmap(chunk);
    const Result<BatEntry> entry = m_bat.at(number);
    if (!entry) {
        return std::unexpected(entry.error());
    }
    const std::uint64_t position = m_bat.offset() + number * layout::batEntrySize;
    if (!entry->is(BlockState::FullyPresent) || entry->offset < objectAlignment) {
        return std::unexpected(broken(Rule::BatBitmapMissing, position));
    }
    if (entry->offset > m_view->size() || layout::bitmapBlockSize > m_view->size() - entry->offset) {
        return std::unexpected(broken(Rule::BatPastEnd, position));
    }
    return m_view->read(entry->offset + first, into);
}

} // namespace platter::vhdx
