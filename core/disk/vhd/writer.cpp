// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhd/writer.h"

#include "core/disk/vhd/big_endian.h"
#include "core/disk/vhd/dynamic_header.h"

#include <QDateTime>
#include <QUuid>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <vector>

namespace platter::vhd {

namespace {

constexpr std::uint64_t roundedUp(std::uint64_t value, std::uint64_t step)
{
    return (value + step - 1) / step * step;
}

std::uint32_t blocksOf(std::uint64_t size)
{
    return static_cast<std::uint32_t>(roundedUp(size, defaultBlockSize) / defaultBlockSize);
}

class FixedWriter final : public ImageWriter {
public:
    FixedWriter(BlockFile& file, const DiskShape& shape)
        : m_file(file)
        , m_size(shape.size)
    {
    }

    Result<Place> place(std::uint64_t offset, std::uint64_t length) override { return Place{offset, length}; }

    Result<void> finish() override
    {
        const FooterBytes footer = encode(newFooter(DiskType::Fixed, m_size));
        if (Result<void> written = m_file.write(m_size, footer); !written) {
            return written;
        }
        return m_file.flush();
    }

private:
    BlockFile& m_file;
    std::uint64_t m_size;
};

class DynamicWriter final : public ImageWriter {
public:
    DynamicWriter(BlockFile& file, const DiskShape& shape)
        : m_file(file)
        , m_size(shape.size)
        , m_table(blocksOf(shape.size), table::noBlock)
    {
        m_header.tableOffset = footer::size + header::size;
        m_header.tableEntries = static_cast<std::uint32_t>(m_table.size());
        m_bitmap.assign(m_header.bitmapSize(), std::byte(0xFF));
        m_end = roundedUp(m_header.tableOffset + m_header.tableSize(), sectorSize);
    }

    Result<Place> place(std::uint64_t offset, std::uint64_t length) override
    {
        const std::uint64_t within = offset % defaultBlockSize;
        std::uint32_t& entry = m_table.at(offset / defaultBlockSize);
        const std::scoped_lock lock(m_mutex);
        if (entry == table::noBlock) {
            const std::uint64_t data = roundedUp(m_end, dataAlignment) + dataAlignment;
            // All bits set: in a dynamic disk a sector without its bit is zero, and these are, or are written.
            const Result<void> made = m_file.write(data - m_bitmap.size(), m_bitmap).and_then([&] {
                return m_file.resize(data + defaultBlockSize);
            });
            if (!made) {
                return std::unexpected(made.error());
            }
            entry = static_cast<std::uint32_t>((data - m_bitmap.size()) / sectorSize);
            m_end = data + defaultBlockSize;
        }
        return Place{std::uint64_t(entry) * sectorSize + m_bitmap.size() + within,
            std::min(length, defaultBlockSize - within)};
    }

    Result<void> finish() override
    {
        Footer footer = newFooter(DiskType::Dynamic, m_size);
        footer.headerOffset = footer::size;
        const FooterBytes footerBytes = encode(footer);
        std::vector<std::byte> begin(m_header.tableOffset + roundedUp(m_header.tableSize(), sectorSize),
            std::byte(0xFF)); // behind the last entry as if there were more
        std::ranges::copy(footerBytes, begin.begin());
        std::ranges::copy(encode(m_header), begin.begin() + footer::size);
        for (std::size_t i = 0; i < m_table.size(); ++i) {
            putBigEndian(std::span(begin), m_header.tableOffset + i * table::entrySize, m_table[i]);
        }
        if (Result<void> written = m_file.write(0, begin); !written) {
            return written;
        }
        // Windows would put it 7 sectors later, where a block's bitmap would be. QEMU makes its next block here
        // without writing zeros into it, and a footer in the middle of it would become the disk's content.
        if (Result<void> written = m_file.write(m_end, footerBytes); !written) {
            return written;
        }
        return m_file.flush();
    }

private:
    BlockFile& m_file;
    std::uint64_t m_size;
    DynamicHeader m_header;
    std::vector<std::byte> m_bitmap;
    std::mutex m_mutex;
    std::vector<std::uint32_t> m_table;
    std::uint64_t m_end = 0; // of everything that has a place
};

} // namespace

Footer newFooter(DiskType type, std::uint64_t size)
{
    Footer footer;
    footer.type = type;
    footer.timeStamp =
        static_cast<std::uint32_t>(QDateTime::currentSecsSinceEpoch() - static_cast<std::int64_t>(epoch));
    // Programs decide by the maker whether the size counts or the geometry, which is smaller: say what Windows
    // says.
    footer.creatorApplication = {'w', 'i', 'n', ' '};
    footer.creatorVersion = 0x000A'0000;
    footer.creatorSystem = {'W', 'i', '2', 'k'};
    footer.originalSize = size;
    footer.currentSize = size;
    footer.geometry = geometryFor(size);
    const QByteArray id = QUuid::createUuid().toRfc4122();
    std::memcpy(footer.uniqueId.data(), id.constData(), footer.uniqueId.size());
    return footer;
}

ByteCount overheadOf(DiskType type, const DiskShape& shape)
{
    if (type == DiskType::Fixed) {
        return ByteCount(dataAlignment);
    }
    const std::uint64_t blocks = blocksOf(shape.size);
    // The table with what stands before it, the bitmaps' pages, the footer.
    const std::uint64_t begin = footer::size + header::size + blocks * table::entrySize;
    return ByteCount(roundedUp(begin, dataAlignment) + (blocks + 1) * dataAlignment);
}

std::unique_ptr<ImageWriter> makeWriter(BlockFile& file, DiskType type, const DiskShape& shape)
{
    if (type == DiskType::Fixed) {
        return std::make_unique<FixedWriter>(file, shape);
    }
    return std::make_unique<DynamicWriter>(file, shape);
}

} // namespace platter::vhd
