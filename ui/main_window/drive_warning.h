// SPDX-License-Identifier: GPL-3.0-or-later
// That a running machine has other drives than its definition says, which it keeps until it is shut down: said in
// the message bar when it lasts, taken back when it is over. One for each machine. GUI thread.
#pragma once

#include "core/live/machine_session.h"

#include <QPointer>
#include <QTimer>

namespace platter {

class MessageBar;

class DriveWarning : public QObject {
    Q_OBJECT

public:
    // PARENT is gone when BAR is. It goes with the session, too.
    DriveWarning(MachineSession* session, MessageBar* bar, QObject* parent);

    // All that the bar said of the machine has been removed: what is so still is said anew.
    void beginAnew();

Q_SIGNALS:
    // The definition could not be made to say what the machine has.
    void keepingFailed(const QString& machine, const platter::Error& why);

private:
    void follow();
    void say();
    void takeBack();
    void keep();

    struct Said {
        QString subject;
        Error error;
    };

    QPointer<MachineSession> m_session;
    MessageBar* m_bar;
    QStringList m_differences; // said or not
    QTimer m_grace;
    std::optional<Said> m_said;
};

} // namespace platter
