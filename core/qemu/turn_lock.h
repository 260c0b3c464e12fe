// SPDX-License-Identifier: GPL-3.0-or-later
// Lets programs take turns at a socket that serves one client: a lock on a file beside it. The operating system
// drops it with the process. Thread with an event loop; owned by whoever talks.
#pragma once

#include "core/error.h"
#include "core/unique_fd.h"

#include <QCoroTask>
#include <QString>

#include <chrono>

namespace platter {

class TurnLock {
public:
    // Waits until the others are done; TimedOut after DEADLINE. The file is made and stays.
    static QCoro::Task<Result<TurnLock>> take(QString file, std::chrono::milliseconds deadline);

    TurnLock() = default; // holds nothing

private:
    explicit TurnLock(UniqueFd file)
        : m_file(std::move(file))
    {
    }

    UniqueFd m_file;
};

} // namespace platter
