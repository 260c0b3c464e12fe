// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's folder while it is being made or deleted: under a temporary name that no list shows, locked. What a
// killed program leaves behind under such a name is told from one in use by its lock. Blocking; owned by whoever
// makes it.
#pragma once

#include "core/machine/folder_lock.h"

#include <memory>

namespace platter {

class PartialFolder {
public:
    // Makes the folder in PARENT, mode 0700. WHAT begins the sentence of an error. Under the store's lock.
    static Result<std::unique_ptr<PartialFolder>> make(const QString& what, const QString& parent);
    // Removes what killed programs left in PARENT. Under the store's lock, so that no folder is taken for a
    // leftover between being made and being locked.
    static void removeLeftovers(const QString& parent);
    // Deletes FOLDER with all that is in it: first out of sight, so that there is never half a machine to be seen.
    static Result<void> removeWhole(const QString& folder);

    ~PartialFolder(); // removes the folder unless it was kept
    Q_DISABLE_COPY_MOVE(PartialFolder)

    const QString& path() const { return m_path; }

    // It has its final name now, and is still removed unless it is kept.
    void renamedTo(const QString& path) { m_path = path; }

    void keep() { m_path.clear(); }

private:
    PartialFolder(QString path, FolderLock lock);

    QString m_path;
    FolderLock m_lock;
};

} // namespace platter
