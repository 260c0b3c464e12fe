// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's nvram.fd: the flash that keeps its firmware's variables, made from the firmware's template. It is
// read at any time and changed only while the machine is off, which callers see to (StartLock). Before every change
// the old file is copied to the folder nvram-backups beside it. Blocking, short; any thread.
#pragma once

#include "core/boot/variable_store.h"
#include "core/machine/store.h"

namespace platter {

// The newest backups that are kept.
inline constexpr int nvramBackups = 10;

// What the machine's firmware will find: the variables in its nvram.fd, or before its first start those in
// TEMPLATE. Corrupt: the file is damaged, or belongs to a firmware with another flash.
Result<VariableStore> readNvram(const StoredMachine& machine, const QString& varsTemplate);

// Does nothing where the file holds these variables already.
Result<void> writeNvram(const StoredMachine& machine, const VariableStore& variables);

// As readNvram(), with the keys in it that the machine's mode of Secure Boot needs. Errors also those of
// setSecureBoot().
Result<VariableStore> readNvramForStart(const StoredMachine& machine, const QString& varsTemplate);

// For a start: makes the file where there is none, and writes the keys into it that the machine's mode of Secure
// Boot needs and the boot order as BootOrder has it.
Result<void> provideNvram(const StoredMachine& machine, const QString& varsTemplate);

// Forgets all variables, whatever state they are in, except for keys of the user's own that can still be read;
// gives the boot order that the definition has. The result is the backup, empty where there was nothing to forget.
Result<QString> resetNvram(const StoredMachine& machine, const QString& varsTemplate);

} // namespace platter
