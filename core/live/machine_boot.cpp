// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_boot.h"

#include "core/boot/nvram_file.h"
#include "core/machine/network_boot.h"
#include "core/machine/rules.h"
#include "core/qemu/firmware.h"
#include "core/qemu/runtime_folder.h"
#include "core/qemu/start_lock.h"

#include <QCoreApplication>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::MachineBoot)
};

Result<QString> varsTemplate(const Places& places)
{
    return findFirmware(places.firmwareDescriptors, SecureBoot::Off).transform([](const Firmware& firmware) {
        return firmware.varsTemplate;
    });
}

// The machine, which nobody starts as long as LOCK is there.
struct MachineAtRest {
    StoredMachine machine;
    QString varsTemplate;
    StartLock lock;
};

Result<MachineAtRest> atRest(const QString& name, const Places& places)
{
    Result<StoredMachine> machine = MachineStore(places.machines).load(name);
    if (!machine) {
        return std::unexpected(machine.error());
    }
    Result<QString> vars = varsTemplate(places);
    if (!vars) {
        return std::unexpected(vars.error());
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
                "The boot order of “%1” can be changed while the machine is off: its firmware holds it as long "
                "as it runs.")
                .arg(name),
            Texts::tr("Shut it down first.")});
    }
    return MachineAtRest{*std::move(machine), *std::move(vars), *std::move(lock)};
}

} // namespace

Result<BootOrder> bootOrderOf(const StoredMachine& machine, const Places& places)
{
    return varsTemplate(places)
        .and_then([&](const QString& vars) { return readNvram(machine, vars); })
        .transform([&](const VariableStore& store) { return BootOrder::read(store, machine.definition); });
}

Result<void> changeBootOrder(
    const QString& name, const Places& places, const BootOrder& before, const BootOrder& after)
{
    const Result<MachineAtRest> rest = atRest(name, places);
    if (!rest) {
        return std::unexpected(rest.error());
    }
    Result<VariableStore> variables = readNvram(rest->machine, rest->varsTemplate);
    if (!variables) {
        return std::unexpected(variables.error());
    }
    if (BootOrder::read(*variables, rest->machine.definition) != before) {
        return std::unexpected(Error{ErrorKind::InUse,
            Texts::tr("The boot order of “%1” has been changed meanwhile, by its guest or another program.")
                .arg(name),
            Texts::tr("Look at it again, then change it.")});
    }
    after.write(*variables);
    if (const Result<void> written = writeNvram(rest->machine, *variables); !written) {
        return written;
    }
    const Result<StoredMachine> changed =
        MachineStore(places.machines).update(name, [&after](Definition& definition) -> Result<void> {
            definition.bootOrder = after.devices();
            return {};
        });
    return changed.transform([](const StoredMachine&) { });
}

Result<StoredMachine> changeNetworkBoot(
    const QString& name, const Places& places, AdapterId adapter, const NetworkBoot& boot)
{
    if (const Result<void> usable = checkNetworkBoot(boot); !usable) {
        return std::unexpected(usable.error());
    }
    const Result<MachineAtRest> rest = atRest(name, places);
    if (!rest) {
        return std::unexpected(rest.error());
    }
    return MachineStore(places.machines).update(name, [&](Definition& definition) -> Result<void> {
        if (adapter.index < 0 || adapter.index >= std::ssize(definition.adapters)) {
            return std::unexpected(Error{ErrorKind::InvalidInput,
                Texts::tr("“%1” has no network adapter %2.").arg(name).arg(adapter.index),
                Texts::tr("It has %1, counted from 0.").arg(definition.adapters.size())});
        }
        const std::vector<Violation> before = violations(definition, HostResources::ofThisHost());
        definition.adapters[std::size_t(adapter.index)].boot = boot;
        for (const Violation& violation : violations(definition, HostResources::ofThisHost())) {
            if (!std::ranges::contains(before, violation.rule, &Violation::rule)) {
                return std::unexpected(violation.error);
            }
        }
        return {};
    });
}

Result<QString> resetFirmware(const QString& name, const Places& places)
{
    const Result<MachineAtRest> rest = atRest(name, places);
    return rest ? resetNvram(rest->machine, rest->varsTemplate) : std::unexpected(rest.error());
}

} // namespace platter
