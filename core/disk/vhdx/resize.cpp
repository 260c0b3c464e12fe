// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/resize.h"

#include "core/byte_count.h"
#include "core/little_endian.h"

#include <QCoreApplication>

#include <algorithm>

namespace platter::vhdx {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::vhdx::Resize)
};

constexpr std::size_t tableBuffer = mebibyte;
constexpr std::uint64_t bitsPerByte = 8;

std::uint64_t roundedUp(std::uint64_t value, std::uint64_t step)
{
    return (value + step - 1) / step * step;
}

Error invalid(const QString& summary, const QString& advice)
{
    return Error{ErrorKind::InvalidInput, summary, advice, {}};
}

BatLayout layoutFor(const Metadata& metadata, std::uint64_t size, BatLayout::Kind kind)
{
    return BatLayout(size, metadata.blockSize, metadata.logicalSectorSize, kind);
}

BatLayout layoutFor(const Metadata& metadata, std::uint64_t size)
{
    return layoutFor(metadata, size, metadata.parent ? BatLayout::Kind::Child : BatLayout::Kind::Alone);
}

bool keepsBlocks(const Metadata& metadata)
{
    return metadata.leavesBlocksAllocated && !metadata.parent;
}

// The length of a table that is made anew for SIZE, with room for a parent's entries.
std::uint64_t newTableLength(const Metadata& metadata, std::uint64_t size)
{
    return roundedUp(layoutFor(metadata, size, BatLayout::Kind::Child).bytes(), objectAlignment);
}

bool tableMustMove(const Structure& structure, std::uint64_t newSize)
{
    return layoutFor(structure.metadata, newSize).bytes() > structure.regions.bat().length;
}

Result<void> putVirtualSize(LogChange& change, Editor& editor, std::uint64_t size)
{
    std::array<std::byte, sizeof(quint64)> bytes{};
    putLittleEndian<quint64>(bytes, 0, size);
    const MetadataItem* item = editor.metadata().find(layout::virtualDiskSizeItem);
    return change.put(editor.file(), editor.structure().regions.metadata().offset + item->offset, bytes);
}

Result<void> putEntry(LogChange& change, Editor& editor, std::uint64_t number, BatEntry entry)
{
    std::array<std::byte, layout::batEntrySize> bytes{};
    putLittleEndian<quint64>(bytes, 0, entry.raw());
    return change.put(editor.file(), editor.bat().offset() + number * layout::batEntrySize, bytes);
}

// Bits of the chunk's bitmap from sector FIRST to before LAST become VALUE.
Result<void> putBits(
    LogChange& change, Editor& editor, std::uint64_t bitmap, std::uint64_t first, std::uint64_t last, bool value)
{
    const auto edge = [&](std::uint64_t begin, std::uint64_t end) -> Result<void> {
        if (begin >= end) {
            return {};
        }
        std::array<std::byte, 1> byte{};
        const std::uint64_t position = bitmap + begin / bitsPerByte;
        if (Result<void> done = editor.file().read(position, byte); !done) {
            return done;
        }
        for (std::uint64_t bit = begin; bit < end; ++bit) {
            const auto mask = std::byte{1} << (bit % bitsPerByte);
            byte[0] = value ? byte[0] | mask : byte[0] & ~mask;
        }
        return change.put(editor.file(), position, byte);
    };
    const std::uint64_t firstWhole = std::min(roundedUp(first, bitsPerByte), last);
    const std::uint64_t lastWhole = std::max(last / bitsPerByte * bitsPerByte, firstWhole);
    Result<void> done = edge(first, firstWhole);
    const std::uint64_t bytes = (lastWhole - firstWhole) / bitsPerByte;
    if (done && bytes > 0) {
        const std::uint64_t position = bitmap + firstWhole / bitsPerByte;
        done = value ? change.put(editor.file(), position, std::vector<std::byte>(bytes, std::byte(0xff)))
                     : change.zero(editor.file(), position, bytes);
    }
    return done ? edge(lastWhole, last) : done;
}

