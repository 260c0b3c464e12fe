// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/editor.h"

#include "core/disk/disk_bounds.h"
#include "core/disk/vhdx/rules.h"
#include "core/disk/zero_bytes.h"
#include "core/little_endian.h"

#include <QCoreApplication>

#include <algorithm>

namespace platter::vhdx {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::vhdx::Editor)
};

constexpr std::uint64_t bitsPerByte = 8;
constexpr std::uint64_t bitsPerSector = logSector * bitsPerByte;

std::uint64_t roundedUp(std::uint64_t value, std::uint64_t step)
{
    return (value + step - 1) / step * step;
}

} // namespace

// Everything that follows from the file's structures.
struct Editor::Layouts {
    Layouts(const BlockFile& file, Structure read, const BlockTable& table, const VirtualDisk* parent)
        : structure(std::move(read))
        , layout(structure.batLayout())
        , bat(file, structure.regions.bat().offset, layout.entries())
        , reader(file, structure.metadata, table, parent)
    {
    }

    Structure structure;
    BatLayout layout;
    PagedBat bat;
    BlockReader reader;
    SpaceMap space;
};

Result<std::unique_ptr<Editor>> Editor::open(std::unique_ptr<BlockFile> file, const ParentOpener& openParent)
{
    if (const Result<void> marked = checkFileSignature(*file); !marked) {
        return std::unexpected(marked.error());
    }
    Result<HeaderPair> headers = HeaderPair::read(*file);
    if (!headers) {
        return std::unexpected(headers.error());
    }
    std::unique_ptr<Editor> editor(new Editor(std::move(file), *std::move(headers)));
    if (const Result<void> prepared = editor->prepareFile(); !prepared) {
        return std::unexpected(prepared.error());
    }
    if (openParent) {
        const Result<Structure> structure = readStructure(*editor->m_file, editor->header());
        if (!structure) {
            return std::unexpected(structure.error());
        }
        if (structure->metadata.parent) {
            Result<std::shared_ptr<const VirtualDisk>> parent = openParent(*structure->metadata.parent);
            if (!parent) {
                return std::unexpected(parent.error());
            }
            editor->m_parent = *std::move(parent);
        }
    }
    Result<void> loaded = editor->reload();
    if (loaded && editor->m_begun) {
        loaded = editor->prepareRoom();
    }
    if (!loaded) {
        return std::unexpected(loaded.error());
    }
    return editor;
}

Editor::Editor(std::unique_ptr<BlockFile> file, HeaderPair headers)
    : m_file(std::move(file))
    , m_headers(std::move(headers))
    , m_log(*m_file, m_headers)
{
}

Editor::~Editor() = default;

// After this the log is empty and what the file says can be believed.
Result<void> Editor::prepareFile()
{
    if (header().logGuid.isNull()) {
        return {};
    }
    const Result<LogReplay> replay = findReplay(*m_file, header());
    if (!replay) {
        return std::unexpected(replay.error());
    }
    // Nothing is written before it is clear that the file makes sense with its log applied.
    const ReplayedFile replayed(*m_file, *replay);
    if (const Result<Structure> sound = readStructure(replayed, header()); !sound) {
        return std::unexpected(sound.error());
    }
    return beginChange(ChangeKind::Layout).and_then([&] { return applyReplay(*m_file, *replay); }).and_then([&] {
        return m_headers.update(*m_file, [](Header& next) { next.logGuid = QUuid(); });
    });
}

Result<void> Editor::reload()
{
    Result<Structure> structure = readStructure(*m_file, header());
    if (!structure) {
        return std::unexpected(structure.error());
    }
    auto layouts = std::make_unique<Layouts>(
        *m_file, *std::move(structure), static_cast<const BlockTable&>(*this), m_parent.get());
    Result<SpaceMap> space = mapSpace(layouts->structure, header(), layouts->bat, m_file->size());
    if (!space) {
        return std::unexpected(space.error());
    }
    layouts->space = *std::move(space);
    m_layouts = std::move(layouts);
    return {};
}

const Structure& Editor::structure() const
{
    return m_layouts->structure;
}

