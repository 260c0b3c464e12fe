// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/parent_edit.h"

#include "core/disk/vhdx/resize.h"
#include "core/little_endian.h"

#include <QCoreApplication>

#include <algorithm>

namespace platter::vhdx {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::vhdx::ParentEdit)
};

Error hasNoParent()
{
    return Error{ErrorKind::Unsupported, Texts::tr("It is no differencing image; it depends on no other."), {}, {}};
}

// A change that makes the metadata table ITEMS; its unused rest is zero already.
Result<void> putTable(LogChange& change, Editor& editor, const std::vector<MetadataItem>& items)
{
    namespace at = layout::metadataTable;
    const std::vector<std::byte> table = serializeTable(items);
    const std::size_t oldEnd = at::entries + editor.metadata().items.size() * at::entrySize;
    const std::size_t newEnd = at::entries + items.size() * at::entrySize;
    return change.put(editor.file(), editor.structure().regions.metadata().offset,
        std::span(table).first(std::max(oldEnd, newEnd)));
}

Result<void> commitAndReload(Editor& editor, const LogChange& change)
{
    return editor.commit(change).and_then([&] { return editor.retireLog(); }).and_then([&] {
        return editor.reload();
    });
}

// Which blocks show the parent where there is nothing, known from the maps of both.
class ShownNothing {
public:
    explicit ShownNothing(Editor& child)
        : m_child(child)
    {
    }

    // How many blocks from BLOCK on, which is in state NotPresent.
    Result<std::uint64_t> from(std::uint64_t block)
    {
        const std::uint64_t blockSize = m_child.metadata().blockSize;
        if (m_zeroEnd <= block * blockSize) {
            const Result<std::uint64_t> end = parentsZeroEnd(block * blockSize);
            if (!end) {
                return end;
            }
            m_zeroEnd = *end;
        }
        const std::uint64_t blocks = m_child.layout().blocks();
        const std::uint64_t zeros = m_zeroEnd < m_child.size() ? m_zeroEnd / blockSize : blocks;
        if (zeros <= block) {
            return 0;
        }
        if (block < m_nextLook) {
            return 1;
        }
        // Entries that were never written; the bitmaps' among them make the blocks fewer.
        const Result<std::uint64_t> hole = m_child.bat().holeFrom(m_child.layout().entryOfBlock(block));
        if (!hole) {
            return hole;
        }
        const std::uint64_t bitmaps = *hole / m_child.layout().blocksPerChunk() + 1;
        const std::uint64_t count = *hole > bitmaps ? std::min(*hole - bitmaps, zeros - block) : 1;
        m_nextLook = block + (count > 1 ? count : logSector / layout::batEntrySize);
        return count;
    }

private:
    // Up to where the parent has nothing from OFFSET on.
    Result<std::uint64_t> parentsZeroEnd(std::uint64_t offset) const
    {
        const VirtualDisk* parent = m_child.parent();
        if (!parent || offset >= parent->size()) {
            return m_child.size();
        }
        const Result<DiskRun> run = parent->runAt(offset, parent->size() - offset);
        if (!run) {
            return std::unexpected(run.error());
        }
        const std::uint64_t end = offset + (run->content == DiskRun::Content::Zero ? run->length : 0);
        return end < parent->size() ? end : std::max(end, m_child.size());
    }

    Editor& m_child;
    std::uint64_t m_zeroEnd = 0;
    std::uint64_t m_nextLook = 0; // blocks before it are not worth asking for a hole
};

// Every block shows only what this file holds. One that shows nothing of the parent shows nothing without it
// either, so that its entry may stay as it is: a large disk has millions of them.
Result<void> takeOverAll(Editor& child, Progress& progress)
{
    const std::uint64_t blockSize = child.metadata().blockSize;
    ShownNothing shownNothing(child);
    for (std::uint64_t block = 0; block < child.layout().blocks();) {
        if (Result<void> on = progress.goOn(); !on) {
            return on;
        }
        const Result<BatEntry> entry = child.bat().at(child.layout().entryOfBlock(block));
        if (!entry) {
            return std::unexpected(entry.error());
        }
        std::uint64_t count = 1;
        Result<void> done;
        if (entry->is(BlockState::NotPresent)) {
            const Result<std::uint64_t> nothing = shownNothing.from(block);
            if (!nothing) {
                return std::unexpected(nothing.error());
            }
            count = std::max<std::uint64_t>(*nothing, 1);
            done = *nothing > 0 ? done : child.takeOver(block);
        } else if (entry->is(BlockState::Undefined) || entry->is(BlockState::Unmapped)) {
            child.setEntry(
                child.layout().entryOfBlock(block), BatEntry::of(BlockState::Zero), entry->offset, blockSize);
            done = child.relieve();
        } else {
            done = child.takeOver(block);
        }
        if (!done) {
            return done;
        }
        const std::uint64_t end = std::min((block + count) * blockSize, child.size());
        progress.advance(ByteCount(end - block * blockSize));
        block += count;
    }
    return child.flush();
}