// Writes the table's entries from FIRST to before LAST straight into the file, where nobody looks at them yet.
// ENTRY says what they are.
Result<void> writeEntries(BlockFile& file, std::uint64_t table, std::uint64_t first, std::uint64_t last,
    const std::function<Result<BatEntry>(std::uint64_t number)>& entryAt)
{
    std::vector<std::byte> buffer;
    for (std::uint64_t number = first; number < last;) {
        const std::uint64_t begin = number;
        bool isZero = true;
        buffer.clear();
        for (; number < last && buffer.size() < tableBuffer; ++number) {
            const Result<BatEntry> entry = entryAt(number);
            if (!entry) {
                return std::unexpected(entry.error());
            }
            isZero = isZero && entry->raw() == 0;
            buffer.resize(buffer.size() + layout::batEntrySize);
            putLittleEndian<quint64>(buffer, buffer.size() - layout::batEntrySize, entry->raw());
        }
        const std::uint64_t position = table + begin * layout::batEntrySize;
        if (Result<void> done = isZero ? file.zero(position, buffer.size()) : file.write(position, buffer); !done) {
            return done;
        }
    }
    return {};
}

// One expansion: what it needs to know, and its steps.
class Expansion {
public:
    Expansion(Editor& editor, std::uint64_t newSize)
        : m_editor(editor)
        , m_newSize(newSize)
        , m_oldSize(editor.size())
        , m_next(layoutFor(editor.metadata(), newSize))
    {
    }

    Result<void> run()
    {
        return zeroBehindTheEnd()
            .and_then([&] { return placeNewBlocks(); })
            .and_then([&] { return prepareTable(); })
            .and_then([&] { return prepareLastBlock(); })
            .and_then([&] { return m_editor.file().flush(); })
            .and_then([&] { return putVirtualSize(m_change, m_editor, m_newSize); })
            .and_then([&] { return m_editor.commit(m_change); })
            .and_then([&] { return m_editor.retireLog(); })
            .and_then([&] { return m_editor.reload(); });
    }

private:
    std::uint64_t blockSize() const { return m_editor.metadata().blockSize; }

    std::uint64_t lastOldBlock() const { return m_editor.layout().blocks() - 1; }

    Result<BatEntry> lastEntry() const { return m_editor.bat().at(m_editor.layout().entryOfBlock(lastOldBlock())); }

    // Where the parent reaches into the new part, the child must hide it: it was not visible before.
    std::uint64_t hiddenEnd() const
    {
        const VirtualDisk* parent = m_editor.parent();
        return parent ? std::min(parent->size(), m_newSize) : 0;
    }

    // The last block's bytes behind the old end may be anything: a larger size of former times left them.
    Result<void> zeroBehindTheEnd()
    {
        const std::uint64_t within = m_oldSize % blockSize();
        const Result<BatEntry> entry = lastEntry();
        if (!entry) {
            return std::unexpected(entry.error());
        }
        if (within == 0 || !entry->holdsData()) {
            return {};
        }
        return m_editor.file().zero(entry->offset + within, blockSize() - within).and_then([&] {
            return m_editor.file().flush();
        });
    }

    Result<void> placeNewBlocks()
    {
        const std::uint64_t count = m_next.blocks() - m_editor.layout().blocks();
        if (!keepsBlocks(m_editor.metadata()) || count == 0) {
            return {};
        }
        const std::uint64_t length = count * blockSize();
        const std::uint64_t sizeBefore = m_editor.file().size();
        const Result<std::uint64_t> place = m_editor.allocate(length);
        if (!place) {
            return std::unexpected(place.error());
        }
        m_newBlocks = *place;
        Result<void> reserved = m_editor.file().reserve(*place, length);
        if (!reserved) {
            m_editor.space().release(*place, length);
            // The space that the half of it took must not stay taken.
            (void)m_editor.file().resize(sizeBefore);
        }
        return reserved;
    }

    Result<BatEntry> newEntry(std::uint64_t number) const
    {
        // A child's table runs to the end of its chunk: entries behind the old last block are below its old count.
        const std::optional<std::uint64_t> block = m_next.blockOfEntry(number);
        if (block ? *block <= lastOldBlock() : number < m_editor.layout().entries()) {
            return m_editor.bat().at(number);
        }
        if (!block || *block >= m_next.blocks()) {
            return BatEntry{};
        }
        if (m_newBlocks) {
            return BatEntry::of(
                BlockState::FullyPresent, *m_newBlocks + (*block - lastOldBlock() - 1) * blockSize());
        }
        return *block * blockSize() < hiddenEnd() ? BatEntry::of(BlockState::Zero) : BatEntry{};
    }

