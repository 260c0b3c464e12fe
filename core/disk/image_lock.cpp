// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/image_lock.h"

#include "core/unique_fd.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <vector>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::ImageLock)
};

// QEMU, block/file-posix.c: byte 100 + i is locked for a permission that is held, 200 + i for one that is not
// shared.
constexpr off_t permissionBase = 100;
constexpr off_t notSharedBase = 200;
constexpr off_t consistentRead = 0;
constexpr off_t write = 1;
constexpr off_t resize = 3;

std::vector<off_t> conflictingBytes(ImageUse use)
{
    if (use == ImageUse::ReadOnly) {
        return {permissionBase + write, permissionBase + resize, notSharedBase + consistentRead};
    }
    return {permissionBase + write, permissionBase + resize, notSharedBase + consistentRead, notSharedBase + write,
        notSharedBase + resize};
}

std::vector<off_t> bytesToHold(ImageUse use)
{
    if (use == ImageUse::ReadOnly) {
        return {permissionBase + consistentRead, notSharedBase + write, notSharedBase + resize};
    }
    return {permissionBase + consistentRead, permissionBase + write, permissionBase + resize,
        notSharedBase + consistentRead, notSharedBase + write, notSharedBase + resize};
}

struct flock lockOn(off_t byte, short type)
{
    struct flock lock{};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = byte;
    lock.l_len = 1;
    return lock;
}

bool isLocked(int fd, off_t byte)
{
    struct flock lock = lockOn(byte, F_WRLCK);
    return ::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

QByteArray contentOf(const QString& file)
{
    QFile source(file);
    return source.open(QIODevice::ReadOnly) ? source.readAll() : QByteArray();
}

// A process's name; the kernel keeps the first 15 letters only, its command line has all of them.
QString processName(const QString& folder, const QList<QByteArray>& arguments)
{
    const QByteArray known = contentOf(folder + QStringLiteral("/comm")).trimmed();
    const QByteArray program = arguments.constFirst().mid(arguments.constFirst().lastIndexOf('/') + 1);
    return QString::fromUtf8(program.startsWith(known) ? program : known);
}

// The lock itself names no process; the process is the one that has the file open with a lock on it, OUR descriptor
// apart, which may have taken some by now.
QString holderOf(const struct stat& image, int our)
{
    const QString ourDescriptor = QStringLiteral("/proc/%1/fd/%2").arg(QCoreApplication::applicationPid()).arg(our);
    const QStringList processes = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs);
    for (const QString& process : processes) {
        if (!process.at(0).isDigit()) {
            continue;
        }
        const QString folder = QStringLiteral("/proc/") + process;
        const QStringList descriptors = QDir(folder + QStringLiteral("/fd")).entryList(QDir::Files | QDir::System);
        for (const QString& descriptor : descriptors) {
            struct stat status{};
            const QString path = folder + QStringLiteral("/fd/") + descriptor;
            if (path == ourDescriptor || ::stat(QFile::encodeName(path).constData(), &status) != 0
                || status.st_dev != image.st_dev || status.st_ino != image.st_ino) {
                continue;
            }
            if (!contentOf(folder + QStringLiteral("/fdinfo/") + descriptor).contains("OFDLCK")) {
                continue;
            }
            const QList<QByteArray> arguments = contentOf(folder + QStringLiteral("/cmdline")).split('\0');
            const QString name = processName(folder, arguments);
            const qsizetype nameOption = arguments.indexOf("-name");
            if (nameOption >= 0 && nameOption + 1 < arguments.size()) {
                QString machine = QString::fromUtf8(arguments.at(nameOption + 1));
                machine = machine.startsWith(QLatin1String("guest=")) ? machine.mid(6) : machine;
                return Texts::tr("the machine “%1” (process %2, %3)")
                    .arg(machine.section(QLatin1Char(','), 0, 0), process, name);
            }
            return Texts::tr("%1 (process %2)").arg(name, process);
        }
    }
    return {};
}

// The image behind FD, which is FILE, is not locked by somebody else in a way that forbids USE.
Result<void> checkNotLocked(int fd, const QString& file, ImageUse use)
{
    const std::vector<off_t> bytes = conflictingBytes(use);
    const auto locked = std::ranges::find_if(bytes, [&](off_t byte) { return isLocked(fd, byte); });
    if (locked == bytes.end()) {
        return {};
    }
    struct stat status{};
    const QString holder = ::fstat(fd, &status) == 0 ? holderOf(status, fd) : QString();
    return std::unexpected(Error{ErrorKind::InUse,
        holder.isEmpty() ? Texts::tr("%1 is in use by another program.").arg(file)
                         : Texts::tr("%1 is in use by %2.").arg(file, holder),
        Texts::tr("Close it there first: two programs writing to one image destroy it."),
        QStringLiteral("%1: byte %2 is locked").arg(file).arg(*locked)});
}

} // namespace

Result<void> lockImage(int descriptor, const QString& file, ImageUse use)
{
    // As QEMU does: take first, then look, so that of two that come at once at least one sees the other.
    for (const off_t byte : bytesToHold(use)) {
        struct flock lock = lockOn(byte, F_RDLCK);
        if (::fcntl(descriptor, F_OFD_SETLK, &lock) != 0 && (errno == EAGAIN || errno == EACCES)) {
            break; // somebody holds it for writing, which the look below finds
        }
    }
    return checkNotLocked(descriptor, file, use);
}

Result<void> checkImageNotInUse(const QString& file, ImageUse use)
{
    const UniqueFd fd(::open(QFile::encodeName(file).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd) {
        return std::unexpected(systemError(Texts::tr("Opening the image"), file, errno));
    }
    return checkNotLocked(fd.get(), file, use);
}

} // namespace platter
