// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/definition.h"

#include <QCoreApplication>
#include <QRandomGenerator>

#include <algorithm>

namespace platter {

QString SlotId::toString() const
{
    return QStringLiteral("%1:%2").arg(controller).arg(target);
}

Result<SlotId> SlotId::parse(const QString& text)
{
    const auto number = [](QStringView digits) {
        const bool isNumber = !digits.isEmpty() && digits.size() <= 3
            && std::ranges::all_of(digits, [](QChar c) { return c >= u'0' && c <= u'9'; });
        return isNumber ? digits.toInt() : -1;
    };
    const qsizetype colon = text.indexOf(QLatin1Char(':'));
    const SlotId slot{
        number(QStringView(text).left(std::max<qsizetype>(colon, 0))), number(QStringView(text).mid(colon + 1))};
    if (colon < 0 || !slot.isValid()) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            QCoreApplication::translate("platter::SlotId", "“%1” is not a slot.").arg(text),
            QCoreApplication::translate(
                "platter::SlotId", "Write the controller, 0 to %1, a colon and the target, 0 to %2, as in 0:3.")
                .arg(maxControllers - 1)
                .arg(slotsPerController - 1)});
    }
    return slot;
}

QString nameOf(const DiskSource& source)
{
    return std::holds_alternative<QString>(source)   ? QStringLiteral("file")
        : std::holds_alternative<HostDevice>(source) ? QStringLiteral("device")
                                                     : QStringLiteral("network");
}

QString DiskDrive::file() const
{
    const QString* path = std::get_if<QString>(&source);
    return path != nullptr ? *path : QString();
}

QString DiskDrive::where() const
{
    if (const auto* location = std::get_if<NetworkLocation>(&source)) {
        return toString(*location);
    }
    const auto* device = std::get_if<HostDevice>(&source);
    return device != nullptr ? device->path : std::get<QString>(source);
}

QString DiskDrive::shortName() const
{
    const auto* location = std::get_if<NetworkLocation>(&source);
    return location != nullptr ? platter::shortName(*location) : where().section(QLatin1Char('/'), -1);
}

QString Drive::where() const
{
    const auto* disk = std::get_if<DiskDrive>(&what);
    return disk != nullptr ? disk->where() : std::get<DvdDrive>(what).medium;
}

bool Drive::isOnNetwork() const
{
    const auto* disk = std::get_if<DiskDrive>(&what);
    return disk != nullptr && std::holds_alternative<NetworkLocation>(disk->source);
}

const Drive* Definition::driveAt(SlotId slot) const
{
    const auto found = std::ranges::find(drives, slot, &Drive::slot);
    return found == drives.end() ? nullptr : &*found;
}

std::optional<SlotId> Definition::firstFreeSlot() const
{
    for (int controller = 0; controller < controllers; ++controller) {
        for (int target = 0; target < slotsPerController; ++target) {
            if (!driveAt({controller, target})) {
                return SlotId{controller, target};
            }
        }
    }
    return std::nullopt;
}

QString randomMac()
{
    const quint32 bits = QRandomGenerator::system()->generate();
    return QStringLiteral("52:54:00:%1:%2:%3")
        .arg(bits & 0xff, 2, 16, QLatin1Char('0'))
        .arg((bits >> 8) & 0xff, 2, 16, QLatin1Char('0'))
        .arg((bits >> 16) & 0xff, 2, 16, QLatin1Char('0'));
}

} // namespace platter
