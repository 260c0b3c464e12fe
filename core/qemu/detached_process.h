// SPDX-License-Identifier: GPL-3.0-or-later
// A program that runs on its own: in a session of its own, from the root folder, with nothing inherited but what it
// is given, what it says going into a log file. It outlives this object and this process. Any thread; owned by
// whoever wants to know how the start goes.
#pragma once

#include "core/error.h"
#include "core/unique_fd.h"

#include <QProcessEnvironment>
#include <QStringList>

#include <sys/types.h>
#include <vector>

namespace platter {

class DetachedProcess {
public:
    // Program first. It inherits only DESCRIPTORS, as 3 and the following. MissingProgram, or what kept the log
    // from being written.
    static Result<DetachedProcess> start(const QStringList& commandLine, const QString& logFile,
        const QProcessEnvironment& environment, const std::vector<UniqueFd>& descriptors = {});

    pid_t pid() const { return m_pid; }

    bool hasEnded() const;
    // At once, and without a chance to tidy up.
    void kill();

private:
    DetachedProcess(pid_t pid, UniqueFd handle);

    pid_t m_pid;
    UniqueFd m_handle; // a pidfd: stays this process even when its number is given to another one
};

} // namespace platter
