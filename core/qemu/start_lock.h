// SPDX-License-Identifier: GPL-3.0-or-later
// The lock that a program holds while it starts a machine, so that two programs never start one machine at once.
// The operating system drops it with the process. Any thread; owned by whoever starts.
#pragma once

#include "core/error.h"
#include "core/unique_fd.h"

namespace platter {

struct RuntimeFolder;

class StartLock {
public:
    // Does not wait. InUse: another program is starting this machine right now. The folder must exist.
    static Result<StartLock> take(const RuntimeFolder& runtime);
    // Whether some program starts this machine now; disturbs nobody.
    static bool isTaken(const RuntimeFolder& runtime);

private:
    explicit StartLock(UniqueFd file);

    UniqueFd m_file;
};

} // namespace platter