const PagedBat& Editor::bat() const
{
    return m_layouts->bat;
}

const BatLayout& Editor::layout() const
{
    return m_layouts->layout;
}

SpaceMap& Editor::space()
{
    return m_layouts->space;
}

std::uint64_t Editor::size() const
{
    return metadata().virtualSize;
}

std::uint32_t Editor::logicalSectorSize() const
{
    return metadata().logicalSectorSize;
}

std::uint32_t Editor::physicalSectorSize() const
{
    return metadata().physicalSectorSize;
}

// --- before the first change

Result<void> Editor::beginChange(ChangeKind kind, const QUuid& dataWriteGuid)
{
    const std::scoped_lock lock(m_beginMutex);
    if (m_begun && (*m_begun == ChangeKind::Content || kind == ChangeKind::Layout)) {
        return {};
    }
    if (Result<void> updated = m_headers.update(*m_file,
            [&](Header& next) {
                next.fileWriteGuid = QUuid::createUuid();
                if (kind == ChangeKind::Content) {
                    next.dataWriteGuid = dataWriteGuid;
                }
            });
        !updated) {
        return updated;
    }
    m_begun = kind;
    return m_layouts ? prepareRoom() : Result<void>();
}

// The file gets what other programs may have left out: a length in whole MiB, which a log entry tells, the rest of
// its last block, and a log.
Result<void> Editor::prepareRoom()
{
    const std::uint64_t length = std::max(roundedUp(m_file->size(), objectAlignment), space().end());
    if (m_file->size() < length) {
        Result<void> longer = m_file->resize(length).and_then([&] { return m_file->flush(); });
        if (!longer) {
            return longer;
        }
    }
    if (header().logLength > 0) {
        return {};
    }
    const Result<std::uint64_t> place = allocate(objectAlignment);
    if (!place) {
        return std::unexpected(place.error());
    }
    if (Result<void> flushed = m_file->flush(); !flushed) {
        return flushed;
    }
    return m_headers.update(*m_file, [&](Header& next) {
        next.logOffset = *place;
        next.logLength = objectAlignment;
    });
}

Result<void> Editor::moveLog(std::uint64_t offset)
{
    const std::uint64_t oldOffset = header().logOffset;
    Result<void> moved = m_log.retire().and_then(
        [&] { return m_headers.update(*m_file, [&](Header& next) { next.logOffset = offset; }); });
    if (moved) {
        space().release(oldOffset, header().logLength);
    }
    return moved;
}

Result<void> Editor::growTo(std::uint64_t end)
{
    return m_file->size() < end ? m_file->resize(end) : Result<void>();
}

Result<std::uint64_t> Editor::allocate(std::uint64_t length)
{
    std::uint64_t place = 0;
    std::uint64_t dirtyEnd = 0; // up to here the file has bytes of former times
    {
        const std::scoped_lock lock(m_mutex);
        SpaceMap& map = space();
        if (const std::optional<std::uint64_t> gap = map.takeGap(length, map.end())) {
            place = *gap;
        } else {
            place = map.end();
            map.claim(place, length);
        }
        dirtyEnd = std::min(m_file->size(), place + length);
        if (const Result<void> grown = growTo(place + length); !grown) {
            map.release(place, length);
            return std::unexpected(grown.error());
        }
    }
    if (place < dirtyEnd) {
        if (const Result<void> zeroed = m_file->zero(place, dirtyEnd - place); !zeroed) {
            const std::scoped_lock lock(m_mutex);
            space().release(place, length);
            return std::unexpected(zeroed.error());
        }
    }
    return place;
}

// --- reading

Result<BatEntry> Editor::entryAt(std::uint64_t number) const
{
    for (const auto* entries : {&m_pending, &m_committing}) {
        if (const auto found = entries->find(number); found != entries->end()) {
            return found->second;
        }
    }
    return bat().at(number);
}

Result<BatEntry> Editor::entryOf(std::uint64_t block) const
{
    const std::scoped_lock lock(m_mutex);
    return entryAt(layout().entryOfBlock(block));
}

