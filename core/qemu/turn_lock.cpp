// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/turn_lock.h"

#include <QCoreApplication>
#include <QCoroTimer>
#include <QDeadlineTimer>
#include <QFile>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace platter {

QCoro::Task<Result<TurnLock>> TurnLock::take(QString file, std::chrono::milliseconds deadline)
{
    const QDeadlineTimer until(deadline);
    TurnLock lock(::open(QFile::encodeName(file).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock.m_fd < 0) {
        co_return std::unexpected(
            systemError(QCoreApplication::translate("platter::TurnLock", "Taking a turn at the machine's socket"),
                file, errno));
    }
    // flock() can wait, but neither with a deadline nor beside an event loop.
    while (::flock(lock.m_fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            co_return std::unexpected(systemError(
                QCoreApplication::translate("platter::TurnLock", "Taking a turn at the machine's socket"), file,
                errno));
        }
        if (until.hasExpired()) {
            co_return std::unexpected(Error{ErrorKind::TimedOut,
                QCoreApplication::translate("platter::TurnLock", "Another program is talking to the machine."),
                QCoreApplication::translate("platter::TurnLock", "Try again when it has finished."), file});
        }
        co_await QCoro::sleepFor(std::chrono::milliseconds(20));
    }
    co_return std::move(lock);
}

TurnLock::TurnLock(int fd)
    : m_fd(fd)
{
}

TurnLock::TurnLock(TurnLock&& other) noexcept
    : m_fd(std::exchange(other.m_fd, -1))
{
}

TurnLock& TurnLock::operator=(TurnLock&& other) noexcept
{
    if (this != &other) {
        if (m_fd >= 0) {
            ::close(m_fd);
        }
        m_fd = std::exchange(other.m_fd, -1);
    }
    return *this;
}

TurnLock::~TurnLock()
{
    if (m_fd >= 0) {
        ::close(m_fd);
    }
}

} // namespace platter
