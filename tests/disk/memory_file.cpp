// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/disk/memory_file.h"

#include "core/disk/zero_bytes.h"
#include "core/unique_fd.h"

#include <QFile>
#include <QHashFunctions>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <mutex>
#include <unistd.h>
#include <vector>

namespace platter {

struct MemoryFile::Page {
    std::array<std::byte, pageSize> bytes{};
    mutable std::atomic<std::uint64_t> hash = 0; // 0: not known

    std::uint64_t contentHash() const
    {
        std::uint64_t known = hash;
        if (known == 0) {
            known = qHashBits(bytes.data(), bytes.size(), 1);
            hash = known;
        }
        return known;
    }
};

namespace {

constexpr auto pageSize = MemoryFile::pageSize;
constexpr std::uint64_t longest = std::numeric_limits<off_t>::max();

Error outside(const QString& what, std::uint64_t offset, std::uint64_t length, std::uint64_t size)
{
    return Error{ErrorKind::Corrupt, QStringLiteral("%1 outside of the file in memory.").arg(what), {},
        QStringLiteral("0x%1 bytes at 0x%2, the end is at 0x%3")
            .arg(length, 0, 16)
            .arg(offset, 0, 16)
            .arg(size, 0, 16)};
}

bool isInside(std::uint64_t offset, std::uint64_t length, std::uint64_t size)
{
    return offset <= size && length <= size - offset;
}

// The piece of [OFFSET, END) that lies in the page of OFFSET.
std::uint64_t pieceOfPage(std::uint64_t offset, std::uint64_t end)
{
    return std::min(end, (offset / pageSize + 1) * pageSize) - offset;
}

std::uint64_t mixed(std::uint64_t value)
{
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

} // namespace

MemoryFile::MemoryFile(std::uint64_t size)
    : m_size(size)
{
}

MemoryFile::MemoryFile(const MemoryFile& other)
    : BlockFile()
{
    const std::shared_lock lock(other.m_mutex);
    m_size = other.m_size;
    m_pages = other.m_pages;
}

MemoryFile& MemoryFile::operator=(const MemoryFile& other)
{
    if (this != &other) {
        MemoryFile copy(other);
        const std::unique_lock lock(m_mutex);
        m_size = copy.m_size;
        m_pages.swap(copy.m_pages);
    }
    return *this;
}

MemoryFile::~MemoryFile() = default;

Result<MemoryFile> MemoryFile::copyOf(const BlockFile& source)
{
    constexpr std::uint64_t stride = 1 << 20;
    MemoryFile copy(source.size());
    std::vector<std::byte> buffer(stride);
    for (std::uint64_t offset = 0; offset < source.size();) {
        const Result<FileRun> run = source.runAt(offset);
        if (!run) {
            return std::unexpected(run.error());
        }
        const std::uint64_t end = offset + run->length;
        while (run->content == FileRun::Content::Data && offset < end) {
            const auto piece = std::span(buffer).first(std::min(stride, end - offset));
            if (const Result<void> got = source.read(offset, piece); !got) {
                return std::unexpected(got.error());
            }
            if (const Result<void> put = copy.write(offset, piece); !put) {
                return std::unexpected(put.error());
            }
            offset += piece.size();
        }
        offset = end;
    }
    return copy;
}

Result<void> MemoryFile::save(const QString& path) const
{
    const auto failed = [&] { return std::unexpected(systemError(QStringLiteral("Saving a state"), path, errno)); };
    // A new file: what was cut to nothing and written again, ext4 brings to the disk at once.
    const QByteArray name = QFile::encodeName(path);
    ::unlink(name.constData());
    const UniqueFd fd(::open(name.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    const std::shared_lock lock(m_mutex);
    if (!fd || ::ftruncate(fd.get(), static_cast<off_t>(m_size)) != 0) {
        return failed();
    }
    for (const auto& [index, page] : m_pages) {
        const std::uint64_t offset = index * pageSize;
        const auto piece = std::span(page->bytes).first(std::min(pageSize, m_size - offset));
        if (::pwrite(fd.get(), piece.data(), piece.size(), static_cast<off_t>(offset))
            != static_cast<ssize_t>(piece.size())) {
            return failed();
        }
    }
    return {};
}

std::uint64_t MemoryFile::contentHash() const
{
    static const std::uint64_t hashOfZeros = Page().contentHash();
    const std::shared_lock lock(m_mutex);
    std::uint64_t all = mixed(m_size);
    for (const auto& [index, page] : m_pages) {
        const std::uint64_t one = page->contentHash();
        if (one != hashOfZeros) {
            all ^= mixed(one + mixed(index + 1));
        }
    }
    return all;
}

std::uint64_t MemoryFile::sizeInMemory() const
{
    const std::shared_lock lock(m_mutex);
    return m_pages.size() * pageSize;
}

std::uint64_t MemoryFile::size() const
{
    const std::shared_lock lock(m_mutex);
    return m_size;
}

Result<void> MemoryFile::read(std::uint64_t offset, std::span<std::byte> into) const
{
    const std::shared_lock lock(m_mutex);
    if (!isInside(offset, into.size(), m_size)) {
        return std::unexpected(outside(QStringLiteral("Reading"), offset, into.size(), m_size));
    }
    const std::uint64_t end = offset + into.size();
    while (offset < end) {
        const std::uint64_t count = pieceOfPage(offset, end);
        const auto piece = into.first(count);
        if (const auto page = m_pages.find(offset / pageSize); page != m_pages.end()) {
            std::ranges::copy(std::span(page->second->bytes).subspan(offset % pageSize, count), piece.begin());
        } else {
            setZero(piece);
        }
        into = into.subspan(count);
        offset += count;
    }
    return {};
}

Result<FileRun> MemoryFile::runAt(std::uint64_t offset) const
{
    const std::shared_lock lock(m_mutex);
    if (offset >= m_size) {
        return std::unexpected(outside(QStringLiteral("Looking"), offset, 1, m_size));
    }
    std::uint64_t index = offset / pageSize;
    auto page = m_pages.lower_bound(index);
    if (page == m_pages.end()) {
        return FileRun{FileRun::Content::Hole, m_size - offset};
    }
    if (page->first > index) {
        return FileRun{FileRun::Content::Hole, page->first * pageSize - offset};
    }
    while (page != m_pages.end() && page->first == index) {
        ++page;
        ++index;
    }
    return FileRun{FileRun::Content::Data, std::min(m_size, index * pageSize) - offset};
}

Result<void> MemoryFile::write(std::uint64_t offset, std::span<const std::byte> from)
{
    if (!isInside(offset, from.size(), longest)) {
        return std::unexpected(systemError(QStringLiteral("Writing"), QStringLiteral("the file in memory"), EFBIG));
    }
    const std::unique_lock lock(m_mutex);
    const std::uint64_t end = offset + from.size();
    if (!from.empty()) {
        m_size = std::max(m_size, end);
    }
    while (offset < end) {
        const std::uint64_t count = pieceOfPage(offset, end);
        const std::span<std::byte> bytes = changeable(m_pages[offset / pageSize]);
        std::ranges::copy(from.first(count), bytes.subspan(offset % pageSize).begin());
        from = from.subspan(count);
        offset += count;
    }
    return {};
}

Result<void> MemoryFile::flush()
{
    return {};
}

Result<void> MemoryFile::resize(std::uint64_t size)
{
    if (size > longest) {
        return std::unexpected(
            systemError(QStringLiteral("Resizing"), QStringLiteral("the file in memory"), EFBIG));
    }
    const std::unique_lock lock(m_mutex);
    if (size < m_size) {
        clear(size, m_size - size);
    }
    m_size = size;
    return {};
}

Result<void> MemoryFile::zero(std::uint64_t offset, std::uint64_t length)
{
    const std::unique_lock lock(m_mutex);
    if (!isInside(offset, length, m_size)) {
        return std::unexpected(outside(QStringLiteral("Zeroing"), offset, length, m_size));
    }
    clear(offset, length);
    return {};
}

std::span<std::byte> MemoryFile::changeable(std::shared_ptr<Page>& page)
{
    if (!page) {
        page = std::make_shared<Page>();
    } else if (page.use_count() > 1) {
        auto copy = std::make_shared<Page>();
        copy->bytes = page->bytes;
        page = std::move(copy);
    } else {
        // Whoever had it until now has done reading it.
        std::atomic_thread_fence(std::memory_order_acquire);
        page->hash = 0;
    }
    return page->bytes;
}

void MemoryFile::clear(std::uint64_t offset, std::uint64_t length)
{
    const std::uint64_t end = offset + length;
    for (auto page = m_pages.lower_bound(offset / pageSize); page != m_pages.end();) {
        const std::uint64_t begin = page->first * pageSize;
        if (begin >= end) {
            break;
        }
        const std::uint64_t from = std::max(begin, offset);
        const std::uint64_t to = std::min(begin + pageSize, end);
        if (from == begin && (to == begin + pageSize || to == m_size)) {
            page = m_pages.erase(page);
        } else {
            setZero(changeable(page->second).subspan(from - begin, to - from));
            ++page;
        }
    }
}

} // namespace platter
