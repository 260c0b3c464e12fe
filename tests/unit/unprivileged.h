// SPDX-License-Identifier: GPL-3.0-or-later
// For tests of permissions, which root has all of: as long as it lives the process acts as "nobody" when it was
// started by root, and as itself otherwise. Owned by the test; not for threads.
#pragma once

#include <QtGlobal>

#include <grp.h>
#include <unistd.h>
#include <vector>

class Unprivileged {
public:
    Unprivileged()
        : m_wasRoot(::geteuid() == 0)
    {
        if (!m_wasRoot) {
            return;
        }
        m_groups.resize(static_cast<std::size_t>(::getgroups(0, nullptr)));
        if (::getgroups(static_cast<int>(m_groups.size()), m_groups.data()) < 0 || ::setgroups(0, nullptr) != 0
            || ::setegid(nobody) != 0 || ::seteuid(nobody) != 0) {
            qFatal("root cannot become nobody here");
        }
    }

    ~Unprivileged()
    {
        if (m_wasRoot
            && (::seteuid(0) != 0 || ::setegid(0) != 0 || ::setgroups(m_groups.size(), m_groups.data()) != 0)) {
            qFatal("cannot become root again");
        }
    }
    Q_DISABLE_COPY_MOVE(Unprivileged)

private:
    static constexpr int nobody = 65534;
    bool m_wasRoot;
    std::vector<gid_t> m_groups;
};
