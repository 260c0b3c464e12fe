// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/host_file.h"

#include "core/uninterrupted.h"

#include <QCoreApplication>
#include <QFile>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::HostFile)
};

// Less than this is faster through the page cache, which joins it with its neighbours.
constexpr std::size_t streamedAtLeast = 256 * 1024;

Error endsBefore(const QString& path, std::uint64_t size, std::uint64_t offset, std::size_t count)
{
    return Error{ErrorKind::Corrupt, Texts::tr("%1 ends too early.").arg(path),
        Texts::tr("Copy it again from where it came, or bring it back from a backup."),
        QStringLiteral("%1: %2 bytes wanted at offset 0x%3, the end is at 0x%4")
            .arg(path)
            .arg(count)
            .arg(offset, 0, 16)
            .arg(size, 0, 16)};
}

// Of fallocate(): this file system or device cannot do it.
bool isUnsupported(int errnoValue)
{
    return errnoValue == EOPNOTSUPP || errnoValue == ENODEV || errnoValue == ENOSYS;
}

Result<std::uint64_t> sizeOf(int fd, const QString& path)
{
    struct stat status{};
    if (::fstat(fd, &status) != 0) {
        return std::unexpected(systemError(Texts::tr("Opening the disk image"), path, errno));
    }
    if (S_ISREG(status.st_mode)) {
        return static_cast<std::uint64_t>(status.st_size);
    }
    if (S_ISBLK(status.st_mode)) {
        const off_t end = ::lseek(fd, 0, SEEK_END);
        if (end < 0) {
            return std::unexpected(systemError(Texts::tr("Opening the disk image"), path, errno));
        }
        return static_cast<std::uint64_t>(end);
    }
    return std::unexpected(Error{
        ErrorKind::InvalidInput, Texts::tr("%1 is not a file.").arg(path), Texts::tr("Choose a disk image."), {}});
}

} // namespace

HostFile::HostFile(QString path, UniqueFd fd, std::uint64_t size, Durability durability)
    : m_path(std::move(path))
    , m_fd(std::move(fd))
    , m_size(size)
    , m_durability(durability)
{
}

Result<std::unique_ptr<HostFile>> HostFile::open(const QString& path, Access access)
{
    const int mode = access == Access::ReadWrite ? O_RDWR : O_RDONLY;
    // Without O_NONBLOCK, opening a pipe would wait for its other end.
    UniqueFd fd(
        uninterrupted([&] { return ::open(QFile::encodeName(path).constData(), mode | O_CLOEXEC | O_NONBLOCK); }));
    if (!fd) {
        return std::unexpected(systemError(Texts::tr("Opening the disk image"), path, errno));
    }
    Result<std::uint64_t> size = sizeOf(fd.get(), path);
    if (!size) {
        return std::unexpected(size.error());
    }
    if (access != Access::Unlocked) {
        const ImageUse use = access == Access::ReadWrite ? ImageUse::ReadWrite : ImageUse::ReadOnly;
        if (const Result<void> locked = lockImage(fd.get(), path, use); !locked) {
            return std::unexpected(locked.error());
        }
        size = sizeOf(fd.get(), path); // whoever had it until now may have changed it
        if (!size) {
            return std::unexpected(size.error());
        }
    }
    return std::unique_ptr<HostFile>(new HostFile(path, std::move(fd), *size, Durability::Stable));
}

Result<std::unique_ptr<HostFile>> HostFile::create(const QString& path, Durability durability)
{
    constexpr mode_t mode = 0644;
    UniqueFd fd(uninterrupted(
        [&] { return ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode); }));
    if (!fd) {
        return std::unexpected(systemError(Texts::tr("Making the disk image"), path, errno));
    }
    if (const Result<void> locked = lockImage(fd.get(), path, ImageUse::ReadWrite); !locked) {
        return std::unexpected(locked.error());
    }
    return std::unique_ptr<HostFile>(new HostFile(path, std::move(fd), 0, durability));
}

Result<std::uint64_t> HostFile::sizeOnHost() const
{
    struct stat status{};
    if (::fstat(m_fd.get(), &status) != 0) {
        return std::unexpected(systemError(Texts::tr("Looking at the disk image"), m_path, errno));
    }
    constexpr std::uint64_t unit = 512; // of st_blocks, on every Linux file system
    return static_cast<std::uint64_t>(status.st_blocks) * unit;
}

Result<std::int64_t> HostFile::modified() const
{
    struct stat status{};
    if (::fstat(m_fd.get(), &status) != 0) {
        return std::unexpected(systemError(Texts::tr("Looking at the disk image"), m_path, errno));
    }
    return static_cast<std::int64_t>(status.st_mtim.tv_sec);
}

