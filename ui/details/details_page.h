// SPDX-License-Identifier: GPL-3.0-or-later
// One text of the details tab: a line that says what it is, a button that copies it, the text itself. A page does
// its work only while it is shown. GUI thread.
#pragma once

#include "core/live/machine_session.h"

#include <QPointer>
#include <QWidget>

class QLabel;
class QToolButton;

namespace platter {

class CodeView;

class DetailsPage : public QWidget {
    Q_OBJECT

public:
    void setSession(MachineSession* session);

protected:
    // TITLE names the text for screen readers, COPY says what the button does. PREFIX as CodeView's.
    DetailsPage(const QString& definition, const QString& title, const QString& copy, int prefix = 0);

    // Brings the text up to date; called when the page is shown and when the session is another one.
    virtual void refresh() = 0;
    // The session is about to be another one, or none.
    virtual void leave(MachineSession* old);

    MachineSession* session() const { return m_session; }

    CodeView* view() const { return m_view; }

    void setNote(const QString& note);

    void showEvent(QShowEvent* event) override;

private:
    QPointer<MachineSession> m_session;
    QLabel* m_note = nullptr;
    QToolButton* m_copy = nullptr;
    CodeView* m_view = nullptr;
};

} // namespace platter
