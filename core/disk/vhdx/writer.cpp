// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/writer.h"

#include "core/disk/vhdx/layout.h"
#include "core/little_endian.h"

#include <algorithm>

namespace platter::vhdx {

Result<std::unique_ptr<Writer>> Writer::create(BlockFile& file, const NewDisk& disk)
{
    if (const Result<void> made = layOut(file, disk); !made) {
        return std::unexpected(made.error());
    }
    const Result<HeaderPair> headers = HeaderPair::read(file);
    if (!headers) {
        return std::unexpected(headers.error());
    }
    const Result<Structure> structure = readStructure(file, headers->current());
    if (!structure) {
        return std::unexpected(structure.error());
    }
    return std::unique_ptr<Writer>(new Writer(file, disk, structure->regions.bat().offset));
}

Writer::Writer(BlockFile& file, const NewDisk& disk, std::uint64_t tableOffset)
    : m_file(file)
    , m_blockSize(disk.blockSize)
    , m_layout(disk.virtualSize, disk.blockSize, disk.logicalSectorSize, BatLayout::Kind::Alone)
    , m_bat(file, tableOffset, m_layout.entries())
    , m_end(file.size())
{
}

Result<ImageWriter::Place> Writer::place(std::uint64_t offset, std::uint64_t length)
{
    const std::uint64_t within = offset % m_blockSize;
    const std::uint64_t number = m_layout.entryOfBlock(offset / m_blockSize);
    const std::scoped_lock lock(m_mutex);
    Result<BatEntry> entry = m_bat.at(number);
    if (entry && !entry->holdsData()) {
        entry = BatEntry::of(BlockState::FullyPresent, m_end);
        std::array<std::byte, layout::batEntrySize> raw{};
        putLittleEndian<quint64>(raw, 0, entry->raw());
        const Result<void> made = m_file.resize(m_end + m_blockSize).and_then([&] {
            return m_file.write(m_bat.offset() + number * layout::batEntrySize, raw);
        });
        if (!made) {
            return std::unexpected(made.error());
        }
        m_bat.update(number, *entry);
        m_end += m_blockSize;
    }
    if (!entry) {
        return std::unexpected(entry.error());
    }
    return Place{entry->offset + within, std::min(length, m_blockSize - within)};
}

Result<void> Writer::finish()
{
    return m_file.flush();
}

} // namespace platter::vhdx
