// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/sparse_copy.h"

#include "core/disk/zero_bytes.h"

#include <QCoreApplication>

#include <algorithm>
#include <cerrno>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::SparseCopy)
};

constexpr std::uint64_t pieceSize = std::uint64_t(64) << 10;

Error failure(int errnoValue)
{
    return systemError(Texts::tr("Keeping a part of the disk in memory"), QStringLiteral("memfd"), errnoValue);
}

} // namespace

Result<SparseCopy> SparseCopy::make(std::uint64_t size)
{
    UniqueFd fd(::memfd_create("platter-disk", MFD_CLOEXEC));
    if (!fd || ::ftruncate(fd.get(), static_cast<off_t>(std::min(size, largest))) != 0) {
        return std::unexpected(failure(errno));
    }
    return SparseCopy(std::move(fd), std::min(size, largest));
}

SparseCopy::SparseCopy(UniqueFd fd, std::uint64_t size)
    : m_fd(std::move(fd))
    , m_size(size)
{
}

Result<void> SparseCopy::copy(const ByteSource& source, DiskRange range)
{
    const std::uint64_t most = std::min(m_size, source.size());
    if (range.offset >= most) {
        return {};
    }
    const std::uint64_t end = range.offset + std::min(range.length, most - range.offset);
    std::vector<std::byte> piece(std::min(pieceSize, end - range.offset));
    for (std::uint64_t at = range.offset; at < end;) {
        // Pieces end at multiples of their size, so that a page is looked at as a whole.
        const std::uint64_t count = std::min(pieceSize - at % pieceSize, end - at);
        piece.resize(count);
        if (Result<void> done = source.read(at, piece); !done) {
            return done;
        }
        // Zeros are there already, unless something else was copied before.
        if (Result<void> done = areZero(piece) ? zero({at, count}) : write(at, piece); !done) {
            return done;
        }
        at += count;
    }
    return {};
}

Result<void> SparseCopy::read(std::uint64_t offset, std::span<std::byte> into) const
{
    while (!into.empty()) {
        const ssize_t count = ::pread(m_fd.get(), into.data(), into.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return std::unexpected(failure(errno));
        }
        if (count == 0) {
            return std::unexpected(Error{.kind = ErrorKind::Corrupt,
                .summary = Texts::tr("The disk ends too early."),
                .detail = QStringLiteral("%1 bytes wanted at offset 0x%2").arg(into.size()).arg(offset, 0, 16)});
        }
        offset += static_cast<std::uint64_t>(count);
        into = into.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

SparseCopy::Run SparseCopy::runAt(std::uint64_t offset) const
{
    const auto at = static_cast<off_t>(offset);
    const off_t data = ::lseek(m_fd.get(), at, SEEK_DATA);
    if (data != at) {
        return {false, (data < 0 ? m_size : static_cast<std::uint64_t>(data)) - offset};
    }
    const off_t hole = ::lseek(m_fd.get(), at, SEEK_HOLE);
    return {true, (hole < 0 ? m_size : std::min(m_size, static_cast<std::uint64_t>(hole))) - offset};
}

Result<void> SparseCopy::write(std::uint64_t offset, std::span<const std::byte> from)
{
    while (!from.empty()) {
        const ssize_t count = ::pwrite(m_fd.get(), from.data(), from.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return std::unexpected(failure(errno));
        }
        offset += static_cast<std::uint64_t>(count);
        from = from.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Result<void> SparseCopy::zero(DiskRange range)
{
    if (range.offset >= m_size) {
        return {};
    }
    const std::uint64_t end = range.offset + std::min(range.length, m_size - range.offset);
    // What was never written has no page; what has one is written over.
    for (std::uint64_t at = range.offset; at < end;) {
        const off_t data = ::lseek(m_fd.get(), static_cast<off_t>(at), SEEK_DATA);
        if (data < 0 && errno == ENXIO) {
            return {};
        }
        if (data < 0) {
            return std::unexpected(failure(errno));
        }
        at = std::max(at, static_cast<std::uint64_t>(data));
        if (at >= end) {
            return {};
        }
        const std::vector<std::byte> zeros(std::min(pieceSize, end - at));
        if (Result<void> done = write(at, zeros); !done) {
            return done;
        }
        at += zeros.size();
    }
    return {};
}

} // namespace platter
