// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's firmware as a person reads and changes it: the definition's settings and the keys in NVRAM together.
// Blocking, short; any thread.
#pragma once

#include "core/boot/secure_boot.h"
#include "core/machine/store.h"
#include "core/places.h"

#include <functional>

namespace platter {

// As the next start will find them, or has them now. Errors: those of findFirmware(), readNvram() and
// setSecureBoot().
Result<SecureBootKeys> secureBootKeysOf(const StoredMachine& machine, const Places& places);

// Whether this host has what the settings need: firmware and swtpm. MissingFirmware, MissingProgram.
Result<void> checkFirmware(const FirmwareSettings& settings, const QStringList& firmwareDescriptors);

// Gives the machine what EDIT makes of its settings, and KEYS where there are any, whose mode is OwnKeys. The keys
// are in NVRAM when this has ended, so that what is wrong with them is said now. The result is the new settings.
// Errors: EDIT's, and as above; MissingProgram: a TPM, and no swtpm. WrongState: the machine runs. InUse: somebody
// starts it now.
using FirmwareEdit = std::function<Result<void>(FirmwareSettings& settings)>;
Result<FirmwareSettings> changeFirmware(
    const QString& machine, const Places& places, const FirmwareEdit& edit, const std::optional<OwnKeys>& keys);

// Forgets all the firmware's variables, whatever state they are in. The result is the file that keeps them, empty
// where there were none. Errors as above.
Result<QString> resetFirmware(const QString& machine, const Places& places);

} // namespace platter
