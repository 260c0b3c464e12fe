// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/log_writer.h"

#include "core/disk/vhdx/checksum.h"
#include "core/little_endian.h"

#include <algorithm>

namespace platter::vhdx {

namespace {

constexpr std::uint64_t largestEntry = 4 * mebibyte;
constexpr std::size_t diskSector = 512; // the least that reaches a disk as a whole

std::uint64_t sectorOf(std::uint64_t offset)
{
    return offset / logSector * logSector;
}

std::uint64_t descriptorSectors(std::uint64_t descriptors)
{
    return (descriptors + layout::entryHeaderDescriptors + layout::descriptorsPerSector - 1)
        / layout::descriptorsPerSector;
}

} // namespace

Result<LogChange::Sector*> LogChange::sectorAt(const ByteSource& file, std::uint64_t offset)
{
    const auto known = m_sectors.find(offset);
    if (known != m_sectors.end()) {
        return &known->second;
    }
    Sector sector{};
    const auto zeros = m_zeros.upper_bound(offset);
    const bool isZero = zeros != m_zeros.begin() && offset < std::prev(zeros)->first + std::prev(zeros)->second;
    if (!isZero) {
        if (const Result<void> done = file.read(offset, sector); !done) {
            return std::unexpected(done.error());
        }
    }
    return &m_sectors.emplace(offset, sector).first->second;
}

Result<void> LogChange::put(const ByteSource& file, std::uint64_t offset, std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const std::uint64_t within = offset % logSector;
        const std::size_t count = std::min<std::uint64_t>(bytes.size(), logSector - within);
        const Result<Sector*> sector = sectorAt(file, offset - within);
        if (!sector) {
            return std::unexpected(sector.error());
        }
        std::ranges::copy(bytes.first(count), (*sector)->begin() + static_cast<std::ptrdiff_t>(within));
        offset += count;
        bytes = bytes.subspan(count);
    }
    return {};
}

Result<void> LogChange::zero(const ByteSource& file, std::uint64_t offset, std::uint64_t length)
{
    static constexpr Sector zeros{};
    const std::uint64_t end = offset + length;
    const std::uint64_t firstWhole = std::min(sectorOf(offset + logSector - 1), end);
    if (const Result<void> head = put(file, offset, std::span(zeros).first(firstWhole - offset)); !head) {
        return head;
    }
    const std::uint64_t lastWhole = std::max(sectorOf(end), firstWhole);
    if (lastWhole > firstWhole) {
        m_zeros[firstWhole] = lastWhole - firstWhole;
        std::erase_if(
            m_sectors, [&](const auto& sector) { return sector.first >= firstWhole && sector.first < lastWhole; });
    }
    return put(file, lastWhole, std::span(zeros).first(end - lastWhole));
}

LogWriter::LogWriter(BlockFile& file, HeaderPair& headers)
    : m_file(file)
    , m_headers(headers)
{
}

std::uint64_t LogWriter::capacity() const
{
    // §2.3: an entry is shorter than the log. In a larger log than usual it is no larger: it is built in memory.
    const std::uint64_t sectors = std::min<std::uint64_t>(m_headers.current().logLength, largestEntry) / logSector;
    std::uint64_t data = sectors - 1;
    while (data > 0 && data + descriptorSectors(data) >= sectors) {
        --data;
    }
    return data;
}

std::vector<std::byte> LogWriter::entryFor(const LogChange& change, std::uint64_t flushedSize) const
{
    namespace at = layout::logEntry;
    namespace field = layout::descriptor;
    const std::uint64_t sequence = m_sequence + 1;
    const std::uint64_t descriptors = change.sectors().size() + change.zeros().size();
    const std::uint64_t dataBegin = descriptorSectors(descriptors) * logSector;
    std::vector<std::byte> entry(dataBegin + change.sectors().size() * logSector);
    putSignature(entry, 0, layout::logEntrySignature);
    putLittleEndian<quint32>(entry, at::entryLength, static_cast<quint32>(entry.size()));
    putLittleEndian<quint32>(entry, at::tail, 0); // every entry since the log's beginning is still needed
    putLittleEndian<quint64>(entry, at::sequenceNumber, sequence);
    putLittleEndian<quint32>(entry, at::descriptorCount, static_cast<quint32>(descriptors));
    putGuid(entry, at::logGuid, m_guid);
    putLittleEndian<quint64>(entry, at::flushedFileOffset, flushedSize);
    putLittleEndian<quint64>(entry, at::lastFileOffset, flushedSize);

    std::size_t place = layout::entryHeaderDescriptors * layout::descriptorSize;
    for (const auto& [offset, length] : change.zeros()) {
        const auto descriptor = std::span(entry).subspan(place, layout::descriptorSize);
        putSignature(descriptor, 0, layout::zeroDescriptorSignature);
        putLittleEndian<quint64>(descriptor, field::zeroLength, length);
        putLittleEndian<quint64>(descriptor, field::fileOffset, offset);
        putLittleEndian<quint64>(descriptor, field::sequenceNumber, sequence);
        place += layout::descriptorSize;
    }
    std::size_t data = dataBegin;
    for (const auto& [offset, sector] : change.sectors()) {
        const auto descriptor = std::span(entry).subspan(place, layout::descriptorSize);
        const auto bytes = std::span(sector);
        putSignature(descriptor, 0, layout::dataDescriptorSignature);
        std::ranges::copy(
            bytes.last(layout::dataSector::trailingSize), descriptor.subspan(field::trailingBytes).begin());
        std::ranges::copy(
            bytes.first(layout::dataSector::leadingSize), descriptor.subspan(field::leadingBytes).begin());
        putLittleEndian<quint64>(descriptor, field::fileOffset, offset);
        putLittleEndian<quint64>(descriptor, field::sequenceNumber, sequence);
        place += layout::descriptorSize;

        constexpr unsigned halfBits = 32;
        const auto target = std::span(entry).subspan(data, logSector);
        std::ranges::copy(bytes, target.begin());
        putSignature(target, 0, layout::dataSectorSignature);
        putLittleEndian<quint32>(
            target, layout::dataSector::sequenceHigh, static_cast<quint32>(sequence >> halfBits));
        putLittleEndian<quint32>(target, layout::dataSector::sequenceLow, static_cast<quint32>(sequence));
        data += logSector;
    }
    putLittleEndian<quint32>(entry, at::checksum, checksumOf(entry, at::checksum));
    return entry;
}