Result<void> HostFile::read(std::uint64_t offset, std::span<std::byte> into) const
{
    std::size_t done = 0;
    while (done < into.size()) {
        const ssize_t count = uninterrupted([&] {
            return ::pread(m_fd.get(), into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
        });
        if (count < 0) {
            return std::unexpected(systemError(Texts::tr("Reading the disk image"), m_path, errno));
        }
        if (count == 0) {
            return std::unexpected(endsBefore(m_path, offset + done, offset, into.size()));
        }
        done += static_cast<std::size_t>(count);
    }
    return {};
}

Result<FileRun> HostFile::runAt(std::uint64_t offset) const
{
    const std::uint64_t rest = size() - offset;
    const off_t data = ::lseek(m_fd.get(), static_cast<off_t>(offset), SEEK_DATA);
    if (data < 0) {
        // ENXIO: nothing but a hole up to the end. Anything else: this file system does not know.
        return FileRun{errno == ENXIO ? FileRun::Content::Hole : FileRun::Content::Data, rest};
    }
    const auto dataAt = static_cast<std::uint64_t>(data);
    if (dataAt > offset) {
        return FileRun{FileRun::Content::Hole, std::min(dataAt - offset, rest)};
    }
    const off_t hole = ::lseek(m_fd.get(), static_cast<off_t>(offset), SEEK_HOLE);
    if (hole <= data) {
        return FileRun{FileRun::Content::Data, rest};
    }
    return FileRun{FileRun::Content::Data, std::min(static_cast<std::uint64_t>(hole) - offset, rest)};
}

Result<void> HostFile::write(std::uint64_t offset, std::span<const std::byte> from)
{
    std::size_t done = 0;
    while (done < from.size()) {
        const ssize_t count = uninterrupted([&] {
            return ::pwrite(m_fd.get(), from.data() + done, from.size() - done, static_cast<off_t>(offset + done));
        });
        if (count <= 0) {
            return std::unexpected(
                systemError(Texts::tr("Writing to the disk image"), m_path, count < 0 ? errno : ENOSPC));
        }
        done += static_cast<std::size_t>(count);
    }
    reachesTo(offset + from.size());
    return {};
}

void HostFile::reachesTo(std::uint64_t end)
{
    std::uint64_t known = m_size;
    while (known < end && !m_size.compare_exchange_weak(known, end)) { }
}

// Past the page cache: filling it costs more than the storage does, and it would have to be emptied again at the
// flush. Through it where the file system cannot do that, and for what does not begin or end on the storage's
// blocks.
Result<void> HostFile::stream(std::uint64_t offset, std::span<const std::byte> from)
{
    const std::size_t head = (streamAlignment - offset % streamAlignment) % streamAlignment;
    const std::size_t middle = from.size() > head ? (from.size() - head) / streamAlignment * streamAlignment : 0;
    if (middle < streamedAtLeast || m_durability == Durability::LeftToKernel) {
        return write(offset, from);
    }
    const auto address = reinterpret_cast<std::uintptr_t>(from.data() + head);
    const int direct = address % streamAlignment == 0 ? directDescriptor() : -1;
    const ssize_t count = direct < 0 ? 0 : uninterrupted([&] {
        return ::pwrite(direct, from.data() + head, middle, static_cast<off_t>(offset + head));
    });
    if (count < 0 && errno != EINVAL && !isUnsupported(errno)) {
        return std::unexpected(systemError(Texts::tr("Writing to the disk image"), m_path, errno));
    }
    if (count > 0) {
        const std::size_t done = head + static_cast<std::size_t>(count);
        reachesTo(offset + done);
        return write(offset, from.first(head)).and_then([&] { return write(offset + done, from.subspan(done)); });
    }
    if (count < 0) {
        m_canWriteDirectly = false;
    }
    return write(offset, from).transform([&] {
        // Only begins it; what cannot be written is told by the flush.
        ::sync_file_range(
            m_fd.get(), static_cast<off_t>(offset), static_cast<off_t>(from.size()), SYNC_FILE_RANGE_WRITE);
    });
}

// -1 where there is none, or where it has turned out to be of no use.
int HostFile::directDescriptor()
{
    std::call_once(m_directOpened, [this] {
        // By its descriptor: the file may have another name by now. The lock belongs to the first opening.
        const QByteArray self = "/proc/self/fd/" + QByteArray::number(m_fd.get());
        m_directFd =
            UniqueFd(uninterrupted([&] { return ::open(self.constData(), O_WRONLY | O_DIRECT | O_CLOEXEC); }));
        m_canWriteDirectly = static_cast<bool>(m_directFd);
    });
    return m_canWriteDirectly ? m_directFd.get() : -1;
}

// File systems of servers say only when a descriptor is closed that they had no room for what was written.
int HostFile::closeAnother() const
{
    const int another = ::fcntl(m_fd.get(), F_DUPFD_CLOEXEC, 0);
    return another < 0 || (::close(another) != 0 && errno != EINTR) ? -1 : 0;
}

Result<void> HostFile::flush()
{
    const int result = m_durability == Durability::Stable ? uninterrupted([&] { return ::fdatasync(m_fd.get()); })
                                                          : closeAnother();
    if (result != 0) {
        return std::unexpected(systemError(Texts::tr("Flushing the disk image to the disk"), m_path, errno));
    }
    return {};
}

Result<void> HostFile::resize(std::uint64_t size)
{
    if (uninterrupted([&] { return ::ftruncate(m_fd.get(), static_cast<off_t>(size)); }) != 0) {
        return std::unexpected(systemError(Texts::tr("Changing the length of the disk image"), m_path, errno));
    }
    m_size = size;
    return {};
}

int HostFile::allocate(int mode, std::uint64_t offset, std::uint64_t length)
{
    if (length == 0) {
        return 0; // which fallocate refuses
    }
    return uninterrupted(
        [&] { return ::fallocate(m_fd.get(), mode, static_cast<off_t>(offset), static_cast<off_t>(length)); });
}

Result<void> HostFile::reserve(std::uint64_t offset, std::uint64_t length)
{
    if (length == 0 || allocate(FALLOC_FL_KEEP_SIZE, offset, length) == 0 || isUnsupported(errno)) {
        return {};
    }
    return std::unexpected(systemError(Texts::tr("Reserving space for the disk image"), m_path, errno));
}

Result<void> HostFile::zero(std::uint64_t offset, std::uint64_t length)
{
    if (allocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length) == 0) {
        return {};
    }
    if (!isUnsupported(errno)) {
        return std::unexpected(systemError(Texts::tr("Zeroing a part of the disk image"), m_path, errno));
    }
    static constexpr std::array<std::byte, 65536> zeros{};
    for (std::uint64_t done = 0; done < length;) {
        const auto count = std::min<std::uint64_t>(zeros.size(), length - done);
        if (Result<void> written = write(offset + done, std::span(zeros).first(count)); !written) {
            return written;
        }
        done += count;
    }
    return {};
}

