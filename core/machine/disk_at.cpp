// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/disk_at.h"

#include "core/disk/host_device.h"
#include "core/machine/rules.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::DiskAt)
};

DiskFormat usualFormat(const NetworkLocation& location)
{
    return shortName(location).endsWith(QLatin1String(".qcow2"), Qt::CaseInsensitive) ? DiskFormat::Qcow2
                                                                                      : DiskFormat::Raw;
}

} // namespace

Result<DiskDrive> diskAt(const QString& where, std::optional<DiskFormat> format)
{
    if (isLocation(where)) {
        return parseLocation(where).transform([&](const NetworkLocation& location) {
            return DiskDrive{.source = location,
                .format = format.value_or(usualFormat(location)),
                .isReadOnly = isOnlyRead(location)};
        });
    }
    const QString path = QDir::cleanPath(QFileInfo(where).absoluteFilePath());
    if (isDevicePath(path)) {
        if (format && *format != DiskFormat::Raw) {
            return std::unexpected(Error{ErrorKind::InvalidInput,
                Texts::tr("%1 is a disk of this computer, whose content is the guest's disk as it is.").arg(where),
                Texts::tr("Leave the format out."), {}});
        }
        return stableDeviceName(path).transform([](const QString& device) {
            return DiskDrive{.source = HostDevice{device}, .format = DiskFormat::Raw};
        });
    }
    return DiskDrive{.source = path, .format = format.value_or(DiskFormat::Vhdx)};
}

} // namespace platter
