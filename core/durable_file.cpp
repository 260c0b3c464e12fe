// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/durable_file.h"

#include "core/uninterrupted.h"
#include "core/unique_fd.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>

namespace platter {

namespace {

QString flushing()
{
    return QCoreApplication::translate("platter::DurableFile", "Writing to the disk");
}

Result<void> writeAll(const QString& what, const QString& file, int fd, const QByteArray& content)
{
    qsizetype done = 0;
    while (done < content.size()) {
        const ssize_t written = uninterrupted(
            [&] { return ::write(fd, content.constData() + done, static_cast<size_t>(content.size() - done)); });
        if (written < 0) {
            return std::unexpected(systemError(what, file, errno));
        }
        done += written;
    }
    return {};
}

} // namespace

Result<void> flushToDisk(const QString& path)
{
    const UniqueFd fd(
        uninterrupted([&] { return ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC); }));
    // Some file systems cannot flush a folder and say EINVAL; theirs are flushed in their own way.
    if (!fd || (uninterrupted([&] { return ::fsync(fd.get()); }) != 0 && errno != EINVAL)) {
        return std::unexpected(systemError(flushing(), path, errno));
    }
    return {};
}

Result<void> renameWithoutReplacing(
    const QString& what, const QString& from, const QString& to, Durability durability)
{
    const QByteArray source = QFile::encodeName(from);
    const QByteArray target = QFile::encodeName(to);
    if (::renameat2(AT_FDCWD, source.constData(), AT_FDCWD, target.constData(), RENAME_NOREPLACE) != 0) {
        if (errno != EINVAL && errno != ENOSYS) {
            return std::unexpected(systemError(what, to, errno));
        }
        // Network file systems do not know that kind of rename. A file can be linked, which never replaces; a
        // folder is looked for first, and only an empty one could be replaced by rename().
        struct stat status{};
        if (::lstat(source.constData(), &status) == 0 && S_ISREG(status.st_mode)
            && ::link(source.constData(), target.constData()) == 0) {
            ::unlink(source.constData());
        } else if (::lstat(target.constData(), &status) == 0) {
            return std::unexpected(systemError(what, to, EEXIST));
        } else if (::rename(source.constData(), target.constData()) != 0) {
            return std::unexpected(systemError(what, to, errno));
        }
    }
    if (durability == Durability::LeftToKernel) {
        return {};
    }
    Result<void> flushed = flushToDisk(QFileInfo(to).absolutePath());
    if (!flushed) {
        // It may be gone after a power cut: who is told of an error must not find it there now.
        ::rename(target.constData(), source.constData());
    }
    return flushed;
}

Result<void> replaceContent(const QString& what, const QString& file, const QByteArray& content)
{
    const QFileInfo info(file);
    const QString temporary = info.absolutePath() + QStringLiteral("/.") + info.fileName() + QStringLiteral(".new");
    const QByteArray temporaryPath = QFile::encodeName(temporary);
    {
        // Whatever an interrupted writer left under that name is written over.
        const UniqueFd fd(uninterrupted([&] {
            return ::open(temporaryPath.constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                S_IRUSR | S_IWUSR);
        }));
        if (!fd) {
            return std::unexpected(systemError(what, file, errno));
        }
        Result<void> written = writeAll(what, file, fd.get(), content);
        if (written && uninterrupted([&] { return ::fsync(fd.get()); }) != 0) {
            written = std::unexpected(systemError(what, file, errno));
        }
        if (!written) {
            ::unlink(temporaryPath.constData());
            return written;
        }
    }
    if (::rename(temporaryPath.constData(), QFile::encodeName(file).constData()) != 0) {
        const Error error = systemError(what, file, errno);
        ::unlink(temporaryPath.constData());
        return std::unexpected(error);
    }
    return flushToDisk(info.absolutePath());
}

} // namespace platter
