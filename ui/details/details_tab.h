// SPDX-License-Identifier: GPL-3.0-or-later
// What lies under a machine, for those who want to see it: definition, command line, QMP, serial log. Each page is
// made when it is first shown. GUI thread; owned by the machine's pane.
#pragma once

#include "core/live/machine_session.h"

#include <QPointer>
#include <QTabWidget>

namespace platter {

class DetailsPage;

class DetailsTab : public QTabWidget {
    Q_OBJECT

public:
    explicit DetailsTab(QWidget* parent = nullptr);

    void setSession(MachineSession* session);

private:
    static DetailsPage* makePage(int index);
    void ensurePage(int index);

    QPointer<MachineSession> m_session;
};

} // namespace platter
