// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/definition.h"

#include <QCoreApplication>
#include <QRandomGenerator>
#include <QRegularExpression>

#include <algorithm>

namespace platter {

QString SlotId::toString() const
{
    return QStringLiteral("%1:%2").arg(controller).arg(target);
}

Result<SlotId> SlotId::parse(const QString& text)
{
    static const QRegularExpression pattern(QStringLiteral("^([0-9]{1,3}):([0-9]{1,3})$"));
    const QRegularExpressionMatch match = pattern.match(text);
    const SlotId slot{match.captured(1).toInt(), match.captured(2).toInt()};
    if (!match.hasMatch() || !slot.isValid()) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            QCoreApplication::translate("platter::SlotId", "“%1” is not a slot.").arg(text),
            QCoreApplication::translate(
                "platter::SlotId", "Write the controller, 0 to %1, a colon and the target, 0 to %2, as in 0:3.")
                .arg(maxControllers - 1)
                .arg(slotsPerController - 1)});
    }
    return slot;
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
