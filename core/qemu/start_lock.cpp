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

StartLock::StartLock(UniqueFd file)
    : m_file(std::move(file))
{
}

Result<StartLock> StartLock::take(const RuntimeFolder& runtime)
{
    const auto tr = [](const char* text) { return QCoreApplication::translate("platter::StartLock", text); };
    const QString path = runtime.startLock();
    UniqueFd file(::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
        return StartLock(std::move(file));
    }
    if (errno != EWOULDBLOCK) {
        return std::unexpected(systemError(tr(QT_TR_NOOP("Starting the machine")), path, errno));
    }
    return std::unexpected(
        Error{ErrorKind::InUse, tr(QT_TR_NOOP("The machine is being started by another program right now.")),
            tr(QT_TR_NOOP("Wait until it is up.")), path});
}

} // namespace platter
