// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/folder_lock.h"

#include <QCoreApplication>
#include <QFile>
#include <QThread>

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/file.h>

namespace platter {

namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::chrono::milliseconds pause{5};

UniqueFd openLockFile(const QString& folder)
{
    const QByteArray path = QFile::encodeName(folder + QLatin1Char('/') + FolderLock::fileName());
    return UniqueFd(::open(path.constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
}

} // namespace

Result<FolderLock> FolderLock::take(const QString& folder)
{
    const QString what = QCoreApplication::translate("platter::FolderLock", "Locking the folder");
    UniqueFd fd = openLockFile(folder);
    if (!fd) {
        return std::unexpected(systemError(what, folder, errno));
    }
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
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
    return FolderLock(std::move(fd));
}

std::optional<FolderLock> FolderLock::tryTake(const QString& folder)
{
    UniqueFd fd = openLockFile(folder);
    if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        return std::nullopt;
    }
    return FolderLock(std::move(fd));
}

} // namespace platter
