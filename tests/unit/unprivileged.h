// SPDX-License-Identifier: GPL-3.0-or-later
// For tests of permissions, which root has all of: as long as it lives the process acts as "nobody" when it was
// started by root, and as itself otherwise. Owned by the test; not for threads.
#pragma once

#include <QtGlobal>

#include <unistd.h>

class Unprivileged {
public:
    Unprivileged()
        : m_wasRoot(::geteuid() == 0)
    {
        if (m_wasRoot && ::seteuid(65534) != 0) {
            qFatal("root cannot become nobody here");
        }
    }

    ~Unprivileged()
    {
        if (m_wasRoot && ::seteuid(0) != 0) {
            qFatal("cannot become root again");
        }
    }
    Q_DISABLE_COPY_MOVE(Unprivileged)

private:
    bool m_wasRoot;
};