Result<std::uint64_t> Editor::bitmapOf(std::uint64_t chunk) const
{
    const std::uint64_t number = layout().entryOfBitmap(chunk);
    const Result<BatEntry> entry = entryAt(number);
    if (!entry) {
        return std::unexpected(entry.error());
    }
    if (!entry->is(BlockState::FullyPresent)) {
        return std::unexpected(broken(Rule::BatBitmapMissing, bat().offset() + number * layout::batEntrySize));
    }
    return entry->offset;
}

Result<void> Editor::readBitmap(std::uint64_t chunk, std::uint64_t first, std::span<std::byte> into) const
{
    const std::scoped_lock lock(m_mutex);
    const Result<std::uint64_t> bitmap = bitmapOf(chunk);
    if (!bitmap) {
        return std::unexpected(bitmap.error());
    }
    // Callers ask for whole sectors of the file.
    const std::uint64_t position = *bitmap + first;
    if (const auto known = m_bits.find(position); known != m_bits.end()) {
        std::ranges::copy(std::span(known->second.bytes).first(into.size()), into.begin());
        return {};
    }
    return m_file->read(position, into);
}

Result<void> Editor::read(std::uint64_t offset, std::span<std::byte> into) const
{
    if (Result<void> inside = checkInsideDisk(size(), offset, into.size()); !inside) {
        return inside;
    }
    const std::shared_lock busy(m_busy);
    return m_layouts->reader.read(offset, into);
}

Result<DiskRun> Editor::runAt(std::uint64_t offset, std::uint64_t limit) const
{
    const std::shared_lock busy(m_busy);
    return m_layouts->reader.runAt(offset, limit);
}

// --- writing

Result<void> Editor::checkRequest(std::uint64_t offset, std::uint64_t length) const
{
    if (Result<void> inside = checkInsideDisk(size(), offset, length); !inside) {
        return inside;
    }
    if (offset % logicalSectorSize() != 0 || length % logicalSectorSize() != 0) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            Texts::tr("A disk is written in whole sectors of %1 bytes.").arg(logicalSectorSize()), {},
            QStringLiteral("%1 bytes at 0x%2").arg(length).arg(offset, 0, 16)});
    }
    return {};
}

Result<void> Editor::write(std::uint64_t offset, std::span<const std::byte> from)
{
    if (Result<void> sound = checkRequest(offset, from.size()); !sound || from.empty()) {
        return sound;
    }
    if (Result<void> begun = beginChange(ChangeKind::Content); !begun) {
        return begun;
    }
    while (!from.empty()) {
        const std::uint64_t blockSize = metadata().blockSize;
        const auto part = from.first(std::min<std::uint64_t>(from.size(), blockSize - offset % blockSize));
        if (Result<void> written = writeBlock(offset, part); !written) {
            return written;
        }
        if (Result<void> relieved = relieve(); !relieved) {
            return relieved;
        }
        offset += part.size();
        from = from.subspan(part.size());
    }
    return {};
}

// A change must fit into the log; long before it would not, what is pending goes out.
Result<void> Editor::relieve()
{
    std::unique_lock lock(m_mutex);
    const bool isMuch = m_dirtySectors.size() * 2 > m_log.capacity();
    lock.unlock();
    return isMuch ? flush() : Result<void>();
}

Result<void> Editor::writeBlock(std::uint64_t offset, std::span<const std::byte> from)
{
    const std::shared_lock busy(m_busy);
    const std::uint64_t block = offset / metadata().blockSize;
    const std::uint64_t within = offset % metadata().blockSize;
    std::unique_lock lock(m_mutex);
    m_settled.wait(lock, [&] { return !m_unsettled.contains(block); });
    const Result<BatEntry> entry = entryAt(layout().entryOfBlock(block));
    if (!entry) {
        return std::unexpected(entry.error());
    }
    if (entry->holdsData()) {
        lock.unlock();
        if (Result<void> written = m_file->write(entry->offset + within, from); !written) {
            return written;
        }
        if (!entry->is(BlockState::PartiallyPresent)) {
            return {};
        }
        lock.lock();
        return setBits(offset, from.size(), true);
    }
    m_unsettled.insert(block);
    lock.unlock();
    Result<void> written = writeNewBlock(offset, from, *entry);
    lock.lock();
    m_unsettled.erase(block);
    lock.unlock();
    m_settled.notify_all();
    return written;
}

