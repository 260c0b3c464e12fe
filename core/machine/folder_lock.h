// SPDX-License-Identifier: GPL-3.0-or-later
// A folder's lock among programs and threads: a lock on the file ".lock" in it, which the operating system drops
// with the process. Any thread; owned by whoever is changing the folder, for milliseconds.
#pragma once

#include "core/error.h"
#include "core/unique_fd.h"

#include <optional>

namespace platter {

class FolderLock {
public:
    static QString fileName() { return QStringLiteral(".lock"); }

    // Waits for up to five seconds, then InUse.
    static Result<FolderLock> take(const QString& folder);
    // Nothing when another has it.
    static std::optional<FolderLock> tryTake(const QString& folder);

private:
    explicit FolderLock(UniqueFd fd)
        : m_fd(std::move(fd))
    {
    }

    UniqueFd m_fd;
};

} // namespace platter
