// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/host_device.h"

#include "core/disk/block_device.h"
#include "core/uninterrupted.h"
#include "core/unique_fd.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::HostDevice)
};

QStringList linesOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly)
        ? QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts)
        : QStringList();
}

// The kernel writes spaces in its tables as \040.
QString unescaped(QString text)
{
    return text.replace(QLatin1String("\\040"), QLatin1String(" "))
        .replace(QLatin1String("\\011"), QLatin1String("\t"))
        .replace(QLatin1String("\\134"), QLatin1String("\\"));
}

bool isOneOf(const QStringList& family, const QString& node, const DeviceRoots& roots)
{
    const Result<BlockDevice> device = BlockDevice::at(node, roots);
    return device && family.contains(device->name());
}

// Where something of the device is mounted.
QStringList mountPoints(const BlockDevice& device, const DeviceRoots& roots)
{
    const QStringList family = device.family();
    QStringList numbers;
    for (const QString& name : family) {
        numbers << device.number(name);
    }
    QStringList places;
    for (const QString& line : linesOf(roots.proc + QStringLiteral("/self/mountinfo"))) {
        const QStringList fields = line.split(QLatin1Char(' '));
        const qsizetype dash = fields.indexOf(QLatin1String("-"), 6);
        if (dash < 0 || fields.size() < dash + 3) {
            continue;
        }
        // File systems of several devices, as Btrfs, have a number of their own.
        const QString source = unescaped(fields.at(dash + 2));
        if (numbers.contains(fields.at(2))
            || (source.startsWith(QLatin1Char('/')) && isOneOf(family, source, roots))) {
            places << unescaped(fields.at(4));
        }
    }
    return places;
}

bool isSwap(const BlockDevice& device, const DeviceRoots& roots)
{
    const QStringList family = device.family();
    return std::ranges::any_of(linesOf(roots.proc + QStringLiteral("/swaps")), [&](const QString& line) {
        return line.startsWith(QLatin1Char('/'))
            && isOneOf(
                family, unescaped(line.section(QLatin1Char(' '), 0, 0).section(QLatin1Char('\t'), 0, 0)), roots);
    });
}

Result<void> checkNotUsedByHost(const QString& path, const BlockDevice& device, const DeviceRoots& roots)
{
    const auto used = [](const QString& why, const QString& advice) {
        return std::unexpected(Error{ErrorKind::InUse, why, advice, {}});
    };
    const QStringList places = mountPoints(device, roots);
    if (places.contains(QLatin1String("/"))) {
        return std::unexpected(Error{ErrorKind::Unsupported, Texts::tr("This computer runs from %1.").arg(path),
            Texts::tr("A machine that writes to it would destroy the system: choose another disk."), {}});
    }
    if (!places.isEmpty()) {
        return used(Texts::tr("%1 is mounted at %2.").arg(path, places.first()),
            Texts::tr("Unmount it first: two systems that write to one file system destroy it."));
    }
    if (isSwap(device, roots)) {
        return used(Texts::tr("%1 is swap space of this computer.").arg(path),
            Texts::tr("Turn it off first, with swapoff."));
    }
    if (const QString holder = device.holder(); !holder.isEmpty()) {
        return used(Texts::tr("%1 is a part of %2.").arg(path, holder),
            Texts::tr("Take that apart or turn it off first, or choose another disk."));
    }
    return {};
}

Result<void> checkPermissions(const QString& path, const BlockDevice& device, ImageUse use)
{
    const QByteArray node = QFile::encodeName(path);
    struct stat status{};
    if (::stat(node.constData(), &status) != 0) {
        return std::unexpected(systemError(Texts::tr("Opening the disk"), path, errno));
    }
    if ((status.st_mode & S_IWOTH) != 0) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("%1 is too open to be safe: every program on this computer can write to it.").arg(path),
            Texts::tr("Close it first: sudo chmod o-rwx %1").arg(device.node()), {}});
    }
    const int wanted = use == ImageUse::ReadOnly ? R_OK : R_OK | W_OK;
    if (::faccessat(AT_FDCWD, node.constData(), wanted, AT_EACCESS) != 0) {
        const QString user = qEnvironmentVariable("USER", QStringLiteral("USER"));
        return std::unexpected(Error{ErrorKind::PermissionDenied,
            use == ImageUse::ReadOnly ? Texts::tr("You have no permission to read %1.").arg(path)
                                      : Texts::tr("You have no permission to read and write %1.").arg(path),
            Texts::tr("Give it to yourself until the next start of this computer: sudo setfacl -m u:%1:rw %2 – or "
                      "for good, by a rule in /etc/udev/rules.d: SUBSYSTEM==\"block\", "
                      "SYMLINK==\"disk/by-id/%3\", OWNER=\"%1\". Do not join the group disk: it can write to every "
                      "disk, the system's as well.")
                .arg(user, device.node(), QFileInfo(path).fileName()),
            {}});
    }
    return {};
}

