// SPDX-License-Identifier: GPL-3.0-or-later
// The machine's network: QEMU's user-mode NAT with ports of this computer that lead into the machine, or none. GUI
// thread; owned by the wizard.
#pragma once

#include "wizards/new_vm/new_vm_page.h"

namespace platter {

class ForwardTable;
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
    void put();

    RadioOption* m_nat;
    ForwardTable* m_forwards;
    RadioOption* m_none;
};

} // namespace platter