Result<void> Editor::writeNewBlock(std::uint64_t offset, std::span<const std::byte> from, BatEntry before)
{
    const std::uint64_t blockSize = metadata().blockSize;
    const std::uint64_t block = offset / blockSize;
    const std::uint64_t blockEnd = std::min((block + 1) * blockSize, size());
    const bool isWhole = offset % blockSize == 0 && offset + from.size() == blockEnd;
    const bool showsParent = before.is(BlockState::NotPresent) && metadata().parent.has_value();

    const Result<std::uint64_t> place = allocate(blockSize);
    if (!place) {
        return std::unexpected(place.error());
    }
    Result<void> done = m_file->write(*place + offset % blockSize, from);
    const std::scoped_lock lock(m_mutex);
    if (done && showsParent && !isWhole) {
        done = ensureBitmap(layout().chunkOfBlock(block))
                   .and_then([&] { return setBits(block * blockSize, blockEnd - block * blockSize, false); })
                   .and_then([&] { return setBits(offset, from.size(), true); });
    }
    if (!done) {
        space().release(*place, blockSize);
        return done;
    }
    setPending(layout().entryOfBlock(block),
        BatEntry::of(showsParent && !isWhole ? BlockState::PartiallyPresent : BlockState::FullyPresent, *place));
    if (before.keepsPlace()) {
        m_released.emplace_back(before.offset, blockSize);
    }
    return {};
}

void Editor::setPending(std::uint64_t number, BatEntry entry)
{
    m_pending[number] = entry;
    m_dirtySectors.insert((bat().offset() + number * layout::batEntrySize) / logSector);
}

Result<void> Editor::ensureBitmap(std::uint64_t chunk)
{
    const std::uint64_t number = layout().entryOfBitmap(chunk);
    const Result<BatEntry> entry = entryAt(number);
    if (!entry) {
        return std::unexpected(entry.error());
    }
    if (entry->is(BlockState::FullyPresent)) {
        return {};
    }
    SpaceMap& map = space();
    // At the end, where a file that grows is zero: zeroing a gap would take long under the lock.
    const std::uint64_t place = std::max(map.end(), roundedUp(m_file->size(), objectAlignment));
    if (Result<void> grown = growTo(place + layout::bitmapBlockSize); !grown) {
        return grown;
    }
    map.claim(place, layout::bitmapBlockSize);
    setPending(number, BatEntry::of(BlockState::FullyPresent, place));
    return {};
}

Result<void> Editor::setBits(std::uint64_t offset, std::uint64_t length, bool value)
{
    const std::uint64_t sectorSize = metadata().logicalSectorSize;
    const std::uint64_t chunkSize = layout::sectorsPerBitmapBlock * sectorSize;
    const Result<std::uint64_t> bitmap = bitmapOf(offset / chunkSize);
    if (!bitmap) {
        return std::unexpected(bitmap.error());
    }
    const std::uint64_t first = offset % chunkSize / sectorSize;
    for (std::uint64_t bit = first; bit < first + length / sectorSize;) {
        const std::uint64_t position = *bitmap + bit / bitsPerSector * logSector;
        auto known = m_bits.find(position);
        if (known == m_bits.end()) {
            BitmapSector sector;
            if (Result<void> done = m_file->read(position, sector.bytes); !done) {
                return done;
            }
            known = m_bits.emplace(position, sector).first;
        }
        const std::uint64_t end = std::min(first + length / sectorSize, (bit / bitsPerSector + 1) * bitsPerSector);
        for (; bit < end; ++bit) {
            std::byte& byte = known->second.bytes[bit % bitsPerSector / bitsPerByte];
            const auto mask = std::byte{1} << (bit % bitsPerByte);
            byte = value ? byte | mask : byte & ~mask;
        }
        known->second.dirty = true;
        m_dirtySectors.insert(position / logSector);
    }
    return {};
}