Result<void> checkNotOpen(const QString& path, ImageUse use)
{
    // Of a block device O_EXCL says whether somebody has it for himself alone.
    const UniqueFd fd(uninterrupted(
        [&] { return ::open(QFile::encodeName(path).constData(), O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK); }));
    if (!fd && errno == EBUSY) {
        return std::unexpected(
            Error{ErrorKind::InUse, Texts::tr("Another program has %1 open for itself alone.").arg(path),
                Texts::tr("It may be mounted in another place, or a part of RAID or LVM: end that first."), {}});
    }
    if (!fd) {
        return std::unexpected(systemError(Texts::tr("Opening the disk"), path, errno));
    }
    return checkImageNotInUse(path, use);
}

// The higher, the less a name says to people.
int obscurity(const QString& name)
{
    static constexpr std::array<const char*, 8> numbers{
        "wwn-", "nvme-eui.", "nvme-nvme.", "nvme-uuid.", "dm-uuid-", "md-uuid-", "lvm-pv-uuid-", "scsi-3"};
    return std::ranges::any_of(numbers, [&](const char* prefix) { return name.startsWith(QLatin1String(prefix)); })
        ? 1
        : 0;
}

} // namespace

Result<QString> stableDeviceName(const QString& path, const DeviceRoots& roots)
{
    const Result<BlockDevice> device = BlockDevice::at(path, roots);
    if (!device) {
        return std::unexpected(device.error());
    }
    const QString clean = QDir::cleanPath(path);
    if (clean.startsWith(roots.stableNames() + QLatin1Char('/'))) {
        return clean;
    }
    QStringList names;
    const QStringList all =
        QDir(roots.stableNames()).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot);
    for (const QString& name : all) {
        const Result<BlockDevice> candidate = BlockDevice::at(roots.stableNames() + QLatin1Char('/') + name, roots);
        if (candidate && candidate->name() == device->name()) {
            names << name;
        }
    }
    if (names.isEmpty()) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("%1 has no stable name in %2: after the next start of this computer it may be another disk.")
                .arg(path, roots.stableNames()),
            Texts::tr("Choose a disk with a serial number; of a loop device, use the image file."), {}});
    }
    std::ranges::stable_sort(names, {}, obscurity);
    return roots.stableNames() + QLatin1Char('/') + names.first();
}

Result<void> checkHostDevice(const QString& path, ImageUse use, const DeviceRoots& roots)
{
    const Result<BlockDevice> device = BlockDevice::at(path, roots);
    if (!device) {
        return std::unexpected(device.error());
    }
    if (device->isDvdDrive()) {
        return std::unexpected(
            Error{ErrorKind::Unsupported, Texts::tr("%1 is a DVD drive, and no machine gets that.").arg(path),
                Texts::tr("Copy the disc into an ISO file and use that."), {}});
    }
    if (device->size() == ByteCount(0)) {
        return std::unexpected(Error{ErrorKind::NotFound, Texts::tr("There is nothing in %1.").arg(path),
            Texts::tr("Insert its card or disk."), {}});
    }
    if (use == ImageUse::ReadWrite && device->isWriteProtected()) {
        return std::unexpected(Error{ErrorKind::PermissionDenied, Texts::tr("%1 is write-protected.").arg(path),
            Texts::tr("Attach it read-only."), {}});
    }
    return checkNotUsedByHost(path, *device, roots)
        .and_then([&] { return checkPermissions(path, *device, use); })
        .and_then([&] { return checkNotOpen(path, use); });
}

Result<ByteCount> sizeOfHostDevice(const QString& path, const DeviceRoots& roots)
{
    return BlockDevice::at(path, roots).transform([](const BlockDevice& device) { return device.size(); });
}

HolePunching trimOfHostDevice(const QString& path, const DeviceRoots& roots)
{
    const Result<BlockDevice> device = BlockDevice::at(path, roots);
    return device ? device->trim() : HolePunching::Unknown;
}

} // namespace platter
