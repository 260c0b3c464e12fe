// SPDX-License-Identifier: GPL-3.0-or-later
// Sentences for what goes wrong between a command to QEMU and its answer. Pure functions.
#pragma once

#include "core/error.h"

#include <QJsonObject>

#include <chrono>

namespace platter {

// QEMU's answer to COMMAND: {"class": …, "desc": …}.
Error qmpRefused(const QString& command, const QJsonObject& error);
Error qmpTimedOut(const QString& command, std::chrono::milliseconds deadline);
Error qmpInterrupted(const QString& command);

// QEMU has answered that it did not do what it was told about nodes of its graph. After any other error it may have
// done it, or may do it still.
bool isRefusal(const Error& error);

} // namespace platter