// Once no block needs them, bitmaps are given back; it takes many changes, so it cannot be part of the last one.
Result<void> dropBitmaps(Editor& child)
{
    for (std::uint64_t chunk = 0; chunk < child.layout().chunks(); ++chunk) {
        const std::uint64_t number = child.layout().entryOfBitmap(chunk);
        const Result<BatEntry> entry = child.bat().at(number);
        if (!entry) {
            return std::unexpected(entry.error());
        }
        if (entry->raw() == 0) {
            continue;
        }
        const std::uint64_t released = entry->state != 0 ? entry->offset : 0;
        child.setEntry(number, BatEntry{}, released, layout::bitmapBlockSize);
        if (Result<void> relieved = child.relieve(); !relieved) {
            return relieved;
        }
    }
    // A log that may still touch a bitmap must be gone before its place is used again.
    return child.flush().and_then([&] { return child.retireLog(); });
}

Result<void> forgetParent(Editor& child)
{
    Metadata metadata = child.metadata();
    const MetadataItem* parameters = metadata.find(layout::fileParametersItem);
    const std::uint64_t position = child.structure().regions.metadata().offset + parameters->offset;
    metadata.parent.reset();
    metadata.leavesBlocksAllocated = false;
    // The item too: QEMU refuses a file that has one.
    std::vector<MetadataItem> items = metadata.items;
    std::erase_if(items, [](const MetadataItem& item) {
        return item.id == layout::parentLocatorItem && !(item.flags & layout::metadataTable::flagIsUser);
    });
    LogChange change;
    return change.put(child.file(), position, serializeFileParameters(metadata))
        .and_then([&] { return putTable(change, child, items); })
        .and_then([&] { return commitAndReload(child, change); });
}

// Goes through what the child itself holds, block by block, and puts it into the parent.
Result<void> copyOwnData(Editor& child, Editor& parent, Progress& progress)
{
    const std::uint64_t blockSize = child.metadata().blockSize;
    std::vector<std::byte> buffer(mebibyte);
    const auto copy = [&](std::uint64_t offset, std::uint64_t end) -> Result<void> {
        while (offset < end) {
            const Result<DiskRun> run = child.runAt(offset, end - offset);
            if (!run) {
                return std::unexpected(run.error());
            }
            std::uint64_t count = run->length;
            Result<void> done;
            if (run->content == DiskRun::Content::Zero) {
                done = parent.writeZeroes(offset, count);
            } else {
                count = std::min<std::uint64_t>(count, buffer.size());
                const auto part = std::span(buffer).first(count);
                done = child.read(offset, part).and_then([&] { return parent.write(offset, part); });
            }
            if (!done) {
                return done;
            }
            offset += count;
        }
        return {};
    };
    for (std::uint64_t block = 0; block < child.layout().blocks(); ++block) {
        if (Result<void> on = progress.goOn(); !on) {
            return on;
        }
        const Result<BatEntry> entry = child.bat().at(child.layout().entryOfBlock(block));
        if (!entry) {
            return std::unexpected(entry.error());
        }
        const std::uint64_t begin = block * blockSize;
        const std::uint64_t end = std::min(begin + blockSize, child.size());
        Result<void> done;
        if (entry->is(BlockState::PartiallyPresent)) {
            for (std::uint64_t offset = begin; done && offset < end;) {
                const Result<BlockReader::Share> share = child.shareAt(offset, end - offset);
                if (!share) {
                    return std::unexpected(share.error());
                }
                if (share->here) {
                    done = copy(offset, offset + share->length);
                }
                offset += share->length;
            }
        } else if (!entry->is(BlockState::NotPresent)) {
            done = copy(begin, end);
        }
        if (!done) {
            return done;
        }
        if (entry->holdsData()) {
            progress.advance(ByteCount(blockSize));
        }
    }
    return {};
}

} // namespace

