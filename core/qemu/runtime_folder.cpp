// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/runtime_folder.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::RuntimeFolder)
};

Error unsafe(const QString& path, const QString& why)
{
    return Error{ErrorKind::PermissionDenied,
        Texts::tr("The folder %1 cannot hold a machine's sockets: %2.").arg(path, why),
        Texts::tr("Remove it, or make it a folder that only you can enter (chmod 700)."), {}};
}

} // namespace

Result<void> RuntimeFolder::create() const
{
    const QByteArray name = QFile::encodeName(path);
    if (!QDir().mkpath(QFileInfo(path).path()) || (::mkdir(name.constData(), 0700) != 0 && errno != EEXIST)) {
        return std::unexpected(systemError(Texts::tr("Making the machine's runtime folder"), path, errno));
    }
    struct stat status = {};
    if (::lstat(name.constData(), &status) != 0) {
        return std::unexpected(systemError(Texts::tr("Making the machine's runtime folder"), path, errno));
    }
    if (!S_ISDIR(status.st_mode)) {
        return std::unexpected(unsafe(path, Texts::tr("it is a link or a file")));
    }
    if (status.st_uid != ::geteuid()) {
        return std::unexpected(unsafe(path, Texts::tr("it belongs to another user")));
    }
    // The umask, or somebody's chmod: it is ours, so it can be put right.
    if ((status.st_mode & 07777) != 0700 && ::chmod(name.constData(), 0700) != 0) {
        return std::unexpected(unsafe(path, Texts::tr("others may enter it")));
    }
    return {};
}

std::optional<pid_t> RuntimeFolder::runningQemu() const
{
    QFile file(pidFile());
    if (!file.open(QIODevice::ReadOnly)) {
        return std::nullopt;
    }
    // QEMU keeps a POSIX write lock on the whole file. Asking as an open file description, and not as this process,
    // shows it even in tests where the holder is this process.
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (::fcntl(file.handle(), F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) {
        return std::nullopt;
    }
    // The lock's own number is 0 or of another namespace where QEMU runs in one; the file has what QEMU wrote.
    bool isNumber = false;
    const pid_t written = file.readAll().trimmed().toInt(&isNumber);
    if (isNumber && written > 0) {
        return written;
    }
    return lock.l_pid > 0 ? std::optional<pid_t>(lock.l_pid) : std::nullopt;
}

void RuntimeFolder::removeStaleFiles() const
{
    for (const QString& file : {applicationQmp(), commandLineQmp(), vnc(), agent(), serial(), debugSerial(), gdb(),
             pidFile(), exchangeJournal()}) {
        QFile::remove(file);
    }
}

} // namespace platter
