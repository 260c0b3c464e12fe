// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/compact.h"

#include "core/disk/zero_bytes.h"

#include <QCoreApplication>
#include <queue>

#include <algorithm>

namespace platter::vhdx {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::vhdx::Compact)
};

constexpr std::size_t mostCandidates = 64 * 1024; // blocks to move that are remembered at once: 1 MiB
constexpr std::uint64_t batchBytes = 256 * mebibyte; // moved between two flushes

struct Object {
    std::uint64_t offset = 0;
    std::uint64_t number = 0; // of its entry

    friend auto operator<=>(const Object&, const Object&) = default;
};

class Compaction {
public:
    Compaction(Editor& editor, const std::vector<DiskRange>& unused, Progress& progress)
        : m_editor(editor)
        , m_unused(unused)
        , m_progress(progress)
    {
    }

    Result<void> run()
    {
        return releaseEmptyBlocks()
            .and_then([&] { return moveDown(); })
            .and_then([&] { return moveRegions(); })
            .and_then([&] { return m_editor.finish(); });
    }

private:
    bool isUnused(std::uint64_t begin, std::uint64_t end) const
    {
        return std::ranges::any_of(
            m_unused, [&](const DiskRange& range) { return range.offset <= begin && end <= range.end(); });
    }

    // The block's bytes in the file, as far as the disk shows them.
    Result<bool> holdsOnlyZeros(std::uint64_t offset, std::uint64_t length)
    {
        for (std::uint64_t done = 0; done < length;) {
            if (offset + done >= m_editor.file().size()) {
                return true;
            }
            const Result<FileRun> run = m_editor.file().runAt(offset + done);
            if (!run) {
                return std::unexpected(run.error());
            }
            std::uint64_t count = std::min(run->length, length - done);
            if (run->content == FileRun::Content::Data) {
                count = std::min<std::uint64_t>(count, m_buffer.size());
                const auto part = std::span(m_buffer).first(count);
                if (const Result<void> read = m_editor.file().read(offset + done, part); !read) {
                    return std::unexpected(read.error());
                }
                if (!areZero(part)) {
                    return false;
                }
            }
            done += count;
        }
        return true;
    }

    // Whether a block holds nothing of its own that is not zero.
    Result<bool> isEmpty(std::uint64_t block, BatEntry entry)
    {
        const std::uint64_t blockSize = m_editor.metadata().blockSize;
        const std::uint64_t begin = block * blockSize;
        const std::uint64_t length = std::min(blockSize, m_editor.size() - begin);
        if (entry.is(BlockState::PartiallyPresent)) {
            const Result<BlockReader::Share> share = m_editor.shareAt(begin, length);
            if (!share) {
                return std::unexpected(share.error());
            }
            if (!share->here || share->length < length) {
                return false;
            }
        }
        return holdsOnlyZeros(entry.offset, length);
    }

    Result<void> releaseEmptyBlocks()
    {
        const std::uint64_t blockSize = m_editor.metadata().blockSize;
        return m_editor.bat()
            .forEach(0, m_editor.layout().entries(),
                [&](std::uint64_t number, BatEntry entry) -> Result<void> {
                    const std::optional<std::uint64_t> block = m_editor.layout().blockOfEntry(number);
                    if (!block || entry.offset == 0) {
                        return {};
                    }
                    if (Result<void> on = m_progress.goOn(); !on) {
                        return on;
                    }
                    if (!entry.holdsData()) {
                        // An unmapped block's old place, kept for later.
                        const std::uint64_t released = entry.keepsPlace() ? entry.offset : 0;
                        m_editor.setEntry(number, BatEntry{entry.state, 0}, released, blockSize);
                        return m_editor.relieve();
                    }
                    const std::uint64_t begin = *block * blockSize;
                    const std::uint64_t end = std::min(begin + blockSize, m_editor.size());
                    Result<bool> empty = true;
                    if (isUnused(begin, end)) {
                        // This can be noticed by who reads the disk.
                        if (Result<void> begun = m_editor.beginChange(Editor::ChangeKind::Content); !begun) {
                            return begun;
                        }
                    } else {
                        empty = isEmpty(*block, entry);
                    }
                    if (!empty) {
                        return std::unexpected(empty.error());
                    }
                    m_progress.advance(ByteCount(end - begin));
                    if (!*empty) {
                        return {};
                    }
                    m_editor.setEntry(number, BatEntry::of(BlockState::Zero), entry.offset, blockSize);
                    return m_editor.relieve();
                })
            .and_then([&] { return m_editor.flush(); });
    }

