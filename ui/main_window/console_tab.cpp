// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/console_tab.h"

#include "ui/console/console_widget.h"
#include "ui/console/vnc_screen.h"
#include "ui/main_window/machine_actions.h"
#include "ui/main_window/machine_screens.h"

#include <QVBoxLayout>

namespace platter {

ConsoleTab::ConsoleTab(MachineActions& actions, MachineScreens& screens, QWidget* parent)
    : QWidget(parent)
    , m_actions(actions)
    , m_screens(screens)
{
    m_console = new ConsoleWidget;
    m_console->setObjectName(QStringLiteral("console"));
    connect(m_console, &ConsoleWidget::actionRequested, this, &ConsoleTab::act);
    connect(&screens, &MachineScreens::consoleScreenChanged, this, &ConsoleTab::connectScreen);
    connect(&m_outlook, &BootOutlook::changed, this, &ConsoleTab::update);
    connect(&m_outlook, &BootOutlook::nothingStarted, this, &ConsoleTab::nothingStarted);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_console);
    setFocusProxy(m_console);
}

ConsoleTab::~ConsoleTab()
{
    m_screens.setConsole(nullptr);
}

void ConsoleTab::setSession(MachineSession* session)
{
    if (m_session == session) {
        return;
    }
    if (m_session) {
        disconnect(m_session, nullptr, this, nullptr);
    }
    m_session = session;
    m_outlook.setSession(session);
    if (session != nullptr) {
        m_console->setAccessibleName(tr("Screen of %1").arg(session->name()));
        connect(session, &MachineSession::stateChanged, this, &ConsoleTab::update);
    }
    if (isVisible()) {
        m_screens.setConsole(session);
    }
    connectScreen();
    update();
}

void ConsoleTab::connectScreen()
{
    m_console->setSource(isVisible() && m_session ? m_screens.screenOf(m_session) : nullptr);
}

void ConsoleTab::update()
{
    if (!m_session) {
        m_console->setNotice(std::nullopt);
        return;
    }
    const std::optional<MachineNotice> notice = noticeFor({.name = m_session->name(),
        .state = m_session->state(),
        .error = m_session->lastError(),
        .canRetryWithoutKvm = m_session->canRetryWithoutKvm(),
        .whyNothingStarts = m_outlook.whyNothingStarts()});
    m_action = notice ? notice->action : NoticeAction::None;
    m_console->setNotice(notice ? std::optional(notice->notice) : std::nullopt);
}

void ConsoleTab::act()
{
    switch (m_action) {
    case NoticeAction::None:
        break;
    case NoticeAction::Start:
        m_actions.start()->trigger();
        break;
    case NoticeAction::StartWithoutKvm:
        m_actions.startWithoutKvm()->trigger();
        break;
    case NoticeAction::Resume:
        m_actions.pause()->trigger();
        break;
    case NoticeAction::Reset:
        m_actions.reset()->trigger();
        break;
    case NoticeAction::PowerOff:
        m_actions.powerOff()->trigger();
        break;
    }
}

void ConsoleTab::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_screens.setConsole(m_session);
    m_outlook.setWatching(true);
    connectScreen();
}

void ConsoleTab::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_outlook.setWatching(false);
    m_console->setSource(nullptr);
    m_screens.setConsole(nullptr);
}

} // namespace platter
