// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/roster.h"

#include "core/live/machine_trouble.h"
#include "core/live/running_records.h"
#include "core/machine/name_order.h"

#include <QSet>

#include <algorithm>

namespace platter::ctl {

namespace {

// Adds what runs and is not among the readable ENTRIES.
void addRunning(const Context& context, std::vector<RosterEntry>& entries)
{
    QSet<QString> readable;
    for (const RosterEntry& entry : entries) {
        if (entry.machine) {
            readable.insert(entry.machine->definition.id.toString());
        }
    }
    for (LaunchRecord& record : recordsOfRunning(context.places.runtime)) {
        StoredMachine& machine = record.machine;
        if (readable.contains(machine.definition.id.toString())) {
            continue;
        }
        const auto broken = std::ranges::find_if(
            entries, [&machine](const RosterEntry& entry) { return !entry.machine && entry.name == machine.name; });
        if (broken != entries.end()) {
            broken->machine = std::move(machine);
        } else {
            entries.push_back({machine.name, machine.folder, machine, folderIsGone(machine)});
        }
    }
}

} // namespace

std::vector<RosterEntry> roster(const Context& context)
{
    std::vector<RosterEntry> entries;
    for (StoreEntry& stored : context.store.list()) {
        RosterEntry entry{stored.name, stored.folder, std::nullopt, std::nullopt};
        if (stored.definition) {
            entry.machine = StoredMachine{stored.name, stored.folder, std::move(*stored.definition)};
        } else {
            entry.error = stored.definition.error();
        }
        entries.push_back(std::move(entry));
    }
    const std::size_t stored = entries.size();
    addRunning(context, entries);
    if (entries.size() > stored) {
        sortByName(entries);
    }
    return entries;
}

Result<RosterEntry> findMachine(const Context& context, const QString& name)
{
    Result<StoredMachine> machine = context.store.load(name);
    if (machine) {
        return RosterEntry{machine->name, machine->folder, *machine, std::nullopt};
    }
    for (const RosterEntry& entry : roster(context)) {
        if (entry.name == name && entry.machine && entry.error) {
            return entry;
        }
    }
    return std::unexpected(machine.error());
}

} // namespace platter::ctl
