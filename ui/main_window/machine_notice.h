// SPDX-License-Identifier: GPL-3.0-or-later
// What the console says about a machine whose screen cannot be used as it is, and what its one button does. A pure
// function over the session's state. GUI thread, for its icon.
#pragma once

#include "core/live/machine_session.h"
#include "ui/console/console_notice.h"

namespace platter {

enum class NoticeAction { None, Start, StartWithoutKvm, Resume, Reset, PowerOff };

struct MachineNotice {
    ConsoleNotice notice;
    NoticeAction action = NoticeAction::None;
};

// What of a session the notice depends on.
struct NoticeSituation {
    QString name;
    MachineState state = MachineState::Off;
    std::optional<Error> error = {};
    bool canRetryWithoutKvm = false;
    QString whyNothingStarts = {}; // of one that is off; empty: something may start
};

// Nothing: the screen can be used, or the console itself knows best what it waits for.
std::optional<MachineNotice> noticeFor(const NoticeSituation& situation);

} // namespace platter
