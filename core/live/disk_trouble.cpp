// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/disk_trouble.h"

#include <QCoreApplication>
#include <QFile>

#include <fcntl.h>
#include <unistd.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::DiskTrouble)
};

} // namespace

ImageAccess accessTo(const QString& file)
{
    const QByteArray path = QFile::encodeName(file);
    if (::faccessat(AT_FDCWD, path.constData(), F_OK, AT_EACCESS) != 0) {
        return ImageAccess::Missing;
    }
    return ::faccessat(AT_FDCWD, path.constData(), W_OK, AT_EACCESS) == 0 ? ImageAccess::Writable
                                                                          : ImageAccess::ReadOnly;
}

std::optional<ImageUser> imageUserIn(const StoredMachine& machine, const QString& file)
{
    for (const Drive& drive : machine.definition.drives) {
        const auto* disk = std::get_if<DiskDrive>(&drive.what);
        if (disk != nullptr && disk->where() == file) {
            return ImageUser{machine.name, drive.slot, disk->isReadOnly};
        }
    }
    return std::nullopt;
}

std::optional<DiskTrouble> troubleOf(
    const DiskDrive& disk, ImageAccess access, const std::optional<ImageUser>& otherUser)
{
    if (access == ImageAccess::Missing) {
        return DiskTrouble{DiskTrouble::Kind::Missing, Texts::tr("The file %1 is not there.").arg(disk.where()),
            Texts::tr("Say where it is now, use another image, or remove the disk.")};
    }
    if (access == ImageAccess::ReadOnly && !disk.isReadOnly) {
        return DiskTrouble{DiskTrouble::Kind::ReadOnlyStorage,
            Texts::tr("The file %1 cannot be written to: its storage or its permissions forbid it.")
                .arg(disk.where()),
            Texts::tr("Attach it read-only, or use an image that can be written to.")};
    }
    if (otherUser && !(disk.isReadOnly && otherUser->isReadOnly)) {
        return DiskTrouble{DiskTrouble::Kind::Shared,
            Texts::tr("The file %1 is disk %2 of “%3” as well, so that only one of the two machines can run at a "
                      "time.")
                .arg(disk.where(), otherUser->slot.toString(), otherUser->machine),
            Texts::tr("Attach it read-only in both, or use another image here.")};
    }
    return std::nullopt;
}

QString nameOf(DiskTrouble::Kind kind)
{
    switch (kind) {
    case DiskTrouble::Kind::Missing:
        return QStringLiteral("missing");
    case DiskTrouble::Kind::ReadOnlyStorage:
        return QStringLiteral("read-only-storage");
    case DiskTrouble::Kind::Shared:
        return QStringLiteral("shared");
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace platter
