// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/details_page.h"

#include "ui/details/code_view.h"
#include "ui/icons.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace platter {

DetailsPage::DetailsPage(const QString& definition, const QString& title, const QString& copy, int prefix)
{
    m_note = new QLabel;
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_note->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_copy = new QToolButton;
    m_copy->setText(tr("Copy"));
    m_copy->setIcon(symbolicIcon(QStringLiteral("edit-copy")));
    m_copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_copy->setAccessibleName(copy);
    m_copy->setObjectName(QStringLiteral("copy"));
    connect(m_copy, &QToolButton::clicked, this,
        [this] { QGuiApplication::clipboard()->setText(m_view->toPlainText()); });
    m_view = new CodeView(definition, prefix);
    m_view->setAccessibleName(title);
    m_view->setObjectName(QStringLiteral("text"));
    const auto allowCopy = [this, copy] {
        const bool isEmpty = m_view->document()->isEmpty();
        m_copy->setEnabled(!isEmpty);
        m_copy->setToolTip(isEmpty ? tr("There is nothing to copy yet.") : copy);
    };
    connect(m_view, &QPlainTextEdit::textChanged, this, allowCopy);
    allowCopy();

    auto* top = new QHBoxLayout;
    top->setSpacing(8);
    top->addWidget(m_note, 1);
    top->addWidget(m_copy, 0, Qt::AlignTop);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(8);
    column->addLayout(top);
    column->addWidget(m_view, 1);
}

void DetailsPage::setNote(const QString& note)
{
    m_note->setText(note);
}

void DetailsPage::setSession(MachineSession* session)
{
    if (m_session == session) {
        return;
    }
    if (m_session) {
        leave(m_session);
    }
    m_session = session;
    if (isVisible()) {
        refresh();
    }
}

void DetailsPage::leave(MachineSession* old)
{
    disconnect(old, nullptr, this, nullptr);
}

void DetailsPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refresh();
}

} // namespace platter
