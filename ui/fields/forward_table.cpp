// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/fields/forward_table.h"

#include "ui/fields/field_message.h"
#include "ui/fields/forward_row.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace platter {

ForwardTable::ForwardTable(std::set<quint16> taken, QWidget* parent)
    : QWidget(parent)
    , m_taken(std::move(taken))
    , m_rowsArea(new QWidget)
    , m_grid(new QGridLayout(m_rowsArea))
    , m_addSsh(new QPushButton(tr("Add &SSH")))
    , m_addWeb(new QPushButton(tr("Add &web")))
    , m_addOther(new QPushButton(tr("Add an&other")))
{
    m_message = new FieldMessage(m_addSsh);
    m_addSsh->setObjectName(QStringLiteral("addSsh"));
    m_addWeb->setObjectName(QStringLiteral("addWeb"));
    m_addOther->setObjectName(QStringLiteral("addOther"));
    m_addSsh->setAccessibleName(tr("Add a forward for SSH, port 22 of the machine"));
    m_addWeb->setAccessibleName(tr("Add a forward for a web server, port 80 of the machine"));
    m_addOther->setAccessibleName(tr("Add a forward for another port"));

    m_grid->setContentsMargins({});
    m_grid->setHorizontalSpacing(8);
    m_grid->setVerticalSpacing(8);
    ForwardRow::addHeader(*m_grid);
    m_rowsArea->hide();
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    for (QPushButton* button : {m_addSsh, m_addWeb, m_addOther}) {
        button->setAutoDefault(false);
        buttons->addWidget(button);
    }
    buttons->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(m_rowsArea);
    column->addWidget(m_message);
    column->addLayout(buttons);

    connect(m_addSsh, &QPushButton::clicked, this, [this] { addByUser(freeHostPort(2222), 22); });
    connect(m_addWeb, &QPushButton::clicked, this, [this] { addByUser(freeHostPort(8080), 80); });
    connect(m_addOther, &QPushButton::clicked, this, [this] { addByUser(0, 0); });
}

ForwardRow* ForwardTable::add()
{
    auto* row = new ForwardRow(*m_grid, m_nextGridRow++, this);
    connect(row, &ForwardRow::edited, this, &ForwardTable::edited);
    connect(row, &ForwardRow::removeRequested, this, [this, row] { remove(row); });
    m_rows.push_back(row);
    return row;
}

void ForwardTable::setForwards(const std::vector<PortForward>& forwards)
{
    for (ForwardRow* row : std::exchange(m_rows, {})) {
        row->takeAway();
        row->deleteLater();
    }
    for (const PortForward& forward : forwards) {
        add()->setForward(forward);
    }
    arrange();
}

std::vector<PortForward> ForwardTable::forwards() const
{
    std::vector<PortForward> forwards;
    for (const ForwardRow* row : m_rows) {
        if (const Result<PortForward> forward = row->forward()) {
            forwards.push_back(*forward);
        }
    }
    return forwards;
}

void ForwardTable::addByUser(quint16 hostPort, quint16 guestPort)
{
    ForwardRow* row = add();
    row->setPorts(hostPort, guestPort);
    arrange();
    Q_EMIT edited();
    row->hostPort()->setFocus(Qt::OtherFocusReason);
    row->hostPort()->selectAll();
}

void ForwardTable::remove(ForwardRow* row)
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
    arrange();
    Q_EMIT edited();
}

QWidget* ForwardTable::continueTabOrder(QWidget* before)
{
    m_before = before;
    arrange();
    return m_addOther;
}

void ForwardTable::arrange()
{
    m_rowsArea->setVisible(!m_rows.empty());
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_rows[i]->setNumber(static_cast<int>(i) + 1);
    }
    if (!m_before) {
        return;
    }
    // The tab order follows the rows, which are made after the buttons below them.
    QWidget* before = m_before;
    for (ForwardRow* row : m_rows) {
        before = row->continueTabOrder(before);
    }
    for (QWidget* button : {m_addSsh, m_addWeb, m_addOther}) {
        QWidget::setTabOrder(before, button);
        before = button;
    }
}

quint16 ForwardTable::freeHostPort(quint16 wanted) const
{
    std::set<quint16> taken = m_taken;
    for (const PortForward& forward : forwards()) {
        taken.insert(forward.hostPort);
    }
    quint16 port = wanted;
    while (taken.contains(port)) {
        ++port;
    }
    return port;
}

std::optional<Error> ForwardTable::problem(Missing missing) const
{
    for (const ForwardRow* row : m_rows) {
        if (!row->isComplete()) {
            if (missing == Missing::Refused) {
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

} // namespace platter
