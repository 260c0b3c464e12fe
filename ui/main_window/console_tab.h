// SPDX-License-Identifier: GPL-3.0-or-later
// The selected machine's console: its screen while it is shown, and the notice that goes with its state. GUI
// thread; owned by the machine's pane.
#pragma once

#include "ui/main_window/boot_outlook.h"
#include "ui/main_window/machine_notice.h"

#include <QPointer>
#include <QWidget>

namespace platter {

class ConsoleWidget;
class MachineActions;
class MachineScreens;

class ConsoleTab : public QWidget {
    Q_OBJECT

public:
    ConsoleTab(MachineActions& actions, MachineScreens& screens, QWidget* parent = nullptr);
    ~ConsoleTab() override;

    void setSession(MachineSession* session);

    ConsoleWidget* console() const { return m_console; }

Q_SIGNALS:
    // As BootOutlook says it.
    void nothingStarted(const QString& machine, const platter::Error& why);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void update();
    void connectScreen();
    void act();

    MachineActions& m_actions;
    MachineScreens& m_screens;
    QPointer<MachineSession> m_session;
    ConsoleWidget* m_console = nullptr;
    BootOutlook m_outlook;
    NoticeAction m_action = NoticeAction::None;
};

} // namespace platter