    Result<void> prepareTable()
    {
        const Region& old = m_editor.structure().regions.bat();
        if (tableMustMove(m_editor.structure(), m_newSize)) {
            return writeNewTable(newTableLength(m_editor.metadata(), m_newSize));
        }
        // Entries behind the old count may be anything. Their own sectors nobody looks at; the sector that they
        // share with the last one is part of the change.
        const std::uint64_t perSector = logSector / layout::batEntrySize;
        const std::uint64_t shared = std::min(roundedUp(m_editor.layout().entries(), perSector), m_next.entries());
        for (std::uint64_t number = m_editor.layout().entries(); number < shared; ++number) {
            const Result<BatEntry> entry = newEntry(number);
            if (!entry) {
                return std::unexpected(entry.error());
            }
            if (Result<void> put = putEntry(m_change, m_editor, number, *entry); !put) {
                return put;
            }
        }
        if (shared == m_next.entries()) {
            return putNewBlocksOfOldTable();
        }
        if (newEntriesAreEmpty()) {
            return m_editor.file().zero(
                old.offset + shared * layout::batEntrySize, (m_next.entries() - shared) * layout::batEntrySize);
        }
        return writeEntries(m_editor.file(), old.offset, shared, m_next.entries(), [&](std::uint64_t number) {
            return newEntry(number);
        }).and_then([&] { return putNewBlocksOfOldTable(); });
    }

    // Whether the table's new part is all zeros, so that nothing of it need be written where there are zeros.
    bool newEntriesAreEmpty() const { return !m_newBlocks && !m_editor.metadata().parent; }

    // The old table as it is, to a place that is zero. What was never written is not read.
    Result<void> copyOldTable(std::uint64_t to)
    {
        const std::uint64_t from = m_editor.bat().offset();
        const std::uint64_t length = m_editor.layout().bytes();
        std::vector<std::byte> buffer(tableBuffer);
        for (std::uint64_t done = 0; done < length;) {
            const Result<FileRun> run = m_editor.file().runAt(from + done);
            if (!run) {
                return std::unexpected(run.error());
            }
            const std::uint64_t part = std::min({run->length, length - done, std::uint64_t(buffer.size())});
            if (run->content == FileRun::Content::Data) {
                const auto bytes = std::span(buffer).first(part);
                Result<void> copied = m_editor.file().read(from + done, bytes).and_then([&] {
                    return m_editor.file().write(to + done, bytes);
                });
                if (!copied) {
                    return copied;
                }
                done += part;
            } else {
                done += std::min(run->length, length - done);
            }
        }
        return {};
    }

    // In a child, blocks of the last chunk that come into being have their entries among the old ones.
    Result<void> putNewBlocksOfOldTable()
    {
        if (!m_editor.metadata().parent) {
            return {};
        }
        const std::uint64_t inOldTable =
            std::min(m_next.blocks(), m_editor.layout().chunks() * m_editor.layout().blocksPerChunk());
        for (std::uint64_t block = lastOldBlock() + 1; block < inOldTable; ++block) {
            const std::uint64_t number = m_next.entryOfBlock(block);
            const Result<BatEntry> entry = newEntry(number);
            if (!entry) {
                return std::unexpected(entry.error());
            }
            if (Result<void> put = putEntry(m_change, m_editor, number, *entry); !put) {
                return put;
            }
        }
        return {};
    }

    Result<void> writeNewTable(std::uint64_t length)
    {
        const Result<std::uint64_t> place = m_editor.allocate(length);
        if (!place) {
            return std::unexpected(place.error());
        }
        m_newTable = *place;
        Result<void> written = newEntriesAreEmpty() ? copyOldTable(*place)
                                                    : writeEntries(m_editor.file(), *place, 0, m_next.entries(),
                                                          [&](std::uint64_t number) { return newEntry(number); });
        if (!written) {
            return written;
        }
        RegionTable regions = m_editor.structure().regions;
        Region& bat = *std::ranges::find(regions.regions, layout::batRegion, &Region::guid);
        bat.offset = *place;
        bat.length = static_cast<std::uint32_t>(length);
        return m_editor.putRegionTable(m_change, regions);
    }

