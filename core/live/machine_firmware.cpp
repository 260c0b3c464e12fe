// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_firmware.h"

#include "core/boot/nvram_file.h"
#include "core/live/machine_at_rest.h"
#include "core/qemu/firmware.h"
#include "core/qemu/tpm_emulator.h"

namespace platter {

Result<SecureBootKeys> secureBootKeysOf(const StoredMachine& machine, const Places& places)
{
    return varsTemplateOf(machine.definition, places)
        .and_then([&](const QString& vars) { return readNvramForStart(machine, vars); })
        .and_then(&secureBootKeys);
}

Result<void> checkFirmware(const FirmwareSettings& settings, const QStringList& firmwareDescriptors)
{
    if (const Result<Firmware> firmware = findFirmware(firmwareDescriptors, settings.secureBoot); !firmware) {
        return std::unexpected(firmware.error());
    }
    const Result<QString> tpm = settings.hasTpm ? findTpmEmulator() : Result<QString>(QString());
    return tpm.transform([](const QString&) { });
}

Result<FirmwareSettings> changeFirmware(
    const QString& name, const Places& places, const FirmwareEdit& edit, const std::optional<OwnKeys>& keys)
{
    const Result<MachineAtRest> rest = MachineAtRest::take(name, places);
    if (!rest) {
        return std::unexpected(rest.error());
    }
    StoredMachine machine = rest->machine;
    const Result<void> possible = edit(machine.definition.firmware).and_then([&] {
        return checkFirmware(machine.definition.firmware, places.firmwareDescriptors);
    });
    if (!possible) {
        return std::unexpected(possible.error());
    }
    const Result<QString> vars = varsTemplateOf(machine.definition, places);
    if (!vars) {
        return std::unexpected(vars.error());
    }
    Result<VariableStore> variables = readNvram(machine, *vars);
    if (variables && keys) {
        enrollOwnKeys(*variables, *keys);
        if (const Result<void> written = writeNvram(machine, *variables); !written) {
            return std::unexpected(written.error());
        }
    }
    if (const Result<void> provided = provideNvram(machine, *vars); !provided) {
        return std::unexpected(provided.error());
    }
    return MachineStore(places.machines)
        .update(name, [&](Definition& definition) { return edit(definition.firmware); })
        .transform([](const StoredMachine& written) { return written.definition.firmware; });
}

Result<QString> resetFirmware(const QString& name, const Places& places)
{
    const Result<MachineAtRest> rest = MachineAtRest::take(name, places);
    if (!rest) {
        return std::unexpected(rest.error());
    }
    return varsTemplateOf(rest->machine.definition, places).and_then([&](const QString& vars) {
        return resetNvram(rest->machine, vars);
    });
}

} // namespace platter
