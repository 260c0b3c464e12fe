// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/turn_lock.h"

#include <QCoreApplication>
#include <QCoroTimer>
#include <QDeadlineTimer>
#include <QFile>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <tuple>
#include <unistd.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::TurnLock)
};

// What the holder of the turn wrote into FILE about itself; empty where nobody did.
QString holderIn(const QString& file)
{
    QFile words(file);
    return words.open(QIODevice::ReadOnly) ? QString::fromUtf8(words.readAll()).trimmed() : QString();
}

void nameHolder(int descriptor)
{
    const QByteArray words = Texts::tr("%1 (process %2)")
                                 .arg(QCoreApplication::applicationName())
                                 .arg(QCoreApplication::applicationPid())
                                 .toUtf8();
    // For a sentence to others only: a full file system must not keep anybody from taking a turn.
    std::ignore = ::ftruncate(descriptor, 0);
    std::ignore = ::pwrite(descriptor, words.constData(), static_cast<std::size_t>(words.size()), 0);
}

} // namespace

QCoro::Task<Result<TurnLock>> TurnLock::take(QString file, std::chrono::milliseconds deadline)
{
    const QDeadlineTimer until(deadline);
    TurnLock lock(UniqueFd(::open(QFile::encodeName(file).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)));
    if (!lock.m_file) {
        co_return std::unexpected(systemError(Texts::tr("Taking a turn at the machine's socket"), file, errno));
    }
    // flock() can wait, but neither with a deadline nor beside an event loop.
    while (::flock(lock.m_file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            co_return std::unexpected(systemError(Texts::tr("Taking a turn at the machine's socket"), file, errno));
        }
        if (until.hasExpired()) {
            co_return std::unexpected(
                Error{ErrorKind::TimedOut, Texts::tr("The machine is being changed by %1.").arg(holderIn(file)),
                    Texts::tr("Try again when it has finished."), file});
        }
        co_await QCoro::sleepFor(std::chrono::milliseconds(20));
    }
    nameHolder(lock.m_file.get());
    co_return std::move(lock);
}

} // namespace platter
