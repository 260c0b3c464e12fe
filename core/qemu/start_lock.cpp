// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/start_lock.h"

#include "core/qemu/runtime_folder.h"

#include <QCoreApplication>
#include <QFile>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace platter {

StartLock::StartLock(int fd)
    : m_fd(fd)
{
}

StartLock::StartLock(StartLock&& other) noexcept
    : m_fd(std::exchange(other.m_fd, -1))
{
}

StartLock& StartLock::operator=(StartLock&& other) noexcept
{
    std::swap(m_fd, other.m_fd);
    return *this;
}

StartLock::~StartLock()
{
    if (m_fd >= 0) {
        ::close(m_fd);
    }
}

Result<StartLock> StartLock::take(const RuntimeFolder& runtime)
{
    const QString path = runtime.startLock();
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return std::unexpected(
            systemError(QCoreApplication::translate("platter::StartLock", "Starting the machine"), path, errno));
    }
    StartLock lock(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
        return lock;
    }
    if (errno != EWOULDBLOCK) {
        return std::unexpected(
            systemError(QCoreApplication::translate("platter::StartLock", "Starting the machine"), path, errno));
    }
    return std::unexpected(Error{ErrorKind::InUse,
        QCoreApplication::translate(
            "platter::StartLock", "The machine is being started by another program right now."),
        QCoreApplication::translate("platter::StartLock", "Wait until it is up."), path});
}

} // namespace platter
