// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/disk/vhdx/log_entry.h"

#include "core/disk/vhdx/checksum.h"
#include "core/disk/vhdx/layout.h"
#include "tests/unit/disk/vhdx/raw_bytes.h"
#include "tests/unit/disk/vhdx/sample_disk.h"

namespace platter::vhdx {

namespace {

std::uint64_t descriptorLength(const LogEntry& entry)
{
    const std::uint64_t bytes = layout::logEntry::size + entry.updates.size() * layout::descriptorSize;
    return (bytes + logSector - 1) / logSector * logSector;
}

std::vector<std::byte> serialized(const LogEntry& entry, const QUuid& logGuid)
{
    namespace at = layout::logEntry;
    namespace field = layout::descriptor;
    std::vector<std::byte> bytes(entry.length());
    putSignature(bytes, 0, layout::logEntrySignature);
    putLittleEndian<quint32>(bytes, at::entryLength, static_cast<quint32>(bytes.size()));
    putLittleEndian<quint32>(bytes, at::tail, static_cast<quint32>(entry.tail));
    putLittleEndian<quint64>(bytes, at::sequenceNumber, entry.sequence);
    putLittleEndian<quint32>(bytes, at::descriptorCount, static_cast<quint32>(entry.updates.size()));
    putGuid(bytes, at::logGuid, logGuid);
    putLittleEndian<quint64>(bytes, at::flushedFileOffset, entry.flushedFileOffset);
    putLittleEndian<quint64>(bytes, at::lastFileOffset, entry.lastFileOffset);
    std::size_t data = descriptorLength(entry);
    for (std::size_t i = 0; i < entry.updates.size(); ++i) {
        const LogEntry::Update& update = entry.updates[i];
        const auto descriptor =
            std::span(bytes).subspan(layout::logEntry::size + i * layout::descriptorSize, layout::descriptorSize);
        putLittleEndian<quint64>(descriptor, field::fileOffset, update.offset);
        putLittleEndian<quint64>(descriptor, field::sequenceNumber, entry.sequence);
        if (update.zeroLength > 0) {
            putSignature(descriptor, 0, layout::zeroDescriptorSignature);
            putLittleEndian<quint64>(descriptor, field::zeroLength, update.zeroLength);
            continue;
        }
        const std::vector<std::byte> sector = Model::bytesOf(update.number);
        putSignature(descriptor, 0, layout::dataDescriptorSignature);
        std::ranges::copy(std::span(sector).first<8>(), descriptor.subspan(field::leadingBytes).begin());
        std::ranges::copy(std::span(sector).last<4>(), descriptor.subspan(field::trailingBytes).begin());
        const auto target = std::span(bytes).subspan(data, logSector);
        std::ranges::copy(sector, target.begin());
        putSignature(target, 0, layout::dataSectorSignature);
        putLittleEndian<quint32>(
            target, layout::dataSector::sequenceHigh, static_cast<quint32>(entry.sequence >> 32U));
        putLittleEndian<quint32>(target, layout::dataSector::sequenceLow, static_cast<quint32>(entry.sequence));
        data += logSector;
    }
    putLittleEndian<quint32>(bytes, at::checksum, checksumOf(bytes, at::checksum));
    return bytes;
}

} // namespace

std::uint64_t LogEntry::length() const
{
    const auto sectors = std::ranges::count(updates, 0U, &Update::zeroLength);
    return descriptorLength(*this) + static_cast<std::uint64_t>(sectors) * logSector;
}

std::uint64_t putLogEntry(MemoryFile& file, std::uint64_t position, const LogEntry& entry, const QUuid& logGuid)
{
    // create() lays both headers down alike, but for their numbers.
    const std::uint64_t header = layout::headerOffsets[0];
    const auto begin = numberAt<quint64>(file, header + layout::header::logOffset);
    const std::uint64_t length = numberAt<quint32>(file, header + layout::header::logLength);
    const std::vector<std::byte> bytes = serialized(entry, logGuid);
    for (std::size_t done = 0; done < bytes.size(); done += logSector) {
        putBytes(file, begin + (position + done) % length, std::span(bytes).subspan(done, logSector));
    }
    return (position + bytes.size()) % length;
}

} // namespace platter::vhdx
