// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/folder_lock.h"

#include <QCoreApplication>
#include <QFile>
#include <QThread>

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace platter {

namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::chrono::milliseconds pause{5};

QByteArray lockFile(const QString& folder)
{
    return QFile::encodeName(folder + QLatin1Char('/') + FolderLock::fileName());
}

UniqueFd openLockFile(const QString& folder)
{
    return UniqueFd(::open(lockFile(folder).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
}

bool isStillIn(const QString& folder, const UniqueFd& fd)
{
    struct stat opened{};
    struct stat present{};
    return ::fstat(fd.get(), &opened) == 0 && ::lstat(lockFile(folder).constData(), &present) == 0
        && opened.st_dev == present.st_dev && opened.st_ino == present.st_ino;
}

} // namespace

Result<FolderLock> FolderLock::take(const QString& folder)
{
    const QString what = QCoreApplication::translate("platter::FolderLock", "Locking the folder");
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (true) {
        UniqueFd fd = openLockFile(folder);
        if (!fd) {
            return std::unexpected(systemError(what, folder, errno));
        }
        if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) {
            // The folder may have been deleted, and another made under its name, between opening and locking.
            if (isStillIn(folder, fd)) {
                return FolderLock(std::move(fd));
            }
        } else if (errno != EWOULDBLOCK && errno != EINTR) {
            return std::unexpected(systemError(what, folder, errno));
        }
        if (std::chrono::steady_clock::now() > deadline) {
            return std::unexpected(Error{ErrorKind::InUse,
                QCoreApplication::translate(
                    "platter::FolderLock", "Another program is changing %1 and does not finish.")
                    .arg(folder),
                QCoreApplication::translate("platter::FolderLock", "Wait for it or end it, then try again.")});
        }
        QThread::sleep(pause);
    }
}

std::optional<FolderLock> FolderLock::tryTake(const QString& folder)
{
    UniqueFd fd = openLockFile(folder);
    if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 || !isStillIn(folder, fd)) {
        return std::nullopt;
    }
    return FolderLock(std::move(fd));
}

} // namespace platter
