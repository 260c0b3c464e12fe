// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_boot.h"

#include "core/boot/nvram_file.h"
#include "core/live/machine_at_rest.h"
#include "core/live/machine_firmware.h"
#include "core/machine/network_boot.h"
#include "core/machine/rules.h"

#include <QCoreApplication>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::MachineBoot)
};

} // namespace

Result<BootOrder> bootOrderOf(const StoredMachine& machine, const Places& places)
{
    return varsTemplateOf(machine.definition, places)
        .and_then([&](const QString& vars) { return readNvram(machine, vars); })
        .transform([&](const VariableStore& store) { return BootOrder::read(store, machine.definition); });
}

std::vector<BootFinding> examineBootOf(const StoredMachine& machine, const BootOrder& order, const Places& places)
{
    const bool isOn = machine.definition.firmware.secureBoot != SecureBoot::Off;
    return examineBoot(
        order, machine.definition, isOn ? secureBootKeysOf(machine, places) : Result<SecureBootKeys>());
}

Result<void> changeBootOrder(
    const QString& name, const Places& places, const BootOrder& before, const BootOrder& after)
{
    const Result<MachineAtRest> rest = MachineAtRest::take(name, places);
    if (!rest) {
        return std::unexpected(rest.error());
    }
    const Result<QString> vars = varsTemplateOf(rest->machine.definition, places);
    if (!vars) {
        return std::unexpected(vars.error());
    }
    Result<VariableStore> variables = readNvram(rest->machine, *vars);
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
    const Result<MachineAtRest> rest = MachineAtRest::take(name, places);
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

} // namespace platter
