// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/disk_format.h"

namespace platter {

QString nameOf(DiskFormat format)
{
    switch (format) {
    case DiskFormat::Vhdx:
        return QStringLiteral("vhdx");
    case DiskFormat::Qcow2:
        return QStringLiteral("qcow2");
    case DiskFormat::Raw:
        return QStringLiteral("raw");
    }
    Q_UNREACHABLE_RETURN({});
}

QString displayName(DiskFormat format)
{
    return format == DiskFormat::Vhdx ? QStringLiteral("VHDX") : nameOf(format);
}

std::optional<DiskFormat> diskFormatFromString(const QString& text)
{
    for (const DiskFormat format : {DiskFormat::Vhdx, DiskFormat::Qcow2, DiskFormat::Raw}) {
        if (text.compare(nameOf(format), Qt::CaseInsensitive) == 0) {
            return format;
        }
    }
    return std::nullopt;
}

} // namespace platter
