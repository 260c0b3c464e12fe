// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/adapter_card.h"

#include "core/machine/host_bridge.h"
#include "ui/fields/field_message.h"
#include "ui/fields/forward_table.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>

namespace platter {

AdapterCard::AdapterCard(const std::set<quint16>& taken)
    : m_form(new QFormLayout(this))
    , m_network(new QComboBox)
    , m_bridge(new QComboBox)
    , m_bridgeMessage(new FieldMessage(m_bridge))
    , m_mac(new QLineEdit)
    , m_newMac(new QPushButton(tr("New address")))
    , m_isConnected(new QCheckBox(tr("The cable is plugged in")))
    , m_forwards(new ForwardTable(taken))
    , m_message(new FieldMessage(m_mac))
    , m_remove(new QPushButton(tr("Remove this adapter")))
{
    m_network->addItems({tr("Through this computer (NAT)"), tr("On a bridge of this computer")});
    m_bridge->setEditable(true);
    m_bridge->setInsertPolicy(QComboBox::NoInsert);
    m_bridge->setMinimumContentsLength(16); // the longest name that a bridge can have
    m_bridge->addItems(hostBridges());
    m_bridge->lineEdit()->setPlaceholderText(QStringLiteral("br0"));
    m_newMac->setAutoDefault(false);
    m_remove->setAutoDefault(false);
    m_network->setObjectName(QStringLiteral("network"));
    m_bridge->setObjectName(QStringLiteral("bridge"));
    m_mac->setObjectName(QStringLiteral("mac"));
    m_newMac->setObjectName(QStringLiteral("newMac"));
    m_isConnected->setObjectName(QStringLiteral("connected"));
    m_message->setObjectName(QStringLiteral("adapterMessage"));
    m_remove->setObjectName(QStringLiteral("removeAdapter"));

    auto* address = new QHBoxLayout;
    address->setSpacing(8);
    address->addWidget(m_mac, 1);
    address->addWidget(m_newMac);
    m_form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    m_form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    m_form->addRow(tr("Network:"), m_network);
    m_form->addRow(tr("Bridge:"), m_bridge);
    m_form->addRow(QString(), m_bridgeMessage);
    m_form->addRow(tr("Address:"), address);
    m_form->addRow(QString(), m_isConnected);
    m_form->addRow(tr("Ports:"), m_forwards);
    m_form->addRow(m_message);
    m_form->addRow(QString(), m_remove);

    connect(m_network, &QComboBox::activated, this, [this] {
        showNetwork();
        Q_EMIT edited();
    });
    connect(m_bridge, &QComboBox::currentTextChanged, this, [this] {
        tellOfBridge();
        Q_EMIT edited();
    });
    connect(m_mac, &QLineEdit::textEdited, this, &AdapterCard::edited);
    connect(m_newMac, &QPushButton::clicked, this, [this] {
        m_mac->setText(randomMac());
        Q_EMIT edited();
    });
    connect(m_isConnected, &QCheckBox::toggled, this, &AdapterCard::edited);
    connect(m_forwards, &ForwardTable::edited, this, &AdapterCard::edited);
    connect(m_remove, &QPushButton::clicked, this, &AdapterCard::removeRequested);
}

void AdapterCard::setNumber(int number)
{
    setObjectName(QStringLiteral("adapter%1").arg(number));
    setTitle(tr("Network adapter %1").arg(number));
    m_network->setAccessibleName(tr("Network of adapter %1").arg(number));
    m_bridge->setAccessibleName(tr("Bridge of adapter %1").arg(number));
    m_bridge->lineEdit()->setAccessibleName(tr("Bridge of adapter %1").arg(number));
    m_mac->setAccessibleName(tr("Address of adapter %1").arg(number));
    m_newMac->setAccessibleName(tr("New address for adapter %1").arg(number));
    m_isConnected->setAccessibleName(tr("The cable of adapter %1 is plugged in").arg(number));
    m_remove->setAccessibleName(tr("Remove adapter %1").arg(number));
}

void AdapterCard::setAdapter(const NetworkAdapter& adapter)
{
    const QSignalBlocker quiet(this);
    m_rest = adapter;
    m_network->setCurrentIndex(adapter.bridge.isEmpty() ? 0 : 1);
    if (!adapter.bridge.isEmpty()) {
        m_bridge->setEditText(adapter.bridge);
    }
    m_mac->setText(adapter.mac);
    m_isConnected->setChecked(adapter.isConnected);
    m_forwards->setForwards(adapter.forwards);
    showNetwork();
}

NetworkAdapter AdapterCard::adapter() const
{
    NetworkAdapter adapter = m_rest;
    adapter.mac = m_mac->text().trimmed().toLower();
    adapter.isConnected = m_isConnected->isChecked();
    adapter.bridge = isOnBridge() ? m_bridge->currentText().trimmed() : QString();
    if (isOnBridge()) {
        adapter.boot = {}; // NAT's own
    }
    adapter.forwards = isOnBridge() ? std::vector<PortForward>() : m_forwards->forwards();
    return adapter;
}

bool AdapterCard::isOnBridge() const
{
    return m_network->currentIndex() == 1;
}

void AdapterCard::showNetwork()
{
    m_form->setRowVisible(m_bridge, isOnBridge());
    m_form->setRowVisible(m_forwards, !isOnBridge());
    tellOfBridge();
}

// What keeps the machine from starting is for an administrator to mend, who may do it later: no mistake here.
void AdapterCard::tellOfBridge()
{
    const QString bridge = m_bridge->currentText().trimmed();
    const Result<QString> helper = isOnBridge() && !bridge.isEmpty() ? helperForBridge(bridge) : QString();
    if (!helper) {
        m_bridgeMessage->say(FieldMessage::Kind::Warning, helper.error().text());
    } else {
        m_bridgeMessage->clear();
    }
    m_form->setRowVisible(m_bridgeMessage, !helper);
}

std::optional<Error> AdapterCard::problem() const
{
    if (isOnBridge() && m_bridge->currentText().trimmed().isEmpty()) {
        return Error{ErrorKind::InvalidInput, tr("The adapter is on a bridge that has no name."),
            tr("Choose a bridge of this computer, or NAT.")};
    }
    return isOnBridge() ? std::nullopt : m_forwards->problem(ForwardTable::Missing::Refused);
}

void AdapterCard::tell(const std::optional<Error>& error)
{
    if (error) {
        m_message->say({*error});
    } else {
        m_message->clear();
    }
    m_form->setRowVisible(m_message, error.has_value());
}

void AdapterCard::begin()
{
    m_network->setFocus(Qt::OtherFocusReason);
}

QWidget* AdapterCard::continueTabOrder(QWidget* before)
{
    for (QWidget* field : std::initializer_list<QWidget*>{m_network, m_bridge, m_mac, m_newMac, m_isConnected}) {
        QWidget::setTabOrder(before, field);
        before = field;
    }
    before = m_forwards->continueTabOrder(before);
    QWidget::setTabOrder(before, m_remove);
    return m_remove;
}

} // namespace platter
