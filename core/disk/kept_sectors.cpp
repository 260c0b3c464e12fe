// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/kept_sectors.h"

#include "core/little_endian.h"

#include <algorithm>
#include <vector>

namespace platter {

namespace {

constexpr std::uint64_t sectorSize = 4096;
constexpr char signature[] = "PLATTER KEPT SECTORS 1\n";
constexpr std::size_t headFileSize = 24; // where it says how long the file was
constexpr std::size_t recordHead = 16; // offset and length

} // namespace

KeptSectors::KeptSectors(std::unique_ptr<BlockFile> file, std::unique_ptr<BlockFile> keeper)
    : m_file(std::move(file))
    , m_keeper(std::move(keeper))
    , m_sizeBefore(m_file->size())
{
}

Result<std::unique_ptr<KeptSectors>> KeptSectors::over(
    std::unique_ptr<BlockFile> file, std::unique_ptr<BlockFile> keeper)
{
    std::unique_ptr<KeptSectors> kept(new KeptSectors(std::move(file), std::move(keeper)));
    std::array<std::byte, headSize> head{};
    putSignature(head, 0, signature);
    putLittleEndian<quint64>(head, headFileSize, kept->m_sizeBefore);
    if (const Result<void> written = kept->m_keeper->write(0, head); !written) {
        return std::unexpected(written.error());
    }
    return kept;
}

Result<void> KeptSectors::keep(std::uint64_t offset, std::uint64_t length)
{
    const std::uint64_t end = std::min(offset + length, m_sizeBefore);
    const std::uint64_t keptBefore = m_keeper->size();
    std::vector<std::uint64_t> added;
    Result<void> done;
    for (std::uint64_t sector = offset / sectorSize * sectorSize; done && sector < end; sector += sectorSize) {
        if (m_kept.contains(sector)) {
            continue;
        }
        std::array<std::byte, recordHead + sectorSize> record{};
        const std::uint64_t count = std::min(sectorSize, m_sizeBefore - sector);
        putLittleEndian<quint64>(record, 0, sector);
        putLittleEndian<quint64>(record, sizeof(quint64), count);
        done = m_file->read(sector, std::span(record).subspan(recordHead, count)).and_then([&] {
            return m_keeper->write(m_keeper->size(), std::span(record).first(recordHead + count));
        });
        added.push_back(sector);
    }
    if (done && !added.empty()) {
        done = m_keeper->flush();
    }
    if (!done) {
        // Nothing is going to change, so whatever came of the attempt goes.
        (void)m_keeper->resize(keptBefore);
        return done;
    }
    m_kept.insert(added.begin(), added.end());
    return {};
}

Result<void> KeptSectors::read(std::uint64_t offset, std::span<std::byte> into) const
{
    return m_file->read(offset, into);
}

Result<FileRun> KeptSectors::runAt(std::uint64_t offset) const
{
    return m_file->runAt(offset);
}

Result<void> KeptSectors::write(std::uint64_t offset, std::span<const std::byte> from)
{
    return keep(offset, from.size()).and_then([&] { return m_file->write(offset, from); });
}

Result<void> KeptSectors::flush()
{
    return m_file->flush();
}

Result<void> KeptSectors::resize(std::uint64_t size)
{
    const std::uint64_t lost = size < m_file->size() ? m_file->size() - size : 0;
    return keep(size, lost).and_then([&] { return m_file->resize(size); });
}

Result<void> KeptSectors::zero(std::uint64_t offset, std::uint64_t length)
{
    return keep(offset, length).and_then([&] { return m_file->zero(offset, length); });
}

} // namespace platter
