// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the selected machine's firmware finds something to start: before a start by looking at its images, and
// once it runs by what the firmware says on the serial port when it ends in its menu. Everything is read in worker
// threads, while it is watched. GUI thread; owned by the console's tab.
#pragma once

#include "core/live/machine_session.h"

#include <QPointer>
#include <QTimer>

namespace platter {

class BootOutlook : public QObject {
    Q_OBJECT

public:
    explicit BootOutlook(QObject* parent = nullptr);

    void setSession(MachineSession* session);
    void setWatching(bool isWatching);

    // Of a machine that is off: why nothing would start; empty where something may.
    QString whyNothingStarts() const { return m_why; }

Q_SIGNALS:
    void changed();
    // A running machine's firmware has come to the end of its list.
    void nothingStarted(const QString& machine, const platter::Error& why);

private:
    void follow(); // the machine's state or definition
    void examine();
    void readLog();
    void tell();

    QPointer<MachineSession> m_session;
    bool m_isWatching = false;
    bool m_isInMenu = false; // has been told
    bool m_isReading = false;
    qint64 m_logStart = 0; // what was said before is of an earlier start
    QString m_why;
    int m_look = 0; // counts, so that a late answer is known as one
    QTimer m_tick;
};

} // namespace platter
