// SPDX-License-Identifier: GPL-3.0-or-later
// The ports of this computer that lead into a machine, a row each, with buttons for the usual ones and the sentence
// about what is wrong between them. GUI thread; owned by its parent.
#pragma once

#include "core/machine/definition.h"

#include <QPointer>
#include <QWidget>

#include <optional>
#include <set>
#include <vector>

class QGridLayout;
class QPushButton;

namespace platter {

class FieldMessage;
class ForwardRow;

class ForwardTable : public QWidget {
    Q_OBJECT

public:
    // TAKEN are the host ports of other machines: none of them is suggested.
    explicit ForwardTable(std::set<quint16> taken, QWidget* parent = nullptr);

    void setForwards(const std::vector<PortForward>& forwards);
    // Those that are complete and right.
    std::vector<PortForward> forwards() const;

    enum class Missing { Allowed, Refused }; // ports that nobody has typed yet
    // The first that cannot be used; its field becomes the message's.
    std::optional<Error> problem(Missing missing) const;

    FieldMessage* message() const { return m_message; }

    // Its fields come after BEFORE in the tab order, now and when there are more; returns the last.
    QWidget* continueTabOrder(QWidget* before);

Q_SIGNALS:
    void edited(); // by the user

private:
    ForwardRow* add();
    void addByUser(quint16 hostPort, quint16 guestPort);
    void remove(ForwardRow* row);
    void arrange();
    quint16 freeHostPort(quint16 wanted) const;

    std::set<quint16> m_taken;
    QWidget* m_rowsArea;
    QGridLayout* m_grid;
    int m_nextGridRow = 1;
    std::vector<ForwardRow*> m_rows;
    FieldMessage* m_message;
    QPushButton* m_addSsh;
    QPushButton* m_addWeb;
    QPushButton* m_addOther;
    QPointer<QWidget> m_before;
};

} // namespace platter
