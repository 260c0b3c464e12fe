// SPDX-License-Identifier: GPL-3.0-or-later
// The machine's network: QEMU's user-mode NAT with ports of this computer that lead into the machine, or none. GUI
// thread; owned by the wizard.
#pragma once

#include "wizards/new_vm/new_vm_page.h"

class QGridLayout;
class QPushButton;

namespace platter {

class FieldMessage;
class ForwardRow;
class RadioOption;

class NetworkPage : public NewVmPage {
    Q_OBJECT

public:
    // TAKEN are the host ports of other machines: none of them is suggested.
    NetworkPage(MachineDraft& draft, std::set<quint16> taken);

    QString choice() const override;
    void enter() override;
    QWidget* firstField() const override;

private:
    void add(quint16 hostPort, quint16 guestPort);
    void remove(ForwardRow* row);
    void renumber();
    quint16 freeHostPort(quint16 wanted) const;
    void put();
    std::optional<Error> rowError(Tone tone) const;

    std::set<quint16> m_taken;
    RadioOption* m_nat;
    QWidget* m_table;
    QGridLayout* m_grid;
    int m_nextGridRow = 1;
    std::vector<ForwardRow*> m_rows;
    QPushButton* m_addSsh;
    QPushButton* m_addWeb;
    QPushButton* m_addOther;
    FieldMessage* m_message;
    RadioOption* m_none;
};

} // namespace platter