    // The highest objects that could lie lower, the highest first.
    Result<std::vector<Object>> highestObjects()
    {
        std::priority_queue<Object, std::vector<Object>, std::greater<>> highest;
        const std::uint64_t goal = m_editor.space().used();
        const Result<void> walked = m_editor.bat().forEach(
            0, m_editor.layout().entries(), [&](std::uint64_t number, BatEntry entry) -> Result<void> {
                const bool isBlock = m_editor.layout().blockOfEntry(number).has_value();
                const bool isObject = isBlock ? entry.holdsData() : m_editor.metadata().parent && entry.state != 0;
                if (!isObject || entry.offset + sizeOf(number) <= goal) {
                    return {};
                }
                highest.push({entry.offset, number});
                if (highest.size() > mostCandidates) {
                    highest.pop();
                }
                return {};
            });
        if (!walked) {
            return std::unexpected(walked.error());
        }
        std::vector<Object> objects;
        for (; !highest.empty(); highest.pop()) {
            objects.push_back(highest.top());
        }
        std::ranges::reverse(objects);
        return objects;
    }

    std::uint64_t sizeOf(std::uint64_t number) const
    {
        return m_editor.layout().blockOfEntry(number) ? m_editor.metadata().blockSize : layout::bitmapBlockSize;
    }

    Result<void> moveDown()
    {
        for (bool moved = true; moved;) {
            moved = false;
            const Result<std::vector<Object>> objects = highestObjects();
            if (!objects) {
                return std::unexpected(objects.error());
            }
            std::uint64_t inBatch = 0;
            for (const Object& object : *objects) {
                if (Result<void> on = m_progress.goOn(); !on) {
                    return on;
                }
                const Result<BatEntry> entry = m_editor.bat().at(object.number);
                if (!entry) {
                    return std::unexpected(entry.error());
                }
                const std::uint64_t length = sizeOf(object.number);
                const Result<std::optional<std::uint64_t>> place = m_editor.copyDown(object.offset, length);
                if (!place) {
                    return std::unexpected(place.error());
                }
                if (!*place) {
                    continue;
                }
                moved = true;
                m_editor.setEntry(object.number, BatEntry{entry->state, **place}, object.offset, length);
                inBatch += length;
                if (inBatch >= batchBytes) {
                    inBatch = 0;
                    if (Result<void> flushed = m_editor.flush(); !flushed) {
                        return flushed;
                    }
                }
                if (Result<void> relieved = m_editor.relieve(); !relieved) {
                    return relieved;
                }
            }
            if (Result<void> flushed = m_editor.flush(); !flushed) {
                return flushed;
            }
        }
        return {};
    }

    // The table, the metadata, foreign regions and the log, where they are what keeps the file long.
    Result<void> moveRegions()
    {
        if (Result<void> retired = m_editor.retireLog(); !retired) {
            return retired;
        }
        const std::vector<Region> regions = m_editor.structure().regions.regions;
        for (const Region& region : regions) {
            const Result<std::optional<std::uint64_t>> place = m_editor.copyDown(region.offset, region.length);
            if (!place) {
                return std::unexpected(place.error());
            }
            if (!*place) {
                continue;
            }
            RegionTable table = m_editor.structure().regions;
            std::ranges::find(table.regions, region.guid, &Region::guid)->offset = **place;
            if (Result<void> moved = m_editor.replaceRegionTable(table); !moved) {
                return moved;
            }
        }
        const Header& header = m_editor.header();
        const Result<std::optional<std::uint64_t>> place = m_editor.copyDown(header.logOffset, header.logLength);
        if (!place) {
            return std::unexpected(place.error());
        }
        if (!*place) {
            return {};
        }
        return m_editor.file()
            .zero(**place, header.logLength)
            .and_then([&] { return m_editor.file().flush(); })
            .and_then([&] { return m_editor.moveLog(**place); });
    }

    Editor& m_editor;
    const std::vector<DiskRange>& m_unused;
    Progress& m_progress;
    std::vector<std::byte> m_buffer = std::vector<std::byte>(mebibyte);
};

} // namespace

Result<void> compact(Editor& editor, const std::vector<DiskRange>& unused, Progress& progress)
{
    if (editor.metadata().leavesBlocksAllocated && !editor.metadata().parent) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("An image of fixed size keeps all its space, so there is nothing to compact."),
            Texts::tr("Convert it into a dynamic image to give space back."), {}});
    }
    if (Result<void> begun =
            editor.flush().and_then([&] { return editor.beginChange(Editor::ChangeKind::Layout); });
        !begun) {
        return begun;
    }
    std::uint64_t bytes = 0;
    const Result<void> counted = editor.bat().forEach(
        0, editor.layout().entries(), [&](std::uint64_t number, BatEntry entry) -> Result<void> {
            const std::optional<std::uint64_t> block = editor.layout().blockOfEntry(number);
            if (block && entry.holdsData()) {
                bytes += std::min<std::uint64_t>(
                    editor.metadata().blockSize, editor.size() - *block * editor.metadata().blockSize);
            }
            return {};
        });
    if (!counted) {
        return counted;
    }
    progress.setTotal(ByteCount(bytes));
    Result<void> done = Compaction(editor, unused, progress).run();
    if (!done && done.error().kind == ErrorKind::Cancelled) {
        // What has moved so far stays moved.
        if (Result<void> settled = editor.finish(); !settled) {
            return settled;
        }
    }
    return done;
}

} // namespace platter::vhdx
