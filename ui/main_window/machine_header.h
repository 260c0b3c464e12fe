// SPDX-License-Identifier: GPL-3.0-or-later
// The line above the tabs: name, state, processors, memory, up-time, accelerator. Software emulation is a button
// that says why and what would help. GUI thread.
#pragma once

#include "core/live/machine_session.h"

#include <QPointer>
#include <QTimer>
#include <QWidget>

#include <chrono>

class QLabel;
class QToolButton;

namespace platter {

class ElidedLabel;

// "45 s", "3 min", "2 h 5 min", "4 d 2 h".
QString upTimeText(std::chrono::seconds upTime);

class MachineHeader : public QWidget {
    Q_OBJECT

public:
    explicit MachineHeader(QWidget* parent = nullptr);

    void setSession(MachineSession* session);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void update();
    void explainAccelerator();

    QPointer<MachineSession> m_session;
    ElidedLabel* m_name = nullptr;
    QLabel* m_facts = nullptr;
    QToolButton* m_accelerator = nullptr;
    QTimer m_tick; // for the up-time
};

} // namespace platter