    // A child's last block, as far as the parent or stale bits of its bitmap would show in the new part.
    Result<void> prepareLastBlock()
    {
        if (!m_editor.metadata().parent) {
            return {};
        }
        const std::uint64_t sectorSize = m_editor.logicalSectorSize();
        const std::uint64_t chunkSize = layout::sectorsPerBitmapBlock * sectorSize;
        const std::uint64_t chunk = m_editor.layout().chunkOfBlock(lastOldBlock());
        const std::uint64_t blockEnd = (lastOldBlock() + 1) * blockSize();
        const bool hides = hiddenEnd() > m_oldSize && m_oldSize < blockEnd;
        const Result<BatEntry> entry = lastEntry();
        const Result<BatEntry> bitmap = m_editor.bat().at(m_editor.layout().entryOfBitmap(chunk));
        if (!entry || !bitmap) {
            return std::unexpected(!entry ? entry.error() : bitmap.error());
        }
        if (bitmap->is(BlockState::FullyPresent)) {
            // m_oldSize lies in the chunk, or is its end.
            const std::uint64_t first = (m_oldSize - chunk * chunkSize) / sectorSize;
            const std::uint64_t shown = (blockEnd - chunk * chunkSize) / sectorSize;
            const bool isHere = hides && entry->is(BlockState::PartiallyPresent);
            Result<void> put = putBits(m_change, m_editor, bitmap->offset, first, shown, isHere).and_then([&] {
                return putBits(m_change, m_editor, bitmap->offset, shown, layout::sectorsPerBitmapBlock, false);
            });
            if (!put) {
                return put;
            }
        }
        if (!hides || !entry->is(BlockState::NotPresent)) {
            return {};
        }
        return copyLastBlock(blockEnd - blockSize());
    }

    // The block is the parent's; it becomes the child's own, zero behind the old end.
    Result<void> copyLastBlock(std::uint64_t blockBegin)
    {
        const Result<std::uint64_t> place = m_editor.allocate(blockSize());
        if (!place) {
            return std::unexpected(place.error());
        }
        std::vector<std::byte> buffer(mebibyte);
        for (std::uint64_t offset = blockBegin; offset < m_oldSize; offset += buffer.size()) {
            const auto part = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), m_oldSize - offset));
            Result<void> copied = m_editor.read(offset, part).and_then([&] {
                return m_editor.file().write(*place + (offset - blockBegin), part);
            });
            if (!copied) {
                return copied;
            }
        }
        const std::uint64_t number = m_editor.layout().entryOfBlock(lastOldBlock());
        const BatEntry entry = BatEntry::of(BlockState::FullyPresent, *place);
        if (!m_newTable) {
            return putEntry(m_change, m_editor, number, entry);
        }
        std::array<std::byte, layout::batEntrySize> bytes{};
        putLittleEndian<quint64>(bytes, 0, entry.raw());
        return m_editor.file().write(*m_newTable + number * layout::batEntrySize, bytes);
    }

    Editor& m_editor;
    std::uint64_t m_newSize;
    std::uint64_t m_oldSize;
    BatLayout m_next;
    std::optional<std::uint64_t> m_newBlocks; // where a fixed image's new blocks begin
    std::optional<std::uint64_t> m_newTable;
    LogChange m_change;
};

} // namespace

Result<void> checkExpand(const Metadata& metadata, std::uint64_t newSize)
{
    if (newSize % metadata.logicalSectorSize != 0) {
        return std::unexpected(invalid(Texts::tr("%1 bytes are not a whole number of sectors of %2 bytes.")
                                           .arg(newSize)
                                           .arg(metadata.logicalSectorSize),
            Texts::tr("Choose a whole number of MiB.")));
    }
    if (newSize > largestVirtualSize) {
        return std::unexpected(
            invalid(Texts::tr("%1 is more than a VHDX disk can have.").arg(ByteCount(newSize).toString()),
                Texts::tr("Choose a size up to 64 TiB.")));
    }
    if (newSize <= metadata.virtualSize) {
        return std::unexpected(invalid(Texts::tr("The disk has %1 already; expanding makes it larger than that.")
                                           .arg(ByteCount(metadata.virtualSize).toString()),
            Texts::tr("Choose a larger size, or shrink the disk.")));
    }
    return {};
}

Result<void> checkShrink(const Metadata& metadata, std::uint64_t newSize)
{
    if (newSize == 0 || newSize % metadata.logicalSectorSize != 0) {
        return std::unexpected(invalid(Texts::tr("%1 bytes are not a whole number of sectors of %2 bytes.")
                                           .arg(newSize)
                                           .arg(metadata.logicalSectorSize),
            Texts::tr("Choose a whole number of MiB.")));
    }
    if (newSize >= metadata.virtualSize) {
        return std::unexpected(invalid(Texts::tr("The disk has only %1; shrinking makes it smaller than that.")
                                           .arg(ByteCount(metadata.virtualSize).toString()),
            Texts::tr("Choose a smaller size, or expand the disk.")));
    }
    return {};
}

