// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/log.h"

#include "core/disk/vhdx/checksum.h"
#include "core/disk/vhdx/layout.h"
#include "core/disk/vhdx/rules.h"
#include "core/disk/zero_bytes.h"
#include "core/little_endian.h"

#include <algorithm>
#include <iterator>

namespace platter::vhdx {

namespace {

using Sector = std::array<std::byte, logSector>;

struct Entry {
    std::uint64_t position = 0; // in the log
    std::uint32_t length = 0;
    std::uint32_t tail = 0;
    std::uint64_t sequence = 0;
    std::uint32_t descriptors = 0;
    std::uint64_t flushedFileOffset = 0;
    std::uint64_t lastFileOffset = 0;
};

// A ring of whole sectors.
class Ring {
public:
    Ring(const ByteSource& file, const Header& header)
        : m_file(file)
        , m_begin(header.logOffset)
        , m_length(header.logLength)
    {
    }

    std::uint64_t length() const { return m_length; }

    // Where sector NUMBER of an entry at POSITION lies in the file.
    std::uint64_t fileOffset(std::uint64_t position, std::uint64_t number) const
    {
        return m_begin + (position + number * logSector) % m_length;
    }

    Result<void> read(std::uint64_t position, std::uint64_t number, Sector& into) const
    {
        return m_file.read(fileOffset(position, number), into);
    }

private:
    const ByteSource& m_file;
    std::uint64_t m_begin;
    std::uint64_t m_length;
};

std::uint64_t descriptorSectors(std::uint64_t descriptors)
{
    return (descriptors + layout::entryHeaderDescriptors + layout::descriptorsPerSector - 1)
        / layout::descriptorsPerSector;
}

bool isZeroDescriptor(std::span<const std::byte> descriptor)
{
    return hasSignature(descriptor, 0, layout::zeroDescriptorSignature);
}

// Looks at one entry: its header first, then sector by sector, so that an entry costs no more than its length.
class EntryReader {
public:
    EntryReader(const Ring& ring, const QUuid& logGuid)
        : m_ring(ring)
        , m_guid(logGuid)
    {
    }

    // The sound entry at POSITION, or nothing where there is none.
    Result<std::optional<Entry>> at(std::uint64_t position) const
    {
        Sector sector;
        if (const Result<void> done = m_ring.read(position, 0, sector); !done) {
            return std::unexpected(done.error());
        }
        const std::optional<Entry> entry = headerIn(sector, position);
        if (!entry) {
            return std::nullopt;
        }
        const std::uint64_t descriptorPart = descriptorSectors(entry->descriptors);
        std::uint64_t dataSectors = 0;
        const auto claimed = littleEndian<quint32>(sector, layout::logEntry::checksum);
        std::uint32_t crc = checksumOf(sector, layout::logEntry::checksum);
        for (std::uint64_t number = 0; number < entry->length / logSector; ++number) {
            if (number > 0) {
                if (const Result<void> done = m_ring.read(position, number, sector); !done) {
                    return std::unexpected(done.error());
                }
            }
            if (number < descriptorPart) {
                const std::optional<std::uint64_t> found = dataDescriptorsIn(sector, *entry, number);
                if (!found) {
                    return std::nullopt;
                }
                dataSectors += *found;
            } else if (!isDataSector(sector, entry->sequence)) {
                return std::nullopt;
            }
            if (number > 0) {
                crc = extendChecksum(crc, sector);
            }
        }
        const bool exact = entry->length == (descriptorPart + dataSectors) * logSector;
        return exact && crc == claimed ? entry : std::nullopt;
    }

private:
    std::optional<Entry> headerIn(const Sector& sector, std::uint64_t position) const
    {
        namespace field = layout::logEntry;
        if (!hasSignature(sector, 0, layout::logEntrySignature) || guidAt(sector, field::logGuid) != m_guid) {
            return std::nullopt;
        }
        const Entry entry{position, littleEndian<quint32>(sector, field::entryLength),
            littleEndian<quint32>(sector, field::tail), littleEndian<quint64>(sector, field::sequenceNumber),
            littleEndian<quint32>(sector, field::descriptorCount),
            littleEndian<quint64>(sector, field::flushedFileOffset),
            littleEndian<quint64>(sector, field::lastFileOffset)};
        const bool sound = entry.length > 0 && entry.length % logSector == 0 && entry.length <= m_ring.length()
            && entry.tail % logSector == 0 && entry.tail < m_ring.length() && entry.sequence > 0
            && descriptorSectors(entry.descriptors) * logSector <= entry.length;
        return sound ? std::optional(entry) : std::nullopt;
    }

