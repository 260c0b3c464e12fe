// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/byte_source.h"

#include <QCoreApplication>
#include <QFile>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace platter {

namespace {

bool holds(std::uint64_t size, std::uint64_t offset, std::size_t count)
{
    return offset <= size && count <= size - offset;
}

Error endsBefore(std::uint64_t size, std::uint64_t offset, std::size_t count)
{
    return Error{ErrorKind::Corrupt, QCoreApplication::translate("platter::ByteSource", "It ends too early."),
        QCoreApplication::translate("platter::ByteSource", "Copy or download it again."),
        QStringLiteral("%1 bytes wanted at offset 0x%2, the end is at 0x%3")
            .arg(count)
            .arg(offset, 0, 16)
            .arg(size, 0, 16)};
}

} // namespace

Result<void> MemorySource::read(std::uint64_t offset, std::span<std::byte> into) const
{
    if (!holds(m_bytes.size(), offset, into.size())) {
        return std::unexpected(endsBefore(m_bytes.size(), offset, into.size()));
    }
    std::ranges::copy(m_bytes.subspan(offset, into.size()), into.begin());
    return {};
}

SourceWindow::SourceWindow(const ByteSource& whole, std::uint64_t offset, std::uint64_t length)
    : m_whole(whole)
    , m_offset(std::min(offset, whole.size()))
    , m_length(std::min(length, whole.size() - m_offset))
{
}

Result<void> SourceWindow::read(std::uint64_t offset, std::span<std::byte> into) const
{
    if (!holds(m_length, offset, into.size())) {
        return std::unexpected(endsBefore(m_length, offset, into.size()));
    }
    return m_whole.read(m_offset + offset, into);
}

Result<FileSource> FileSource::open(const QString& path)
{
    const QString reading = QCoreApplication::translate("platter::ByteSource", "Reading the file");
    const QByteArray name = QFile::encodeName(path);
    // Without O_NONBLOCK, opening a pipe would wait for somebody to write into it.
    const int descriptor = ::open(name.constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        return std::unexpected(systemError(reading, path, errno));
    }
    FileSource source(path, descriptor, 0);
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0) {
        return std::unexpected(systemError(reading, path, errno));
    }
    if (S_ISDIR(status.st_mode)) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            QCoreApplication::translate("platter::ByteSource", "%1 is a folder.").arg(path),
            QCoreApplication::translate("platter::ByteSource", "Choose a file."), path});
    }
    if (!S_ISREG(status.st_mode)) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            QCoreApplication::translate("platter::ByteSource", "%1 is a device or a pipe, not a file.").arg(path),
            QCoreApplication::translate("platter::ByteSource", "Copy what it holds into a file and choose that."),
            path});
    }
    source.m_size = static_cast<std::uint64_t>(status.st_size);
    return source;
}

FileSource::FileSource(QString path, int descriptor, std::uint64_t size)
    : m_path(std::move(path))
    , m_descriptor(descriptor)
    , m_size(size)
{
}

FileSource::FileSource(FileSource&& other) noexcept
    : m_path(std::move(other.m_path))
    , m_descriptor(std::exchange(other.m_descriptor, -1))
    , m_size(std::exchange(other.m_size, 0))
{
}

FileSource& FileSource::operator=(FileSource&& other) noexcept
{
    std::swap(m_path, other.m_path);
    std::swap(m_descriptor, other.m_descriptor);
    std::swap(m_size, other.m_size);
    return *this;
}

FileSource::~FileSource()
{
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
    }
}

Result<void> FileSource::read(std::uint64_t offset, std::span<std::byte> into) const
{
    if (!holds(m_size, offset, into.size())) {
        return std::unexpected(endsBefore(m_size, offset, into.size()));
    }
    std::size_t done = 0;
    while (done < into.size()) {
        const ssize_t count =
            ::pread(m_descriptor, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
        if (count < 0) {
            if (errno == EINTR) {
                continue;
            }
            return std::unexpected(
                systemError(QCoreApplication::translate("platter::ByteSource", "Reading the file"), m_path, errno));
        }
        if (count == 0) { // somebody shortened the file meanwhile
            return std::unexpected(endsBefore(offset + done, offset, into.size()));
        }
        done += static_cast<std::size_t>(count);
    }
    return {};
}

} // namespace platter