// --- giving blocks back

Result<void> Editor::writeZeroes(std::uint64_t offset, std::uint64_t length)
{
    if (Result<void> sound = checkRequest(offset, length); !sound || length == 0) {
        return sound;
    }
    if (Result<void> begun = beginChange(ChangeKind::Content); !begun) {
        return begun;
    }
    while (length > 0) {
        const std::uint64_t blockSize = metadata().blockSize;
        const std::uint64_t part = std::min(length, blockSize - offset % blockSize);
        if (Result<void> zeroed = zeroBlock(offset, part); !zeroed) {
            return zeroed;
        }
        if (Result<void> relieved = relieve(); !relieved) {
            return relieved;
        }
        offset += part;
        length -= part;
    }
    return {};
}

Result<void> Editor::zeroBlock(std::uint64_t offset, std::uint64_t length)
{
    const std::uint64_t blockSize = metadata().blockSize;
    const std::uint64_t block = offset / blockSize;
    const std::uint64_t blockEnd = std::min((block + 1) * blockSize, size());
    const std::uint64_t number = layout().entryOfBlock(block);
    const bool isWhole = offset == block * blockSize && offset + length == blockEnd;
    const bool hasParent = metadata().parent.has_value();
    {
        const std::shared_lock busy(m_busy);
        std::unique_lock lock(m_mutex);
        m_settled.wait(lock, [&] { return !m_unsettled.contains(block); });
        const Result<BatEntry> entry = entryAt(number);
        if (!entry) {
            return std::unexpected(entry.error());
        }
        if (entry->is(BlockState::Zero) || (entry->is(BlockState::NotPresent) && !hasParent)) {
            return {};
        }
        // A fixed file keeps its blocks.
        const bool keepsBlocks = metadata().leavesBlocksAllocated && !hasParent;
        if (isWhole && !keepsBlocks) {
            setPending(number, BatEntry::of(BlockState::Zero));
            if (entry->keepsPlace()) {
                m_released.emplace_back(entry->offset, blockSize);
            }
            return {};
        }
        if (entry->is(BlockState::FullyPresent)) {
            lock.unlock();
            return m_file->zero(entry->offset + offset % blockSize, length);
        }
    }
    // A part of a block that shows something else: real zeros.
    constexpr std::uint64_t most = mebibyte;
    const std::vector<std::byte> zeros(std::min(length, most));
    while (length > 0) {
        const std::uint64_t part = std::min(length, most);
        if (Result<void> written = writeBlock(offset, std::span(zeros).first(part)); !written) {
            return written;
        }
        offset += part;
        length -= part;
    }
    return {};
}

Result<void> Editor::trim(std::uint64_t offset, std::uint64_t length)
{
    if (Result<void> sound = checkRequest(offset, length); !sound) {
        return sound;
    }
    // Only whole blocks; the last one of the disk counts as whole where the disk ends in it.
    const std::uint64_t blockSize = metadata().blockSize;
    const std::uint64_t begin = roundedUp(offset, blockSize);
    const std::uint64_t end = offset + length == size() ? size() : (offset + length) / blockSize * blockSize;
    if (begin >= end || (metadata().leavesBlocksAllocated && !metadata().parent)) {
        return {};
    }
    return writeZeroes(begin, end - begin);
}

// --- flushing

Result<void> Editor::flush()
{
    const std::scoped_lock flushing(m_flushMutex);
    if (m_failure) {
        return std::unexpected(*m_failure);
    }
    Result<void> committed = commitPending();
    if (!committed) {
        // What a failed flush was to bring to the disk may be lost, and no later one would say so.
        m_failure = committed.error();
    }
    return committed;
}

