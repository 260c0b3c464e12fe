// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_boot.h"

#include "core/boot/nvram_file.h"
#include "core/live/machine_at_rest.h"

#include <QCoreApplication>

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

} // namespace platter
