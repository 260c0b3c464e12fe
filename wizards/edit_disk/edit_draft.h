// SPDX-License-Identifier: GPL-3.0-or-later
// What the pages of the Edit Disk wizard share: the request, what is known of the file (found out in a worker
// thread; a newer choice supersedes the older one's answer), and the machine that uses it, followed live. GUI
// thread; owned by the wizard; the library must outlive it.
#pragma once

#include "wizards/edit_disk/disk_look.h"
#include "wizards/edit_disk/disk_use.h"
#include "wizards/edit_disk/edit_request.h"

#include <QFutureWatcher>
#include <QTimer>

namespace platter {

class EditDraft : public QObject {
    Q_OBJECT

public:
    enum class When { Now, WhenTypingPauses };

    EditDraft(MachineLibrary& library, QObject* parent);

    const EditRequest& request() const { return m_request; }

    // Anything but the file.
    void edit(const std::function<void(EditRequest&)>& change);

    void setFile(const QString& file, When when);
    // What waits for a pause in typing begins now.
    void hurry();
    // The file has changed, by us.
    void lookAgain();

    bool isLooking() const { return m_looking; }

    // Nothing while the first look is going on.
    const std::optional<Result<DiskLook>>& look() const { return m_look; }

    const DiskLook* disk() const { return m_look && *m_look ? &**m_look : nullptr; }

    const DiskUse& use() const { return m_use; }

    // Why the chosen action cannot be done; nothing while nothing is known.
    std::optional<QString> obstacle() const;

Q_SIGNALS:
    void fileChanged(); // another file
    void looked(); // look() is new
    void useChanged(); // a machine has taken it, or its machine is in another state
    void changed(); // the request

private:
    void begin();
    void follow();

    MachineLibrary& m_library;
    EditRequest m_request;
    DiskUse m_use;
    bool m_looking = false;
    std::optional<Result<DiskLook>> m_look;
    QFutureWatcher<Result<DiskLook>> m_worker;
    QTimer m_pause;
};

} // namespace platter