// What was pending at the beginning is in the file, safe from a power cut, when this returns.
Result<void> Editor::commitPending()
{
    std::vector<std::pair<std::uint64_t, std::uint64_t>> released;
    std::vector<std::pair<std::uint64_t, LogChange::Sector>> bits;
    {
        const std::scoped_lock lock(m_mutex);
        m_committing.swap(m_pending);
        released.swap(m_released);
        for (auto& [position, sector] : m_bits) {
            if (sector.dirty) {
                bits.emplace_back(position, sector.bytes);
                sector.dirty = false;
            }
        }
        m_dirtySectors.clear();
    }
    // First the blocks' bytes, then what refers to them. Other threads may make the file longer meanwhile.
    const std::uint64_t flushedSize = m_file->size();
    if (Result<void> flushed = m_file->flush(); !flushed) {
        return flushed;
    }
    LogChange change;
    for (const auto& [number, entry] : m_committing) {
        std::array<std::byte, layout::batEntrySize> raw{};
        putLittleEndian<quint64>(raw, 0, entry.raw());
        const std::uint64_t position = bat().offset() + number * layout::batEntrySize;
        if (Result<void> put = change.put(*m_file, position, raw); !put) {
            return put;
        }
    }
    for (const auto& [position, bytes] : bits) {
        if (Result<void> put = change.put(*m_file, position, bytes); !put) {
            return put;
        }
    }
    if (Result<void> committed = m_log.commit(change, flushedSize); !committed) {
        return committed;
    }
    // A bitmap's old place would be overwritten if the log was applied again.
    const bool mustRetire =
        std::ranges::any_of(released, [&](const auto& place) { return m_log.mayTouch(place.first, place.second); });
    if (Result<void> retired = mustRetire ? m_log.retire() : Result<void>(); !retired) {
        return retired;
    }
    {
        const std::scoped_lock lock(m_mutex);
        for (const auto& [number, entry] : m_committing) {
            m_layouts->bat.update(number, entry);
        }
        m_committing.clear();
        std::erase_if(m_bits, [](const auto& sector) { return !sector.second.dirty; });
    }
    if (!released.empty()) {
        // Whoever found a block in its old place before is done with it once this has been had alone.
        const std::unique_lock alone(m_busy);
        const std::scoped_lock lock(m_mutex);
        for (const auto& [offset, length] : released) {
            space().release(offset, length);
        }
    }
    return {};
}

// --- for edits

Result<void> Editor::punchGaps()
{
    for (std::uint64_t from = 0;;) {
        const std::optional<std::pair<std::uint64_t, std::uint64_t>> gap = space().nextGap(from);
        if (!gap) {
            return {};
        }
        if (Result<void> punched = m_file->zero(gap->first, gap->second); !punched) {
            return punched;
        }
        from = gap->first + gap->second;
    }
}

Result<std::optional<std::uint64_t>> Editor::copyDown(std::uint64_t offset, std::uint64_t length)
{
    std::optional<std::uint64_t> place;
    {
        const std::scoped_lock lock(m_mutex);
        place = space().takeGap(length, offset);
    }
    if (!place) {
        return place;
    }
    std::vector<std::byte> buffer(std::min(length, mebibyte));
    for (std::uint64_t done = 0; done < length;) {
        const Result<FileRun> run = m_file->runAt(offset + done);
        if (!run) {
            return std::unexpected(run.error());
        }
        std::uint64_t count = std::min(run->length, length - done);
        Result<void> copied;
        if (run->content == FileRun::Content::Hole) {
            copied = m_file->zero(*place + done, count);
        } else {
            count = std::min<std::uint64_t>(count, buffer.size());
            const auto part = std::span(buffer).first(count);
            copied = m_file->read(offset + done, part).and_then([&] { return m_file->write(*place + done, part); });
        }
        if (!copied) {
            return std::unexpected(copied.error());
        }
        done += count;
    }
    return place;
}

void Editor::setEntry(std::uint64_t number, BatEntry entry, std::uint64_t released, std::uint64_t length)
{
    const std::scoped_lock lock(m_mutex);
    setPending(number, entry);
    if (released != 0) {
        m_released.emplace_back(released, length);
    }
}

Result<BlockReader::Share> Editor::shareAt(std::uint64_t offset, std::uint64_t limit) const
{
    return m_layouts->reader.shareAt(offset, limit);
}

