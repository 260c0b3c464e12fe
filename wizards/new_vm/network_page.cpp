// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_vm/network_page.h"

#include "ui/note_label.h"
#include "wizards/field_message.h"
#include "wizards/new_vm/forward_row.h"
#include "wizards/radio_option.h"

#include <QButtonGroup>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

#include <algorithm>

namespace platter {

NetworkPage::NetworkPage(MachineDraft& draft, std::set<quint16> taken)
    : NewVmPage(draft, tr("Network"), tr("How is the machine connected?"))
    , m_taken(std::move(taken))
    , m_table(new QWidget)
    , m_grid(new QGridLayout(m_table))
    , m_addSsh(new QPushButton(tr("Add &SSH")))
    , m_addWeb(new QPushButton(tr("Add &web")))
    , m_addOther(new QPushButton(tr("Add an&other")))
    , m_message(new FieldMessage(m_addSsh))
{
    auto* group = new QButtonGroup(this);
    m_nat = new RadioOption(tr("Through this &computer (NAT)"),
        tr("The machine reaches what this computer reaches. Nothing out there reaches the machine."), *group);
    m_nat->button()->setObjectName(QStringLiteral("nat"));
    m_none = new RadioOption(tr("No networ&k"), tr("The machine has no network adapter."), *group);
    m_none->button()->setObjectName(QStringLiteral("noNetwork"));
    m_addSsh->setObjectName(QStringLiteral("addSsh"));
    m_addWeb->setObjectName(QStringLiteral("addWeb"));
    m_addSsh->setAccessibleName(tr("Add a forward for SSH, port 22 of the machine"));
    m_addWeb->setAccessibleName(tr("Add a forward for a web server, port 80 of the machine"));
    m_addOther->setAccessibleName(tr("Add a forward for another port"));
    m_addOther->setObjectName(QStringLiteral("addOther"));
    m_message->setObjectName(QStringLiteral("networkMessage"));

    m_grid->setContentsMargins({});
    m_grid->setHorizontalSpacing(8);
    m_grid->setVerticalSpacing(8);
    ForwardRow::addHeader(*m_grid);
    m_table->hide();
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_addSsh);
    buttons->addWidget(m_addWeb);
    buttons->addWidget(m_addOther);
    buttons->addStretch();
    m_nat->body()->addWidget(new NoteLabel(
        tr("A forwarded port of this computer leads into the machine, for programs on this computer only.")));
    m_nat->body()->addWidget(m_table);
    m_nat->body()->addWidget(m_message);
    m_nat->body()->addLayout(buttons);

    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(24, 12, 24, 16);
    whole->setSpacing(16);
    whole->addWidget(m_nat);
    whole->addWidget(m_none);
    whole->addStretch();

    addField({.message = m_message,
        .own = [this](Tone tone) { return rowError(tone); },
        .about = {Choice::Network},
        .applies = [this] { return m_nat->isChosen(); }});

    m_nat->button()->setChecked(true);
    connect(group, &QButtonGroup::buttonToggled, this, [this](const QAbstractButton*, bool on) {
        if (on) {
            put();
        }
    });
    connect(m_addSsh, &QPushButton::clicked, this, [this] { add(freeHostPort(2222), 22); });
    connect(m_addWeb, &QPushButton::clicked, this, [this] { add(freeHostPort(8080), 80); });
    connect(m_addOther, &QPushButton::clicked, this, [this] { add(0, 0); });
}

void NetworkPage::add(quint16 hostPort, quint16 guestPort)
{
    auto* row = new ForwardRow(*m_grid, m_nextGridRow++, this);
    row->setPorts(hostPort, guestPort);
    connect(row, &ForwardRow::edited, this, &NetworkPage::put);
    connect(row, &ForwardRow::removeRequested, this, [this, row] { remove(row); });
    m_rows.push_back(row);
    m_table->show();
    renumber();
    put();
    row->hostPort()->setFocus(Qt::OtherFocusReason);
    row->hostPort()->selectAll();
}

void NetworkPage::remove(ForwardRow* row)
{
    const auto place = m_rows.erase(std::ranges::find(m_rows, row));
    // The keyboard's place is kept: the next row, or the buttons.
    if (m_rows.empty()) {
        m_addSsh->setFocus(Qt::OtherFocusReason);
    } else {
        (place == m_rows.end() ? m_rows.back() : *place)->hostPort()->setFocus(Qt::OtherFocusReason);
    }
    row->takeAway();
    row->deleteLater();
    m_table->setVisible(!m_rows.empty());
    renumber();
    put();
}

void NetworkPage::renumber()
{
    // The tab order follows the rows, which are made after the buttons below them.
    QWidget* before = m_nat->button();
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_rows[i]->setNumber(static_cast<int>(i) + 1);
        before = m_rows[i]->continueTabOrder(before);
    }
    for (QWidget* button : {m_addSsh, m_addWeb, m_addOther}) {
        QWidget::setTabOrder(before, button);
        before = button;
    }
    QWidget::setTabOrder(before, m_none->button());
}

quint16 NetworkPage::freeHostPort(quint16 wanted) const
{
    std::set<quint16> taken = m_taken;
    for (const ForwardRow* row : m_rows) {
        if (const Result<PortForward> forward = row->forward()) {
            taken.insert(forward->hostPort);
        }
    }
    quint16 port = wanted;
    while (taken.contains(port)) {
        ++port;
    }
    return port;
}

std::optional<Error> NetworkPage::rowError(Tone tone) const
{
    for (const ForwardRow* row : m_rows) {
        if (!row->isComplete()) {
            if (tone == Tone::Strict) {
                m_message->setField(row->wrongField());
                return Error{
                    ErrorKind::InvalidInput, tr("A port is missing."), tr("Give both ports, or remove the row.")};
            }
            continue;
        }
        if (const Result<PortForward> forward = row->forward(); !forward) {
            m_message->setField(row->wrongField());
            return forward.error();
        }
    }
    m_message->setField(m_rows.empty() ? static_cast<QWidget*>(m_addSsh) : m_rows.back()->hostPort());
    return std::nullopt;
}

void NetworkPage::put()
{
    Q_EMIT edited();
    std::vector<PortForward> forwards;
    for (const ForwardRow* row : m_rows) {
        if (const Result<PortForward> forward = row->forward()) {
            forwards.push_back(*forward);
        }
    }
    const bool nat = m_nat->isChosen();
    draft().edit(Choice::Network, [&](NewMachine& machine) {
        machine.hasNetwork = nat;
        machine.forwards = nat ? forwards : std::vector<PortForward>{};
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
