// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/machine_header.h"

#include "ui/elided_label.h"
#include "ui/icons.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMessageBox>
#include <QToolButton>

namespace platter {

QString upTimeText(std::chrono::seconds upTime)
{
    const auto translated = [](const char* text) { return QCoreApplication::translate("MachineHeader", text); };
    const qint64 seconds = qMax<qint64>(0, upTime.count());
    const QLocale locale;
    if (seconds < 60) {
        return translated("%1 s").arg(locale.toString(seconds));
    }
    const qint64 minutes = seconds / 60;
    if (minutes < 60) {
        return translated("%1 min").arg(locale.toString(minutes));
    }
    const qint64 hours = minutes / 60;
    if (hours < 24) {
        return translated("%1 h %2 min").arg(locale.toString(hours), locale.toString(minutes % 60));
    }
    return translated("%1 d %2 h").arg(locale.toString(hours / 24), locale.toString(hours % 24));
}

MachineHeader::MachineHeader(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("machineHeader"));
    m_name = new ElidedLabel;
    m_name->setObjectName(QStringLiteral("machineName"));
    QFont large = m_name->font();
    large.setPointSizeF(large.pointSizeF() * 1.3);
    large.setBold(true);
    m_name->setFont(large);
    m_facts = new QLabel;
    m_facts->setObjectName(QStringLiteral("machineFacts"));
    m_facts->setTextFormat(Qt::PlainText);
    m_accelerator = new QToolButton;
    m_accelerator->setObjectName(QStringLiteral("machineAccelerator"));
    m_accelerator->setAutoRaise(true);
    m_accelerator->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_accelerator->setIcon(symbolicIcon(QStringLiteral("dialog-information")));
    m_accelerator->setText(tr("software emulation"));
    m_accelerator->setToolTip(tr("Why this machine runs without KVM, and what would help"));
    m_accelerator->setAccessibleDescription(m_accelerator->toolTip());
    QFont underlined = m_accelerator->font();
    underlined.setUnderline(true);
    m_accelerator->setFont(underlined);
    connect(m_accelerator, &QToolButton::clicked, this, &MachineHeader::explainAccelerator);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 8, 16, 4);
    row->setSpacing(16);
    row->addWidget(m_name, 0);
    row->addWidget(m_facts, 0);
    row->addWidget(m_accelerator, 0);
    row->addStretch(1);
    // As high without the button as with it: the tabs below must not jump from machine to machine.
    setMinimumHeight(
        m_accelerator->sizeHint().height() + row->contentsMargins().top() + row->contentsMargins().bottom());

    m_tick.setInterval(std::chrono::seconds(1));
    connect(&m_tick, &QTimer::timeout, this, &MachineHeader::update);
}

void MachineHeader::setSession(MachineSession* session)
{
    if (m_session == session) {
        return;
    }
    if (m_session) {
        disconnect(m_session, nullptr, this, nullptr);
    }
    m_session = session;
    if (session != nullptr) {
        connect(session, &MachineSession::stateChanged, this, &MachineHeader::update);
        connect(session, &MachineSession::definitionChanged, this, &MachineHeader::update);
    }
    update();
}

void MachineHeader::update()
{
    if (!m_session) {
        m_tick.stop();
        return;
    }
    const Definition& definition = m_session->machine().definition;
    m_name->setFullText(m_session->name());
    QStringList facts{displayName(m_session->state()),
        definition.cpus == 1 ? tr("1 CPU") : tr("%Ln CPUs", nullptr, definition.cpus),
        definition.memory.toString()};
    const QDateTime started = m_session->startedAt();
    const bool runs = isUp(m_session->state()) && started.isValid();
    if (runs) {
        facts << upTimeText(std::chrono::seconds(started.secsTo(QDateTime::currentDateTime())));
    }
    const std::optional<AcceleratorReport>& report = m_session->accelerator();
    const bool isKvm = report && report->accelerator == Accelerator::Kvm;
    if (isKvm) {
        facts << tr("KVM");
    }
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    m_accelerator->setVisible(report.has_value() && !isKvm);
    if (runs && isVisible()) {
        m_tick.start();
    } else {
        m_tick.stop();
    }
}

void MachineHeader::explainAccelerator()
{
    if (!m_session || !m_session->accelerator()) {
        return;
    }
    const AcceleratorReport& report = *m_session->accelerator();
    auto* box = new QMessageBox(QMessageBox::Information, tr("Software emulation"),
        tr("%1 runs without KVM: every instruction of the guest is translated, which is many times slower.")
            .arg(m_session->name()),
        QMessageBox::Close, this);
    box->setObjectName(QStringLiteral("acceleratorExplanation"));
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QStringList reasons{report.reason, report.cure};
    reasons.removeAll(QString());
    box->setInformativeText(reasons.join(QStringLiteral("\n\n")));
    box->open();
}

void MachineHeader::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    update();
}

void MachineHeader::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_tick.stop();
}

} // namespace platter