    // How many of a descriptor sector's descriptors have a data sector; nothing where one is not sound.
    static std::optional<std::uint64_t> dataDescriptorsIn(
        const Sector& sector, const Entry& entry, std::uint64_t number)
    {
        const std::uint64_t before = number * layout::descriptorsPerSector;
        std::uint64_t count = 0;
        for (std::uint64_t i = 0; i < layout::descriptorsPerSector; ++i) {
            const std::uint64_t place = before + i;
            if (place < layout::entryHeaderDescriptors) {
                continue;
            }
            if (place - layout::entryHeaderDescriptors >= entry.descriptors) {
                break;
            }
            const auto descriptor = std::span(sector).subspan(i * layout::descriptorSize, layout::descriptorSize);
            const bool isData = hasSignature(descriptor, 0, layout::dataDescriptorSignature);
            if ((!isData && !isZeroDescriptor(descriptor))
                || littleEndian<quint64>(descriptor, layout::descriptor::sequenceNumber) != entry.sequence) {
                return std::nullopt;
            }
            count += isData;
        }
        return count;
    }

    static bool isDataSector(const Sector& sector, std::uint64_t sequence)
    {
        constexpr unsigned halfBits = 32;
        return hasSignature(sector, 0, layout::dataSectorSignature)
            && littleEndian<quint32>(sector, layout::dataSector::sequenceHigh) == sequence >> halfBits
            && littleEndian<quint32>(sector, layout::dataSector::sequenceLow)
            == static_cast<std::uint32_t>(sequence);
    }

