// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a program inside a guest through its agent (guest-exec) and waits for its end. The agent's channel is taken
// only for as long as each question takes, so that others get their turn meanwhile. Thread with an event loop.
#pragma once

#include "core/qemu/guest_agent.h"

#include <QStringList>

namespace platter {

struct GuestCommand {
    QString program;
    QStringList arguments = {};
};

struct GuestCommandOutcome {
    int exitCode = 0; // as a shell says it: 128 and the signal for one that a signal ended
    QByteArray output;
    QByteArray errors;
};

// Errors: TimedOut (no agent answers, or the command has not ended within DEADLINE and goes on), Unsupported (the
// guest forbids it), Qemu (there is no such program), Interrupted (the machine has ended).
QCoro::Task<Result<GuestCommandOutcome>> runInGuest(
    RuntimeFolder runtime, GuestCommand command, std::chrono::milliseconds deadline);

} // namespace platter
