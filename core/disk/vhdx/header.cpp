// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/header.h"

#include "core/disk/vhdx/checksum.h"
#include "core/disk/vhdx/layout.h"
#include "core/disk/vhdx/rules.h"
#include "core/little_endian.h"

#include <limits>

namespace platter::vhdx {

namespace {

using Block = std::array<std::byte, layout::headerSize>;

bool isSound(const Block& bytes)
{
    return hasSignature(bytes, 0, layout::headerSignature)
        && littleEndian<quint32>(bytes, layout::header::checksum) == checksumOf(bytes, layout::header::checksum);
}

Header parse(const Block& bytes)
{
    namespace at = layout::header;
    return Header{
        .sequenceNumber = littleEndian<quint64>(bytes, at::sequenceNumber),
        .fileWriteGuid = guidAt(bytes, at::fileWriteGuid),
        .dataWriteGuid = guidAt(bytes, at::dataWriteGuid),
        .logGuid = guidAt(bytes, at::logGuid),
        .logVersion = littleEndian<quint16>(bytes, at::logVersion),
        .logLength = littleEndian<quint32>(bytes, at::logLength),
        .logOffset = littleEndian<quint64>(bytes, at::logOffset),
    };
}

Block serialize(const Header& header)
{
    namespace at = layout::header;
    Block bytes{};
    putSignature(bytes, 0, layout::headerSignature);
    putLittleEndian<quint64>(bytes, at::sequenceNumber, header.sequenceNumber);
    putGuid(bytes, at::fileWriteGuid, header.fileWriteGuid);
    putGuid(bytes, at::dataWriteGuid, header.dataWriteGuid);
    putGuid(bytes, at::logGuid, header.logGuid);
    putLittleEndian<quint16>(bytes, at::logVersion, header.logVersion);
    putLittleEndian<quint16>(bytes, at::version, layout::formatVersion);
    putLittleEndian<quint32>(bytes, at::logLength, header.logLength);
    putLittleEndian<quint64>(bytes, at::logOffset, header.logOffset);
    putLittleEndian<quint32>(bytes, at::checksum, checksumOf(bytes, at::checksum));
    return bytes;
}

// OFFSET: of the header.
Result<void> checkLog(const Header& header, std::uint64_t fileSize, std::uint64_t offset)
{
    const bool aligned = header.logOffset % objectAlignment == 0 && header.logLength % objectAlignment == 0;
    const bool reserved = header.logLength == 0 || header.logOffset >= objectAlignment;
    const bool inside = header.logOffset <= fileSize && header.logLength <= fileSize - header.logOffset;
    const bool holdsWhatIsSaid = header.logGuid.isNull() || header.logLength > 0;
    if (!aligned || !reserved || !inside || !holdsWhatIsSaid || header.logLength > layout::largestLog) {
        return std::unexpected(broken(Rule::LogPlace, offset + layout::header::logLength,
            QStringLiteral("log at 0x%1, %2 bytes").arg(header.logOffset, 0, 16).arg(header.logLength)));
    }
    if (!header.logGuid.isNull() && header.logVersion != layout::logFormatVersion) {
        return std::unexpected(broken(Rule::LogVersion, offset + layout::header::logVersion,
            QStringLiteral("version %1").arg(header.logVersion)));
    }
    return {};
}

} // namespace

Result<HeaderPair> HeaderPair::read(const ByteSource& file)
{
    HeaderPair pair;
    std::array<Block, 2> blocks{};
    for (std::size_t slot = 0; slot < 2; ++slot) {
        const std::uint64_t offset = layout::headerOffsets[slot];
        if (const Result<void> done = file.read(offset, blocks[slot]); !done) {
            return std::unexpected(done.error());
        }
        if (isSound(blocks[slot])) {
            pair.m_slots[slot] = parse(blocks[slot]);
        }
    }
    if (!pair.isValid(0) && !pair.isValid(1)) {
        return std::unexpected(broken(Rule::HeaderNoneValid, layout::headerOffsets[0]));
    }
    if (pair.isValid(0) && pair.isValid(1)) {
        // Disk2vhd leaves two identical headers with one number.
        if (pair.m_slots[0]->sequenceNumber == pair.m_slots[1]->sequenceNumber && blocks[0] != blocks[1]) {
            return std::unexpected(broken(Rule::HeadersContradict, layout::headerOffsets[1],
                QStringLiteral("both have number %1").arg(pair.m_slots[0]->sequenceNumber)));
        }
        pair.m_current = pair.m_slots[1]->sequenceNumber > pair.m_slots[0]->sequenceNumber ? 1 : 0;
    } else {
        pair.m_current = pair.isValid(1) ? 1 : 0;
    }
    const std::uint64_t offset = layout::headerOffsets[pair.m_current];
    const quint16 version = littleEndian<quint16>(blocks[pair.m_current], layout::header::version);
    if (version != layout::formatVersion) {
        return std::unexpected(broken(
            Rule::HeaderVersion, offset + layout::header::version, QStringLiteral("version %1").arg(version)));
    }
    if (const Result<void> log = checkLog(pair.current(), file.size(), offset); !log) {
        return std::unexpected(log.error());
    }
    return pair;
}

Result<HeaderPair> HeaderPair::create(BlockFile& file, const Header& header)
{
    HeaderPair pair;
    for (std::size_t slot = 0; slot < 2; ++slot) {
        Header next = header;
        next.sequenceNumber += slot;
        if (const Result<void> done = file.write(layout::headerOffsets[slot], serialize(next)); !done) {
            return std::unexpected(done.error());
        }
        pair.m_slots[slot] = next;
    }
    pair.m_current = 1;
    return pair;
}

Result<void> HeaderPair::writeBoth(BlockFile& file, Header next)
{
    if (current().sequenceNumber > std::numeric_limits<std::uint64_t>::max() - 2) {
        return std::unexpected(broken(
            Rule::HeaderSequenceExhausted, layout::headerOffsets[m_current] + layout::header::sequenceNumber));
    }
    for (int i = 0; i < 2; ++i) {
        const std::size_t slot = 1 - m_current;
        next.sequenceNumber = current().sequenceNumber + 1;
        if (const Result<void> written = file.write(layout::headerOffsets[slot], serialize(next)); !written) {
            return written;
        }
        if (const Result<void> flushed = file.flush(); !flushed) {
            return flushed;
        }
        m_slots[slot] = next;
        m_current = slot;
    }
    return {};
}

} // namespace platter::vhdx
