// SPDX-License-Identifier: GPL-3.0-or-later
// One port forward as it is typed: protocol, port on this computer, port in the machine, in one row of a grid. GUI
// thread; owned by the table.
#pragma once

#include "core/machine/definition.h"

#include <QObject>

class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace platter {

class ForwardRow : public QObject {
    Q_OBJECT

public:
    // Puts its fields into ROW of GRID, in the columns of addHeader().
    ForwardRow(QGridLayout& grid, int row, QObject* parent);
    // Takes its fields off the page.
    void takeAway();

    // Its fields come after BEFORE in the tab order; returns the last.
    QWidget* continueTabOrder(QWidget* before);

    static void addHeader(QGridLayout& grid);

    void setPorts(quint16 host, quint16 guest); // 0: empty
    void setForward(const PortForward& forward);
    void setNumber(int number); // for screen readers, from 1

    bool isComplete() const; // both ports have text
    // InvalidInput where a text is no port.
    Result<PortForward> forward() const;

    QLineEdit* hostPort() const { return m_host; }

    QLineEdit* guestPort() const { return m_guest; }

    // The field that is to be mended or filled in first.
    QLineEdit* wrongField() const;

Q_SIGNALS:
    void edited();
    void removeRequested();

private:
    static Result<quint16> port(const QString& text);

    QComboBox* m_protocol;
    QLineEdit* m_host;
    QLabel* m_arrow;
    QLineEdit* m_guest;
    QPushButton* m_remove;
};

} // namespace platter
