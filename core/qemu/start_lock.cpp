// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/start_lock.h"

#include "core/qemu/runtime_folder.h"

#include <QCoreApplication>
#include <QFile>

#include <cerrno>
#include <fcntl.h>
#include <utility>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::StartLock)
};

// A lock of the open file, not of the process: it can be asked about, and two in one process exclude each other.
constexpr struct flock wholeFile = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0};

} // namespace

StartLock::StartLock(UniqueFd file)
    : m_file(std::move(file))
{
}

Result<StartLock> StartLock::take(const RuntimeFolder& runtime)
{
    const QString path = runtime.startLock();
    UniqueFd file(::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    struct flock lock = wholeFile;
    if (file && ::fcntl(file.get(), F_OFD_SETLK, &lock) == 0) {
        return StartLock(std::move(file));
    }
    if (errno != EAGAIN && errno != EACCES) {
        return std::unexpected(systemError(Texts::tr("Starting the machine"), path, errno));
    }
    return std::unexpected(
        Error{ErrorKind::InUse, Texts::tr("The machine is being started by another program right now."),
            Texts::tr("Wait until it is up."), path});
}

bool StartLock::isTaken(const RuntimeFolder& runtime)
{
    const UniqueFd file(::open(QFile::encodeName(runtime.startLock()).constData(), O_RDONLY | O_CLOEXEC));
    struct flock lock = wholeFile;
    return file && ::fcntl(file.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

} // namespace platter
