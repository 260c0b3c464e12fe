// SPDX-License-Identifier: GPL-3.0-or-later
// launch.json in the runtime folder: what a running machine was started with, so that a program that finds it
// running knows, even when its definition has been changed or deleted since. Values and short blocking functions;
// any thread.
#pragma once

#include "core/machine/store.h"
#include "core/qemu/accelerator.h"
#include "core/qemu/runtime_folder.h"

#include <QDateTime>
#include <QStringList>

#include <optional>

namespace platter {

struct LaunchRecord {
    StoredMachine machine; // as it was at the start
    pid_t pid = 0; // of the QEMU that this is about
    QDateTime startedAt;
    AcceleratorReport accelerator;
    QString qemuVersion;
    QStringList commandLine;
    qint64 logOffset = 0; // where QEMU's words about this run begin in its log
    QDateTime shutdownAskedAt = {}; // the guest was asked to shut down; invalid: not
    // Somebody has decided to end this QEMU the hard way: no crash when it goes.
    bool endAsked = false;
    // Set when the machine is known to have crashed: kept for programs that come later.
    std::optional<Error> crash = {};

    static QString fileIn(const RuntimeFolder& runtime) { return runtime.path + QStringLiteral("/launch.json"); }

    // Nothing when there is none or it cannot be read.
    static std::optional<LaunchRecord> read(const RuntimeFolder& runtime);
    // Atomic.
    Result<void> write(const RuntimeFolder& runtime) const;
    // Takes the record away, and whatever else a QEMU that has ended left in the folder. Where another program
    // starts the machine again already, nothing happens.
    static void forget(const RuntimeFolder& runtime);
};

} // namespace platter
