// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/block_device.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <sys/stat.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::BlockDevice)
};

constexpr std::uint64_t sysfsSector = 512; // whatever the device's own sectors are

bool isBlockDevice(const QString& path)
{
    struct stat status{};
    return ::stat(QFile::encodeName(path).constData(), &status) == 0 && S_ISBLK(status.st_mode);
}

} // namespace

BlockDevice::BlockDevice(QString name, DeviceRoots roots)
    : m_name(std::move(name))
    , m_roots(std::move(roots))
{
    const QFileInfo folder(folderOf(m_name));
    m_disk = QFile::exists(folder.filePath() + QStringLiteral("/partition"))
        ? QFileInfo(folder.canonicalFilePath()).dir().dirName()
        : m_name;
}

Result<BlockDevice> BlockDevice::at(const QString& path, const DeviceRoots& roots)
{
    const QString node = QFileInfo(path).canonicalFilePath();
    if (node.isEmpty()) {
        return std::unexpected(Error{ErrorKind::NotFound, Texts::tr("There is no disk %1.").arg(path),
            Texts::tr("Check whether it is plugged in and switched on."), {}});
    }
    const QString dev = QFileInfo(roots.dev).canonicalFilePath() + QLatin1Char('/');
    // The kernel writes ! where a node is in a folder.
    const QString name = (node.startsWith(dev) ? node.mid(dev.size()) : QFileInfo(node).fileName())
                             .replace(QLatin1Char('/'), QLatin1Char('!'));
    if ((!node.startsWith(dev) && !isBlockDevice(node))
        || !QFile::exists(roots.sys + QStringLiteral("/class/block/") + name)) {
        return std::unexpected(
            Error{ErrorKind::InvalidInput, Texts::tr("%1 is no disk of this computer.").arg(path),
                Texts::tr("Name one of those in %1.").arg(roots.stableNames()), {}});
    }
    return BlockDevice(name, roots);
}

QString BlockDevice::node() const
{
    return m_roots.dev + QLatin1Char('/') + QString(m_name).replace(QLatin1Char('!'), QLatin1Char('/'));
}

QString BlockDevice::folderOf(const QString& name) const
{
    return m_roots.sys + QStringLiteral("/class/block/") + name;
}

QString BlockDevice::read(const QString& name, const char* file) const
{
    QFile source(folderOf(name) + QLatin1Char('/') + QLatin1String(file));
    return source.open(QIODevice::ReadOnly) ? QString::fromUtf8(source.readAll()).trimmed() : QString();
}

QStringList BlockDevice::partitionsOf(const QString& name) const
{
    QStringList partitions;
    const QDir folder(folderOf(name));
    const QStringList inside = folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& entry : inside) {
        if (folder.exists(entry + QStringLiteral("/partition"))) {
            partitions << entry;
        }
    }
    return partitions;
}

QStringList BlockDevice::holdersOf(const QString& name) const
{
    return QDir(folderOf(name) + QStringLiteral("/holders")).entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
}

QStringList BlockDevice::parts() const
{
    return QStringList{m_name} + (isPartition() ? QStringList{m_disk} : partitionsOf(m_name));
}

QStringList BlockDevice::family() const
{
    QStringList names = parts();
    for (qsizetype i = 0; i < names.size(); ++i) { // it grows
        QStringList more = holdersOf(names.at(i));
        if (i >= parts().size()) {
            more += partitionsOf(names.at(i));
        }
        for (const QString& name : std::as_const(more)) {
            if (!names.contains(name)) {
                names << name;
            }
        }
    }
    return names;
}

QString BlockDevice::holder() const
{
    for (const QString& part : parts()) {
        for (const QString& holder : holdersOf(part)) {
            const QString kind = read(holder, "dm/uuid");
            const QString name = read(holder, "dm/name");
            const QString called = name.isEmpty() ? holder : name;
            return kind.startsWith(QLatin1String("LVM-"))  ? Texts::tr("%1 (LVM)").arg(called)
                : kind.startsWith(QLatin1String("CRYPT-")) ? Texts::tr("%1 (encrypted)").arg(called)
                : holder.startsWith(QLatin1String("md"))   ? Texts::tr("%1 (RAID)").arg(called)
                                                           : called;
        }
    }
    return {};
}

QString BlockDevice::number(const QString& name) const
{
    return read(name, "dev");
}

ByteCount BlockDevice::size() const
{
    return ByteCount(read(m_name, "size").toULongLong() * sysfsSector);
}

bool BlockDevice::isWriteProtected() const
{
    return read(m_name, "ro") == QLatin1String("1");
}

HolePunching BlockDevice::trim() const
{
    bool isNumber = false;
    const qulonglong most = read(m_disk, "queue/discard_max_bytes").toULongLong(&isNumber);
    return !isNumber ? HolePunching::Unknown : most > 0 ? HolePunching::Works : HolePunching::Fails;
}

} // namespace platter
