// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/start_lock.h"

#include "core/qemu/runtime_folder.h"

#include <QCoreApplication>
#include <QFile>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <utility>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::StartLock)
};

} // namespace

StartLock::StartLock(UniqueFd file)
    : m_file(std::move(file))
{
}

Result<StartLock> StartLock::take(const RuntimeFolder& runtime)
{
    const QString path = runtime.startLock();
    UniqueFd file(::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
        return StartLock(std::move(file));
    }
    if (errno != EWOULDBLOCK) {
        return std::unexpected(systemError(Texts::tr("Starting the machine"), path, errno));
    }
    return std::unexpected(
        Error{ErrorKind::InUse, Texts::tr("The machine is being started by another program right now."),
            Texts::tr("Wait until it is up."), path});
}

} // namespace platter
