// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's settings: pages that edit one draft of its definition. Nothing is written before OK, and nothing that
// others have changed meanwhile is overwritten. GUI thread; deletes itself when it is closed.
#pragma once

#include "core/live/machine_session.h"

#include <QDialog>
#include <QPointer>

#include <set>

class QListWidget;
class QStackedWidget;

namespace platter {

class FieldMessage;
class SettingsPage;

class SettingsDialog : public QDialog {
    Q_OBJECT

public:
    // TAKEN are ports of this computer that lead to machines.
    SettingsDialog(MachineSession& session, std::set<quint16> taken, QWidget* parent = nullptr);

    void accept() override;

private:
    void addPages(std::set<quint16> taken);
    void add(SettingsPage* page);
    void load();
    Definition draft() const;
    void followSession();
    // What is wrong, or what waits for the next start.
    void tell();
    void tellOfOthers();
    void showPage(int index);
    void write();

    QPointer<MachineSession> m_session;
    Definition m_before; // what the draft was made of
    bool m_isWriting = false;
    std::vector<SettingsPage*> m_pages;
    QListWidget* m_list;
    QStackedWidget* m_stack;
    FieldMessage* m_message;
};

} // namespace platter
