// SPDX-License-Identifier: GPL-3.0-or-later
// The QEMU program: where it is, which version it is, whether it is one that Platter can work with. Any thread with
// an event loop.
#pragma once

#include "core/error.h"

#include <QCoroTask>
#include <QString>

namespace platter {

struct QemuProgram {
    QString path; // absolute
    QString version; // "10.0.6"
};

// qemu-system-x86_64 on the PATH. Its answer to --version is kept in the cache folder by path, time and size of the
// program, so that it is asked once. MissingProgram names the package; Unsupported: older than 7.2; TimedOut;
// Qemu: it does not run, with its own words.
QCoro::Task<Result<QemuProgram>> findQemu(QString cacheFolder);

} // namespace platter
