// SPDX-License-Identifier: GPL-3.0-or-later
// Scripts that the guest's agent runs: for a POSIX shell in Linux, for PowerShell in Windows. Thread with an event
// loop.
#pragma once

#include "core/live/guest_system.h"
#include "core/qemu/guest_command.h"

namespace platter {

// Errors: TimedOut (no agent answers), Unsupported (another system than these).
QCoro::Task<Result<GuestSystem>> guestSystem(RuntimeFolder runtime);

// What the script prints. WHAT names it where it fails: "looking at the disk". Errors: as runInGuest() has them,
// and Qemu where the script fails, with its own words in the detail.
QCoro::Task<Result<QByteArray>> runScript(
    RuntimeFolder runtime, GuestSystem system, QString script, QString what, std::chrono::milliseconds deadline);

// The beginning of a script for Linux: $name is the kernel's name for the disk with SERIAL (sda), or empty.
QString findDiskScript(const QString& serial);

// As it is, of one as the kernel writes it in mountinfo, with \040 for a blank (proc_pid_mountinfo(5)).
QString unescapedMountPoint(const QByteArray& text);

} // namespace platter