Result<void> Editor::putRegionTable(LogChange& change, const RegionTable& table) const
{
    const std::vector<std::byte> bytes = serialize(table);
    for (const std::uint64_t offset : layout::regionTableOffsets) {
        std::vector<std::byte> old(bytes.size());
        if (Result<void> read = m_file->read(offset, old); !read) {
            return read;
        }
        // Only what differs: in a sound table of up to 127 regions it is one sector.
        for (std::size_t at = 0; at < bytes.size(); at += logSector) {
            const auto part = std::span(bytes).subspan(at, logSector);
            if (std::ranges::equal(part, std::span(old).subspan(at, logSector))) {
                continue;
            }
            if (Result<void> put = change.put(*m_file, offset + at, part); !put) {
                return put;
            }
        }
    }
    return {};
}

Result<void> Editor::replaceRegionTable(const RegionTable& table)
{
    LogChange change;
    return m_file->flush()
        .and_then([&] { return putRegionTable(change, table); })
        .and_then([&] { return commit(change); })
        .and_then([&] { return m_log.retire(); })
        .and_then([&] { return reload(); });
}

Result<void> Editor::takeOver(std::uint64_t block)
{
    const std::uint64_t blockSize = metadata().blockSize;
    const std::uint64_t begin = block * blockSize;
    const std::uint64_t end = std::min(begin + blockSize, size());
    const Result<BatEntry> entry = entryOf(block);
    if (!entry) {
        return std::unexpected(entry.error());
    }
    if (!entry->is(BlockState::NotPresent) && !entry->is(BlockState::PartiallyPresent)) {
        return {};
    }
    const bool isPartial = entry->is(BlockState::PartiallyPresent);
    std::optional<std::uint64_t> place;
    if (isPartial) {
        place = entry->offset;
    }
    std::vector<std::byte> buffer;
    for (std::uint64_t offset = begin; offset < end;) {
        std::uint64_t count = end - offset;
        if (isPartial) {
            const Result<BlockReader::Share> share = m_layouts->reader.shareAt(offset, count);
            if (!share) {
                return std::unexpected(share.error());
            }
            count = share->length;
            if (share->here) {
                offset += count;
                continue;
            }
        }
        const Result<DiskRun> run = m_layouts->reader.runAt(offset, count);
        if (!run) {
            return std::unexpected(run.error());
        }
        // A new place reads as zeros; in an old one anything may lie.
        if (run->content == DiskRun::Content::Zero && !isPartial) {
            offset += run->length;
            continue;
        }
        count = std::min(run->length, mebibyte);
        buffer.assign(count, std::byte(0));
        if (run->content == DiskRun::Content::Data) {
            if (Result<void> read = m_layouts->reader.read(offset, buffer); !read) {
                return read;
            }
        }
        if (!areZero(buffer) || isPartial) {
            if (!place) {
                const Result<std::uint64_t> allocated = allocate(blockSize);
                if (!allocated) {
                    return std::unexpected(allocated.error());
                }
                place = *allocated;
            }
            if (Result<void> written = m_file->write(*place + (offset - begin), buffer); !written) {
                return written;
            }
        }
        offset += count;
    }
    setEntry(layout().entryOfBlock(block),
        place ? BatEntry::of(BlockState::FullyPresent, *place) : BatEntry::of(BlockState::Zero), 0, 0);
    return relieve();
}

Result<void> Editor::finish()
{
    if (Result<void> emptied = flush().and_then([&] { return m_log.retire(); }); !emptied) {
        return emptied;
    }
    const std::uint64_t end = space().end();
    const bool isHeaderDamaged = !m_headers.isValid(0) || !m_headers.isValid(1);
    if (m_file->size() > end || isHeaderDamaged) {
        // Left behind by a session that was cut off, perhaps.
        if (Result<void> begun = beginChange(ChangeKind::Layout); !begun) {
            return begun;
        }
    }
    if (m_file->size() <= end) {
        return {};
    }
    return m_file->resize(end).and_then([&] { return m_file->flush(); });
}

} // namespace platter::vhdx