    const Ring& m_ring;
    QUuid m_guid;
};

// §2.3.3: of all runs of sound entries with rising numbers, the one with the highest last number whose own tail
// lies inside of it. Returns the entries from that tail to the head.
Result<std::vector<Entry>> activeSequence(const Ring& ring, const Header& header)
{
    const EntryReader reader(ring, header.logGuid);
    std::vector<Entry> entries; // by position
    for (std::uint64_t position = 0; position < ring.length(); position += logSector) {
        const Result<std::optional<Entry>> entry = reader.at(position);
        if (!entry) {
            return std::unexpected(entry.error());
        }
        if (*entry) {
            entries.push_back(**entry);
        }
    }
    if (entries.empty()) {
        return std::unexpected(broken(Rule::LogNoEntry, header.logOffset, header.logGuid.toString()));
    }
    const auto next = [&](const Entry& entry) -> const Entry* {
        const std::uint64_t position = (entry.position + entry.length) % ring.length();
        const auto found = std::ranges::lower_bound(entries, position, {}, &Entry::position);
        return found != entries.end() && found->position == position && found->sequence == entry.sequence + 1
            ? &*found
            : nullptr;
    };
    std::vector<const Entry*> previous(entries.size()); // null where none comes before
    std::vector<const Entry*> heads;
    for (const Entry& entry : entries) {
        if (const Entry* follower = next(entry)) {
            previous[follower - entries.data()] = &entry;
        } else {
            heads.push_back(&entry);
        }
    }
    std::ranges::sort(heads, std::greater(), &Entry::sequence);
    for (const Entry* head : heads) {
        std::vector<Entry> run;
        std::uint64_t length = 0;
        for (const Entry* entry = head; entry && length < ring.length();) {
            run.push_back(*entry);
            length += entry->length;
            if (entry->position == head->tail) {
                std::ranges::reverse(run);
                return run;
            }
            entry = previous[entry - entries.data()];
        }
    }
    return std::unexpected(broken(Rule::LogTail, header.logOffset + heads.front()->position,
        QStringLiteral("entry %1 needs the one at 0x%2")
            .arg(heads.front()->sequence)
            .arg(heads.front()->tail, 0, 16)));
}

// §2.3: the log never touches the headers nor itself.
bool isTarget(std::uint64_t offset, std::uint64_t length, const Header& header)
{
    const std::uint64_t logEnd = header.logOffset + header.logLength;
    return offset % logSector == 0 && length % logSector == 0 && offset >= layout::regionTableOffsets[0]
        && offset <= largestFile && length <= largestFile - offset
        && (offset >= logEnd || offset + length <= header.logOffset);
}

Result<void> appendUpdates(const Ring& ring, const Entry& entry, const Header& header, LogReplay& replay)
{
    namespace field = layout::descriptor;
    std::uint64_t dataSector = descriptorSectors(entry.descriptors);
    Sector sector;
    for (std::uint64_t i = 0; i < entry.descriptors; ++i) {
        const std::uint64_t place = i + layout::entryHeaderDescriptors;
        const std::uint64_t number = place / layout::descriptorsPerSector;
        if (i == 0 || place % layout::descriptorsPerSector == 0) {
            if (const Result<void> done = ring.read(entry.position, number, sector); !done) {
                return done;
            }
        }
        const auto descriptor =
            std::span(std::as_const(sector))
                .subspan(place % layout::descriptorsPerSector * layout::descriptorSize, layout::descriptorSize);
        LogUpdate update;
        update.fileOffset = littleEndian<quint64>(descriptor, field::fileOffset);
        std::uint64_t length = logSector;
        if (isZeroDescriptor(descriptor)) {
            length = littleEndian<quint64>(descriptor, field::zeroLength);
            update.zeroLength = length;
        } else {
            std::ranges::copy(
                descriptor.subspan(field::leadingBytes, update.leading.size()), update.leading.begin());
            std::ranges::copy(
                descriptor.subspan(field::trailingBytes, update.trailing.size()), update.trailing.begin());
            update.dataSector = ring.fileOffset(entry.position, dataSector++);
        }
        if (!isTarget(update.fileOffset, length, header)) {
            return std::unexpected(broken(Rule::LogTarget, ring.fileOffset(entry.position, number),
                QStringLiteral("%1 bytes at 0x%2").arg(length).arg(update.fileOffset, 0, 16)));
        }
        if (length > 0) {
            if (replay.updates.size() == layout::mostLogUpdates) {
                return std::unexpected(broken(Rule::LogTooMuch, ring.fileOffset(entry.position, number)));
            }
            replay.updates.push_back(update);
        }
    }
    return {};
}

Result<Sector> contentOf(const ByteSource& file, const LogUpdate& update)
{
    Sector sector;
    if (const Result<void> done = file.read(update.dataSector, sector); !done) {
        return std::unexpected(done.error());
    }
    std::ranges::copy(update.leading, sector.begin());
    std::ranges::copy(update.trailing, sector.end() - update.trailing.size());
    return sector;
}

std::uint64_t lengthOf(const LogUpdate& update)
{
    return update.zeroLength > 0 ? update.zeroLength : logSector;
}

} // namespace

Result<LogReplay> findReplay(const ByteSource& file, const Header& header)
{
    const Ring ring(file, header);
    const Result<std::vector<Entry>> sequence = activeSequence(ring, header);
    if (!sequence) {
        return std::unexpected(sequence.error());
    }
    LogReplay replay;
    replay.entryCount = sequence->size();
    replay.firstSequence = sequence->front().sequence;
    replay.lastSequence = sequence->back().sequence;
    replay.lastFileOffset = sequence->back().lastFileOffset;
    if (replay.lastFileOffset > largestFile) {
        return std::unexpected(broken(Rule::LogTarget, ring.fileOffset(sequence->back().position, 0),
            QStringLiteral("file of 0x%1 bytes").arg(replay.lastFileOffset, 0, 16)));
    }
    if (file.size() < sequence->back().flushedFileOffset) {
        return std::unexpected(broken(Rule::LogFileCut, file.size(),
            QStringLiteral("it had at least 0x%1 bytes").arg(sequence->back().flushedFileOffset, 0, 16)));
    }
    for (const Entry& entry : *sequence) {
        if (const Result<void> appended = appendUpdates(ring, entry, header, replay); !appended) {
            return std::unexpected(appended.error());
        }
    }
    return replay;
}

ReplayedFile::ReplayedFile(const ReadableFile& file, const LogReplay& replay)
    : m_file(file)
    , m_size(std::max(file.size(), replay.lastFileOffset))
{
    for (const LogUpdate& update : replay.updates) {
        const std::uint64_t end = update.fileOffset + lengthOf(update);
        m_size = std::max(m_size, end);
        // What came before gives way where this one lies: a sector as a whole, a range of zeros in parts.
        auto it = m_updates.upper_bound(update.fileOffset);
        if (it != m_updates.begin()) {
            --it;
        }
        while (it != m_updates.end() && it->first < end) {
            const std::uint64_t oldBegin = it->first;
            const std::uint64_t oldEnd = oldBegin + lengthOf(it->second);
            if (oldEnd <= update.fileOffset) {
                ++it;
                continue;
            }
            const LogUpdate old = it->second;
            it = m_updates.erase(it);
            if (oldBegin < update.fileOffset) {
                LogUpdate head = old;
                head.zeroLength = update.fileOffset - oldBegin;
                m_updates.emplace(oldBegin, head);
            }
            if (oldEnd > end) {
                LogUpdate rest = old;
                rest.fileOffset = end;
                rest.zeroLength = oldEnd - end;
                it = m_updates.emplace(end, rest).first;
            }
        }
        m_updates.emplace(update.fileOffset, update);
    }
}

Result<void> ReplayedFile::read(std::uint64_t offset, std::span<std::byte> into) const
{
    // First what the file has, zeros behind its end, then what the log puts over it.
    const std::uint64_t there =
        offset < m_file.size() ? std::min<std::uint64_t>(into.size(), m_file.size() - offset) : 0;
    if (const Result<void> done = there > 0 ? m_file.read(offset, into.first(there)) : Result<void>(); !done) {
        return done;
    }
    setZero(into.subspan(there));
    const std::uint64_t end = offset + into.size();
    auto it = m_updates.upper_bound(offset);
    if (it != m_updates.begin()) {
        --it;
    }
    for (; it != m_updates.end() && it->first < end; ++it) {
        const std::uint64_t begin = std::max(offset, it->first);
        const std::uint64_t stop = std::min(end, it->first + lengthOf(it->second));
        if (begin >= stop) {
            continue;
        }
        const auto target = into.subspan(begin - offset, stop - begin);
        if (it->second.zeroLength > 0) {
            setZero(target);
            continue;
        }
        const Result<Sector> sector = contentOf(m_file, it->second);
        if (!sector) {
            return std::unexpected(sector.error());
        }
        std::ranges::copy(std::span(*sector).subspan(begin - it->first, target.size()), target.begin());
    }
    return {};
}

Result<FileRun> ReplayedFile::runAt(std::uint64_t offset) const
{
    const auto after = m_updates.upper_bound(offset);
    if (after != m_updates.begin()) {
        const auto& [begin, update] = *std::prev(after);
        if (const std::uint64_t end = begin + lengthOf(update); offset < end) {
            return FileRun{update.zeroLength > 0 ? FileRun::Content::Hole : FileRun::Content::Data, end - offset};
        }
    }
    const std::uint64_t rest = (after == m_updates.end() ? m_size : after->first) - offset;
    if (offset >= m_file.size()) {
        return FileRun{FileRun::Content::Hole, rest};
    }
    Result<FileRun> run = m_file.runAt(offset);
    if (run) {
        run->length = std::min(run->length, rest);
    }
    return run;
}

Result<void> applyReplay(BlockFile& file, const LogReplay& replay)
{
    for (const LogUpdate& update : replay.updates) {
        const std::uint64_t end = update.fileOffset + lengthOf(update);
        if (file.size() < end) {
            if (const Result<void> longer = file.resize(end); !longer) {
                return longer;
            }
        }
        if (update.zeroLength > 0) {
            if (const Result<void> zeroed = file.zero(update.fileOffset, update.zeroLength); !zeroed) {
                return zeroed;
            }
            continue;
        }
        const Result<Sector> sector = contentOf(file, update);
        if (!sector) {
            return std::unexpected(sector.error());
        }
        if (const Result<void> written = file.write(update.fileOffset, *sector); !written) {
            return written;
        }
    }
    if (file.size() < replay.lastFileOffset) {
        if (const Result<void> longer = file.resize(replay.lastFileOffset); !longer) {
            return longer;
        }
    }
    return file.flush();
}

} // namespace platter::vhdx
