// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_removal.h"

#include "core/live/launch_record.h"
#include "core/qemu/start_lock.h"
#include "core/qemu/tpm_emulator.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::MachineRemoval)
};

// Nothing: no QEMU can be this machine's.
std::optional<RuntimeFolder> runtimeOf(const Places& places, const MachineStore& store, const QString& name)
{
    if (const Result<StoredMachine> machine = store.load(name)) {
        const RuntimeFolder runtime = RuntimeFolder::of(places.runtime, machine->definition.id);
        // A copy of a machine's folder has the id of the first, which may run.
        const std::optional<LaunchRecord> record = LaunchRecord::read(runtime);
        const bool isOfAnother = record && record->machine.folder != machine->folder
            && QFileInfo::exists(record->machine.definitionFile());
        return isOfAnother ? std::nullopt : std::optional(runtime);
    }
    // Its id cannot be read; what it was started with knows the name.
    for (const QString& id : QDir(places.runtime).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const RuntimeFolder runtime{places.runtime + QLatin1Char('/') + id};
        if (const auto record = LaunchRecord::read(runtime); record && record->machine.name == name) {
            return runtime;
        }
    }
    return std::nullopt;
}

} // namespace

Result<void> removeMachine(const Places& places, const QString& name, Removal removal)
{
    MachineStore store(places.machines);
    const auto remove = [&] {
        return removal == Removal::ToTrash ? store.moveToTrash(name) : store.deleteForGood(name);
    };
    const std::optional<RuntimeFolder> runtime = runtimeOf(places, store, name);
    if (!runtime) {
        return remove();
    }
    if (const Result<void> made = runtime->create(); !made) {
        return made;
    }
    // Held until the folder is gone: a start finds the lock taken, or nothing to start.
    const Result<StartLock> lock = StartLock::take(*runtime);
    if (!lock) {
        return std::unexpected(lock.error());
    }
    if (runtime->runningQemu()) {
        return std::unexpected(
            Error{ErrorKind::WrongState, Texts::tr("“%1” cannot be deleted while it is up.").arg(name),
                Texts::tr("Shut it down or power it off first."), runtime->path});
    }
    endTpm(*runtime); // that a start which failed may have left
    const Result<void> removed = remove();
    if (removed) {
        // What a crash left behind would speak of a machine that is gone.
        QDir(runtime->path).removeRecursively();
    }
    return removed;
}

} // namespace platter