Result<void> LogWriter::commit(const LogChange& change, std::uint64_t flushedSize)
{
    if (m_failure) {
        return std::unexpected(*m_failure);
    }
    if (change.isEmpty()) {
        return {};
    }
    return remember(writeEntry(change, flushedSize).and_then([&] { return apply(change); }));
}

Result<void> LogWriter::retire()
{
    if (m_failure) {
        return std::unexpected(*m_failure);
    }
    return remember(retireNow());
}

bool LogWriter::mayTouch(std::uint64_t offset, std::uint64_t length) const
{
    const auto first = m_touched.lower_bound(offset / mebibyte);
    return first != m_touched.end() && *first * mebibyte < offset + length;
}

Result<void> LogWriter::remember(Result<void> result)
{
    if (!result) {
        m_failure = result.error();
    }
    return result;
}

Result<void> LogWriter::writeEntry(const LogChange& change, std::uint64_t flushedSize)
{
    const std::uint64_t descriptors = change.sectors().size() + change.zeros().size();
    const std::uint64_t length = (descriptorSectors(descriptors) + change.sectors().size()) * logSector;
    const Header& header = m_headers.current();
    Q_ASSERT(length < header.logLength);
    if (!m_guid.isNull() && m_position + length > header.logLength) {
        if (Result<void> retired = retireNow(); !retired) {
            return retired;
        }
    }
    const bool begins = m_guid.isNull();
    if (begins) {
        m_guid = QUuid::createUuid();
        m_position = 0;
        m_sequence = 0;
    }
    const std::vector<std::byte> entry = entryFor(change, flushedSize);
    const std::uint64_t place = header.logOffset + m_position;
    std::span<const std::byte> bytes = entry;
    // QEMU 10 takes a header without all of its descriptors not for the end of the log, but for a broken file. So
    // where both do not fit into one sector of the disk that sector comes last. The first entry nobody reads yet.
    if (!begins && (layout::entryHeaderDescriptors + descriptors) * layout::descriptorSize > diskSector) {
        Result<void> rest =
            m_file.write(place + diskSector, bytes.subspan(diskSector)).and_then([&] { return m_file.flush(); });
        if (!rest) {
            return rest;
        }
        bytes = bytes.first(diskSector);
    }
    if (Result<void> written = m_file.write(place, bytes); !written) {
        return written;
    }
    if (Result<void> flushed = m_file.flush(); !flushed) {
        return flushed;
    }
    m_position += length;
    ++m_sequence;
    for (const auto& [offset, sector] : change.sectors()) {
        m_touched.insert(offset / mebibyte);
    }
    for (const auto& [offset, size] : change.zeros()) {
        for (std::uint64_t unit = offset / mebibyte; unit <= (offset + size - 1) / mebibyte; ++unit) {
            m_touched.insert(unit);
        }
    }
    if (!begins) {
        return {};
    }
    return m_headers.update(m_file, [&](Header& next) {
        next.logGuid = m_guid;
        next.logVersion = layout::logFormatVersion;
    });
}

Result<void> LogWriter::apply(const LogChange& change)
{
    for (const auto& [offset, length] : change.zeros()) {
        if (Result<void> zeroed = m_file.zero(offset, length); !zeroed) {
            return zeroed;
        }
    }
    for (const auto& [offset, sector] : change.sectors()) {
        if (Result<void> written = m_file.write(offset, sector); !written) {
            return written;
        }
    }
    return {};
}

Result<void> LogWriter::retireNow()
{
    if (m_guid.isNull()) {
        return {};
    }
    if (Result<void> flushed = m_file.flush(); !flushed) {
        return flushed;
    }
    if (Result<void> forgot = m_headers.update(m_file, [](Header& next) { next.logGuid = QUuid(); }); !forgot) {
        return forgot;
    }
    m_guid = QUuid();
    m_touched.clear();
    return {};
}

} // namespace platter::vhdx
