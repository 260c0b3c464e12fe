// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/fields/forward_row.h"

#include "ui/note_label.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

namespace platter {

ForwardRow::ForwardRow(QGridLayout& grid, int row, QObject* parent)
    : QObject(parent)
    , m_protocol(new QComboBox)
    , m_host(new QLineEdit)
    , m_arrow(new QLabel(QStringLiteral("→")))
    , m_guest(new QLineEdit)
    , m_remove(new QPushButton(tr("Remove")))
{
    m_protocol->addItems({QStringLiteral("TCP"), QStringLiteral("UDP")});
    m_remove->setAutoDefault(false);
    m_host->setPlaceholderText(tr("1024 to 65535"));
    m_guest->setPlaceholderText(tr("1 to 65535"));
    for (QLineEdit* edit : {m_host, m_guest}) {
        edit->setMinimumWidth(64);
        edit->setInputMethodHints(Qt::ImhDigitsOnly);
        connect(edit, &QLineEdit::textEdited, this, &ForwardRow::edited);
    }
    connect(m_protocol, &QComboBox::activated, this, &ForwardRow::edited);
    connect(m_remove, &QPushButton::clicked, this, &ForwardRow::removeRequested);
    grid.addWidget(m_protocol, row, 0);
    grid.addWidget(m_host, row, 1);
    grid.addWidget(m_arrow, row, 2);
    grid.addWidget(m_guest, row, 3);
    grid.addWidget(m_remove, row, 4);
    // The layout would do it later, and what is hidden takes no focus.
    for (QWidget* widget : std::initializer_list<QWidget*>{m_protocol, m_host, m_arrow, m_guest, m_remove}) {
        widget->show();
    }
}

void ForwardRow::takeAway()
{
    // They may be handling the click that removes the row.
    for (QWidget* widget : std::initializer_list<QWidget*>{m_protocol, m_host, m_arrow, m_guest, m_remove}) {
        widget->hide();
        widget->deleteLater();
    }
}

void ForwardRow::addHeader(QGridLayout& grid)
{
    const auto add = [&](const QString& text, int column) {
        auto* label = new NoteLabel(text);
        // The fields say how wide a column is, and the words wrap.
        QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        policy.setHeightForWidth(true);
        label->setSizePolicy(policy);
        grid.addWidget(label, 0, column, Qt::AlignBottom);
    };
    add(tr("Protocol"), 0);
    add(tr("Port on this computer"), 1);
    add(tr("Port in the machine"), 3);
    grid.setColumnStretch(1, 1);
    grid.setColumnStretch(3, 1);
}

void ForwardRow::setPorts(quint16 host, quint16 guest)
{
    m_host->setText(host == 0 ? QString() : QString::number(host));
    m_guest->setText(guest == 0 ? QString() : QString::number(guest));
}

void ForwardRow::setForward(const PortForward& forward)
{
    m_protocol->setCurrentIndex(forward.protocol == Protocol::Tcp ? 0 : 1);
    setPorts(forward.hostPort, forward.guestPort);
}

void ForwardRow::setNumber(int number)
{
    m_protocol->setAccessibleName(tr("Protocol of forward %1").arg(number));
    m_host->setAccessibleName(tr("Port on this computer, forward %1").arg(number));
    m_guest->setAccessibleName(tr("Port in the machine, forward %1").arg(number));
    m_remove->setAccessibleName(tr("Remove forward %1").arg(number));
    m_host->setObjectName(QStringLiteral("hostPort%1").arg(number));
    m_guest->setObjectName(QStringLiteral("guestPort%1").arg(number));
    m_remove->setObjectName(QStringLiteral("removeForward%1").arg(number));
}

QWidget* ForwardRow::continueTabOrder(QWidget* before)
{
    for (QWidget* field : std::initializer_list<QWidget*>{m_protocol, m_host, m_guest, m_remove}) {
        QWidget::setTabOrder(before, field);
        before = field;
    }
    return before;
}

bool ForwardRow::isComplete() const
{
    return !m_host->text().trimmed().isEmpty() && !m_guest->text().trimmed().isEmpty();
}

Result<quint16> ForwardRow::port(const QString& text)
{
    bool isNumber = false;
    const uint number = text.trimmed().toUInt(&isNumber);
    if (!isNumber || number < 1 || number > 65535) {
        return std::unexpected(Error{ErrorKind::InvalidInput, tr("“%1” is not a port.").arg(text.trimmed()),
            tr("Ports are numbers from 1 to 65535.")});
    }
    return static_cast<quint16>(number);
}

Result<PortForward> ForwardRow::forward() const
{
    const Result<quint16> host = port(m_host->text());
    if (!host) {
        return std::unexpected(host.error());
    }
    const Result<quint16> guest = port(m_guest->text());
    if (!guest) {
        return std::unexpected(guest.error());
    }
    return PortForward{m_protocol->currentIndex() == 0 ? Protocol::Tcp : Protocol::Udp, *host, *guest};
}

QLineEdit* ForwardRow::wrongField() const
{
    return port(m_host->text()) ? m_guest : m_host;
}

} // namespace platter
