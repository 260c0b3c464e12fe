// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_vm/network_page.h"

#include "ui/fields/field_message.h"
#include "ui/fields/forward_table.h"
#include "ui/note_label.h"
#include "wizards/radio_option.h"

#include <QButtonGroup>
#include <QRadioButton>
#include <QVBoxLayout>

#include <utility>

namespace platter {

NetworkPage::NetworkPage(MachineDraft& draft, std::set<quint16> taken)
    : NewVmPage(draft, tr("Network"), tr("How is the machine connected?"))
    , m_forwards(new ForwardTable(std::move(taken)))
{
    auto* group = new QButtonGroup(this);
    m_nat = new RadioOption(tr("Through this &computer (NAT)"),
        tr("The machine reaches what this computer reaches. Nothing out there reaches the machine."), *group);
    m_nat->button()->setObjectName(QStringLiteral("nat"));
    m_none = new RadioOption(tr("No networ&k"), tr("The machine has no network adapter."), *group);
    m_none->button()->setObjectName(QStringLiteral("noNetwork"));
    m_forwards->message()->setObjectName(QStringLiteral("networkMessage"));
    m_nat->body()->addWidget(new NoteLabel(
        tr("A forwarded port of this computer leads into the machine, for programs on this computer only.")));
    m_nat->body()->addWidget(m_forwards);

    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(24, 12, 24, 16);
    whole->setSpacing(16);
    whole->addWidget(m_nat);
    whole->addWidget(m_none);
    whole->addStretch();

    m_forwards->continueTabOrder(m_nat->button());
    addField({.message = m_forwards->message(),
        .own =
            [this](Tone tone) {
                return m_forwards->problem(
                    tone == Tone::Strict ? ForwardTable::Missing::Refused : ForwardTable::Missing::Allowed);
            },
        .about = {Choice::Network},
        .applies = [this] { return m_nat->isChosen(); }});

    m_nat->button()->setChecked(true);
    connect(group, &QButtonGroup::buttonToggled, this, [this](const QAbstractButton*, bool on) {
        if (on) {
            put();
        }
    });
    connect(m_forwards, &ForwardTable::edited, this, &NetworkPage::put);
}

void NetworkPage::put()
{
    Q_EMIT edited();
    const bool nat = m_nat->isChosen();
    draft().edit(Choice::Network, [&](NewMachine& machine) {
        machine.hasNetwork = nat;
        machine.forwards = nat ? m_forwards->forwards() : std::vector<PortForward>{};
    });
}

QString NetworkPage::choice() const
{
    const NewMachine& machine = draft().choices();
    if (!machine.hasNetwork) {
        return tr("None");
    }
    switch (machine.forwards.size()) {
    case 0:
        return tr("NAT");
    case 1:
        return tr("NAT, 1 port");
    default:
        return tr("NAT, %1 ports").arg(machine.forwards.size());
    }
}

void NetworkPage::enter()
{
    if (draft().choices().bootFromNetwork) {
        m_none->setImpossible(tr("Not possible: the machine starts from the network, which needs an adapter."));
        if (m_none->isChosen()) {
            m_nat->button()->setChecked(true);
        }
    } else {
        m_none->setPossible(tr("The machine has no network adapter."));
    }
    refresh();
}

QWidget* NetworkPage::firstField() const
{
    return m_nat->isChosen() ? m_nat->button() : m_none->button();
}

} // namespace platter