std::uint64_t growthOfExpand(const Structure& structure, std::uint64_t newSize)
{
    const Metadata& metadata = structure.metadata;
    std::uint64_t growth = tableMustMove(structure, newSize) ? newTableLength(metadata, newSize) : 0;
    if (keepsBlocks(metadata)) {
        growth += (layoutFor(metadata, newSize).blocks() - structure.batLayout().blocks()) * metadata.blockSize;
    } else if (metadata.parent) {
        growth += metadata.blockSize; // the last block may become the child's own
    }
    return growth;
}

std::uint64_t batBytesFor(const Metadata& metadata, std::uint64_t newSize)
{
    return layoutFor(metadata, newSize).bytes();
}

Result<void> expand(Editor& editor, std::uint64_t newSize)
{
    if (Result<void> sound = checkExpand(editor.metadata(), newSize); !sound) {
        return sound;
    }
    if (editor.metadata().parent && !editor.parent()) {
        return std::unexpected(
            Error{ErrorKind::NotFound, Texts::tr("A differencing image cannot be expanded without its parent."),
                Texts::tr("Put the parent beside it, or say where it is."), {}});
    }
    return editor.flush().and_then([&] { return editor.beginChange(Editor::ChangeKind::Content); }).and_then([&] {
        return Expansion(editor, newSize).run();
    });
}

Result<void> shrink(Editor& editor, std::uint64_t newSize)
{
    if (Result<void> sound = checkShrink(editor.metadata(), newSize); !sound) {
        return sound;
    }
    Result<void> begun = editor.flush().and_then([&] { return editor.beginChange(Editor::ChangeKind::Content); });
    if (!begun) {
        return begun;
    }
    const BatLayout next = layoutFor(editor.metadata(), newSize);
    const std::uint64_t table = editor.bat().offset();
    const std::uint64_t blockSize = editor.metadata().blockSize;
    LogChange change;
    // Entries of dropped blocks must go with the old size: a later expansion would bring them back.
    const auto clear = [&](std::uint64_t first, std::uint64_t last) {
        return first < last ? change.zero(editor.file(), table + first * layout::batEntrySize,
                                  (last - first) * layout::batEntrySize)
                            : Result<void>();
    };
    const std::uint64_t firstDropped = next.entryOfBlock(next.blocks() - 1) + 1;
    Result<void> done;
    if (editor.metadata().parent) {
        // The last chunk's bitmap stays, its bits behind the new end do not.
        const std::uint64_t lastBitmap = next.entryOfBitmap(next.chunks() - 1);
        const std::uint64_t chunkSize = layout::sectorsPerBitmapBlock * editor.logicalSectorSize();
        const Result<BatEntry> bitmap = editor.bat().at(lastBitmap);
        if (!bitmap) {
            return std::unexpected(bitmap.error());
        }
        done = clear(firstDropped, lastBitmap).and_then([&] {
            return clear(lastBitmap + 1, editor.layout().entries());
        });
        if (done && bitmap->is(BlockState::FullyPresent)) {
            const std::uint64_t first = (newSize - (next.chunks() - 1) * chunkSize) / editor.logicalSectorSize();
            done = putBits(change, editor, bitmap->offset, first, layout::sectorsPerBitmapBlock, false);
        }
    } else {
        done = clear(firstDropped, editor.layout().entries());
    }
    done = done.and_then([&] { return putVirtualSize(change, editor, newSize); })
               .and_then([&] { return editor.commit(change); })
               .and_then([&] { return editor.retireLog(); })
               .and_then([&] { return editor.reload(); });
    if (!done) {
        return done;
    }
    const Result<BatEntry> last = editor.bat().at(next.entryOfBlock(next.blocks() - 1));
    if (!last) {
        return std::unexpected(last.error());
    }
    if (const std::uint64_t within = newSize % blockSize; within != 0 && last->holdsData()) {
        done = editor.file().zero(last->offset + within, blockSize - within);
    }
    // Dropped blocks between others give their space back as holes; those at the end go with the file's end.
    return done.and_then([&] { return editor.punchGaps(); }).and_then([&] { return editor.file().flush(); });
}

} // namespace platter::vhdx
