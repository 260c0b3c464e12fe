// SPDX-License-Identifier: GPL-3.0-or-later
// One network adapter as it is edited: its network, address, cable and forwards. GUI thread; owned by the page of
// adapters.
#pragma once

#include "core/machine/definition.h"

#include <QGroupBox>

#include <optional>
#include <set>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLineEdit;
class QPushButton;

namespace platter {

class FieldMessage;
class ForwardTable;

class AdapterCard : public QGroupBox {
    Q_OBJECT

public:
    // TAKEN are ports of this computer that lead to other machines.
    explicit AdapterCard(const std::set<quint16>& taken);

    void setNumber(int number); // from 0
    void setAdapter(const NetworkAdapter& adapter);
    NetworkAdapter adapter() const;

    // What cannot be used here whatever else the machine has.
    std::optional<Error> problem() const;
    // ERROR is what a rule says of it; nothing: it keeps them all.
    void tell(const std::optional<Error>& error);

    void begin(); // the keyboard is at its first field

    // Its fields come after BEFORE in the tab order; returns the last.
    QWidget* continueTabOrder(QWidget* before);

Q_SIGNALS:
    void edited();
    void removeRequested();

private:
    bool isOnBridge() const;
    void showNetwork();
    void tellOfBridge();

    QFormLayout* m_form;
    QComboBox* m_network;
    QComboBox* m_bridge;
    FieldMessage* m_bridgeMessage;
    QLineEdit* m_mac;
    QPushButton* m_newMac;
    QCheckBox* m_isConnected;
    ForwardTable* m_forwards;
    FieldMessage* m_message;
    QPushButton* m_remove;
    NetworkAdapter m_rest; // what is not edited here
};

} // namespace platter