Result<void> flattenInPlace(Editor& child, Progress& progress)
{
    if (!child.metadata().parent) {
        return std::unexpected(hasNoParent());
    }
    progress.setTotal(ByteCount(child.size()));
    Result<void> done = child.flush()
                            .and_then([&] { return child.beginChange(Editor::ChangeKind::Layout); })
                            .and_then([&] { return takeOverAll(child, progress); })
                            .and_then([&] { return dropBitmaps(child); })
                            .and_then([&] { return forgetParent(child); });
    if (!done && done.error().kind != ErrorKind::Cancelled) {
        return done;
    }
    if (Result<void> settled = child.finish(); !settled) {
        return settled;
    }
    return done;
}

Result<void> mergeIntoParent(Editor& child, Editor& parent, Progress& progress)
{
    if (!child.metadata().parent) {
        return std::unexpected(hasNoParent());
    }
    if (child.logicalSectorSize() != parent.logicalSectorSize()) {
        return std::unexpected(
            Error{ErrorKind::Corrupt, Texts::tr("The child and its parent have sectors of different sizes."),
                Texts::tr("Check whether the right parent was found."), {}});
    }
    const Result<std::uint64_t> blocks = countBlocksWithData(child.bat(), child.layout());
    if (!blocks) {
        return std::unexpected(blocks.error());
    }
    progress.setTotal(ByteCount(*blocks * child.metadata().blockSize));
    // [MS-VHDX] footnote 12: the child accepts the parent's future identity before the parent takes it.
    ParentLocator locator = *child.metadata().parent;
    if (locator.linkage2.isNull() || parent.header().dataWriteGuid == locator.linkage) {
        locator.linkage2 = QUuid::createUuid();
    }
    Result<void> done = setParentLocator(child, locator).and_then([&] { return child.finish(); }).and_then([&] {
        return parent.beginChange(Editor::ChangeKind::Content, locator.linkage2);
    });
    if (done && child.size() > parent.size()) {
        done = expand(parent, child.size());
    }
    if (done) {
        done = copyOwnData(child, parent, progress);
    }
    if (done && child.size() < parent.size()) {
        done = parent.flush().and_then([&] { return shrink(parent, child.size()); });
    }
    if (done || done.error().kind == ErrorKind::Cancelled) {
        if (Result<void> settled = parent.finish(); !settled) {
            return settled;
        }
    }
    return done;
}

Result<void> setParentLocator(Editor& child, const ParentLocator& locator)
{
    if (!child.metadata().parent) {
        return std::unexpected(hasNoParent());
    }
    const std::vector<std::byte> value = serialize(locator);
    const Region& region = child.structure().regions.metadata();
    std::vector<MetadataItem> items = child.metadata().items;
    MetadataItem& item = *std::ranges::find_if(items, [](const MetadataItem& candidate) {
        return candidate.id == layout::parentLocatorItem && !(candidate.flags & layout::metadataTable::flagIsUser);
    });
    // In its old place where it fits, otherwise behind all other items.
    if (value.size() > item.length) {
        std::uint32_t end = layout::metadataTableSize;
        for (const MetadataItem& other : items) {
            end = std::max(end, other.offset + other.length);
        }
        if (value.size() > region.length - std::min(end, region.length)) {
            return std::unexpected(
                Error{ErrorKind::NoSpace, Texts::tr("The image has no room for a longer path to its parent."),
                    Texts::tr("Put the parent beside the child, so that a shorter path will do."), {}});
        }
        item.offset = end;
    }
    item.length = static_cast<std::uint32_t>(value.size());
    LogChange change;
    return child.flush()
        .and_then([&] { return child.beginChange(Editor::ChangeKind::Layout); })
        .and_then([&] { return change.put(child.file(), region.offset + item.offset, value); })
        .and_then([&] { return putTable(change, child, items); })
        .and_then([&] { return commitAndReload(child, change); });
}

} // namespace platter::vhdx
