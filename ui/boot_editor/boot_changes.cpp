// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boot_editor/boot_changes.h"

#include <QCoreApplication>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::BootChanges)
};

std::vector<std::uint16_t> triedBy(const BootOrder& order, const BootOrder& other)
{
    std::vector<std::uint16_t> numbers;
    for (const BootEntry& entry : order.entries()) {
        const BootEntry* same = other.find(entry.number);
        if (entry.isOn && same != nullptr && same->isOn) {
            numbers.push_back(entry.number);
        }
    }
    return numbers;
}

} // namespace

QStringList bootChanges(
    const BootOrder& before, const BootOrder& after, const std::function<QString(const BootEntry& entry)>& nameOf)
{
    QStringList changes;
    QStringList tried;
    for (const BootEntry& entry : after.entries()) {
        const BootEntry* old = before.find(entry.number);
        if (entry.isOn) {
            tried << nameOf(entry);
        }
        if (old == nullptr) {
            changes << Texts::tr("New: %1, for %2").arg(nameOf(entry), std::get<FileTarget>(entry.target).path);
        } else if (old->isOn != entry.isOn) {
            changes
                << (entry.isOn ? Texts::tr("Switched on: %1") : Texts::tr("Switched off: %1")).arg(nameOf(entry));
        }
        if (old != nullptr && old->option.description != entry.option.description) {
            changes << Texts::tr("Renamed: %1 becomes %2").arg(nameOf(*old), nameOf(entry));
        }
    }
    for (const BootEntry& entry : before.entries()) {
        if (after.find(entry.number) == nullptr) {
            changes << Texts::tr("Removed: %1").arg(nameOf(entry));
        }
    }
    if (triedBy(before, after) != triedBy(after, before)) {
        changes << Texts::tr("Order: %1").arg(tried.join(QStringLiteral(", ")));
    }
    if (before.next() != after.next()) {
        const BootEntry* next = after.next() ? after.find(*after.next()) : nullptr;
        changes << (next != nullptr ? Texts::tr("The next start, once: %1").arg(nameOf(*next))
                                    : Texts::tr("The next start is as usual."));
    }
    return changes;
}

} // namespace platter
