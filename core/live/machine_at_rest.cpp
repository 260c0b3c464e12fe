// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_at_rest.h"

#include "core/qemu/firmware.h"
#include "core/qemu/runtime_folder.h"

#include <QCoreApplication>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::MachineAtRest)
};

} // namespace

Result<QString> varsTemplateOf(const Definition& definition, const Places& places)
{
    return findFirmware(places.firmwareDescriptors, definition.firmware.secureBoot)
        .transform([](const Firmware& firmware) { return firmware.varsTemplate; });
}

Result<MachineAtRest> MachineAtRest::take(const QString& name, const Places& places)
{
    Result<StoredMachine> machine = MachineStore(places.machines).load(name);
    if (!machine) {
        return std::unexpected(machine.error());
    }
    const RuntimeFolder runtime = RuntimeFolder::of(places.runtime, machine->definition.id);
    if (const Result<void> made = runtime.create(); !made) {
        return std::unexpected(made.error());
    }
    Result<StartLock> lock = StartLock::take(runtime);
    if (!lock) {
        return std::unexpected(lock.error());
    }
    if (runtime.runningQemu()) {
        return std::unexpected(Error{ErrorKind::WrongState,
            Texts::tr(
                "What the firmware of “%1” keeps can be changed while the machine is off: it holds it as long as "
                "it runs.")
                .arg(name),
            Texts::tr("Shut it down first.")});
    }
    return MachineAtRest{*std::move(machine), *std::move(lock)};
}

} // namespace platter