Result<bool> HostFile::cloneFrom(
    const ByteSource& from, std::uint64_t fromOffset, std::uint64_t offset, std::uint64_t length)
{
    const auto* source = dynamic_cast<const HostFile*>(&from);
    if (source == nullptr) {
        return false;
    }
    struct file_clone_range range{};
    range.src_fd = source->m_fd.get();
    range.src_offset = fromOffset;
    range.src_length = length;
    range.dest_offset = offset;
    if (uninterrupted([&] { return ::ioctl(m_fd.get(), FICLONERANGE, &range); }) == 0) {
        reachesTo(offset + length);
        return true;
    }
    // Anything else means that it cannot be done here, in as many words as there are file systems.
    if (errno == ENOSPC || errno == EDQUOT || errno == EIO) {
        return std::unexpected(systemError(Texts::tr("Writing to the disk image"), m_path, errno));
    }
    return copyOnServer(*source, fromOffset, offset, length);
}

// On a file system of this machine copy_file_range() moves the bytes through memory like anybody else, zeros
// included; a server does it without sending them.
Result<bool> HostFile::copyOnServer(
    const HostFile& from, std::uint64_t fromOffset, std::uint64_t offset, std::uint64_t length)
{
    struct statfs system{};
    if (::fstatfs(m_fd.get(), &system) != 0) {
        return false;
    }
    constexpr std::array<std::uint32_t, 4> servers{
        NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, 0xFF534D42U /* CIFS */, 0xFE534D42U /* SMB 2 */};
    if (!std::ranges::contains(servers, static_cast<std::uint32_t>(system.f_type))) {
        return false;
    }
    std::uint64_t done = 0;
    while (done < length) {
        auto source = static_cast<off_t>(fromOffset + done);
        auto target = static_cast<off_t>(offset + done);
        const ssize_t count = uninterrupted(
            [&] { return ::copy_file_range(from.m_fd.get(), &source, m_fd.get(), &target, length - done, 0); });
        if (count < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO)) {
            return std::unexpected(systemError(Texts::tr("Writing to the disk image"), m_path, errno));
        }
        if (count <= 0) {
            return false; // what was copied already is going to be written once more
        }
        done += static_cast<std::uint64_t>(count);
        reachesTo(offset + done);
    }
    return true;
}

} // namespace platter
