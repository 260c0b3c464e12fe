// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/drive_warning.h"

#include "ui/main_window/message_bar.h"

namespace platter {

namespace {

// A change of a running machine's drives takes less, and passes through such states.
constexpr std::chrono::seconds grace{3};

} // namespace

DriveWarning::DriveWarning(MachineSession* session, MessageBar* bar, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_bar(bar)
{
    m_grace.setSingleShot(true);
    m_grace.setInterval(grace);
    connect(&m_grace, &QTimer::timeout, this, &DriveWarning::say);
    connect(&session->drives(), &MachineDrives::changed, this, &DriveWarning::follow);
    connect(session, &MachineSession::definitionChanged, this, &DriveWarning::follow);
    connect(session, &QObject::destroyed, this, &QObject::deleteLater);
    follow();
}

void DriveWarning::beginAnew()
{
    m_said.reset();
    m_differences.clear();
    follow();
}

void DriveWarning::follow()
{
    const QStringList differences = m_session->drives().differences();
    if (m_differences == differences) {
        return;
    }
    m_differences = differences;
    if (differences.isEmpty()) {
        m_grace.stop();
        takeBack();
    } else {
        m_grace.start();
    }
}

void DriveWarning::say()
{
    const Error error{.summary = m_differences.join(QLatin1Char(' '))};
    if (!m_session || (m_said && m_said->error == error)) {
        return; // whoever has closed it knows
    }
    takeBack();
    m_said = {m_session->name(), error};
    m_bar->add({.subject = m_session->name(),
        .severity = MessageBar::Severity::Warning,
        .error = error,
        .fixes = {{tr("Keep what it has now"), [self = QPointer(this)] {
                       if (self) {
                           self->keep();
                       }
                   }}}});
}

void DriveWarning::takeBack()
{
    if (m_said) {
        m_bar->remove(m_said->subject, m_said->error);
        m_said.reset();
    }
}

void DriveWarning::keep()
{
    if (!m_session) {
        return;
    }
    if (const Result<void> kept = m_session->drives().keepRunning(); !kept) {
        m_said.reset(); // the bar has let go of it
        say();
        Q_EMIT keepingFailed(m_session->name(), kept.error());
    }
}

} // namespace platter
