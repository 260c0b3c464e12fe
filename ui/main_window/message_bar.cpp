// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/message_bar.h"

#include "ui/icons.h"
#include "ui/shades.h"

#include <QAccessible>
#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace platter {

namespace {

QLabel* textLabel(const QString& accessibleName)
{
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setAccessibleName(accessibleName);
    return label;
}

QString iconName(MessageBar::Severity severity)
{
    switch (severity) {
    case MessageBar::Severity::Information:
        return QStringLiteral("dialog-information");
    case MessageBar::Severity::Warning:
        return QStringLiteral("dialog-warning");
    case MessageBar::Severity::Error:
        break;
    }
    return QStringLiteral("dialog-error");
}

} // namespace

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent)
{
    setObjectName(QStringLiteral("messageBar"));
    setAccessibleName(tr("Messages"));
    setFrameShape(QFrame::NoFrame);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::ToolTipBase);
    setForegroundRole(QPalette::ToolTipText);
    hide();
}

void MessageBar::makeContents()
{
    m_icon = new QLabel;
    m_text = textLabel(tr("What happened"));
    m_text->setObjectName(QStringLiteral("messageText"));
    QFont bold = m_text->font();
    bold.setBold(true);
    m_text->setFont(bold);
    m_advice = textLabel(tr("What to do"));
    m_advice->setObjectName(QStringLiteral("messageAdvice"));
    m_more = new QLabel;
    m_more->setObjectName(QStringLiteral("messageCount"));

    m_details = new QToolButton;
    m_details->setObjectName(QStringLiteral("messageDetails"));
    m_details->setText(tr("Details"));
    m_details->setCheckable(true);
    m_details->setAutoRaise(true);
    m_details->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_details->setArrowType(Qt::RightArrow);
    m_details->setAccessibleDescription(tr("Shows the raw words of what failed"));
    connect(m_details, &QToolButton::toggled, this, &MessageBar::setDetailsShown);

    m_copy = new QToolButton;
    m_copy->setObjectName(QStringLiteral("messageCopy"));
    m_copy->setAutoRaise(true);
    m_copy->setIcon(symbolicIcon(QStringLiteral("edit-copy")));
    m_copy->setToolTip(tr("Copy the message"));
    m_copy->setAccessibleName(tr("Copy the message"));
    connect(m_copy, &QToolButton::clicked, this, &MessageBar::copy);

    m_close = new QToolButton;
    m_close->setObjectName(QStringLiteral("messageClose"));
    m_close->setAutoRaise(true);
    m_close->setIcon(symbolicIcon(QStringLiteral("window-close")));
    m_close->setToolTip(tr("Close the message"));
    m_close->setAccessibleName(tr("Close the message"));
    connect(m_close, &QToolButton::clicked, this, &MessageBar::dismiss);

    m_raw = new QPlainTextEdit;
    m_raw->setObjectName(QStringLiteral("messageRaw"));
    m_raw->setReadOnly(true);
    m_raw->setTabChangesFocus(true);
    m_raw->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_raw->setAccessibleName(tr("Details of the message"));
    m_raw->hide();

    m_fixes = new QWidget;
    auto* fixes = new QHBoxLayout(m_fixes);
    fixes->setContentsMargins(0, 0, 0, 0);
    fixes->setSpacing(8);

    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    words->addWidget(m_text);
    words->addWidget(m_advice);
    m_buttons = new QHBoxLayout;
    m_buttons->setSpacing(8);
    m_buttons->addWidget(m_fixes);
    m_buttons->addWidget(m_details);
    m_buttons->addStretch();
    words->addLayout(m_buttons);
    words->addWidget(m_raw);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 8, 8, 8);
    row->setSpacing(8);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addLayout(words, 1);
    row->addWidget(m_more, 0, Qt::AlignTop);
    row->addWidget(m_copy, 0, Qt::AlignTop);
    row->addWidget(m_close, 0, Qt::AlignTop);
}

void MessageBar::add(Message message)
{
    if (m_text == nullptr) {
        makeContents();
    }
    std::erase_if(m_messages, [&](const Message& old) {
        return old.subject == message.subject && old.error.summary == message.error.summary;
    });
    m_messages.push_back(std::move(message));
    showNewest();
    QAccessibleAnnouncementEvent announcement(this, m_text->text() + QLatin1Char(' ') + m_advice->text());
    announcement.setPoliteness(QAccessible::AnnouncementPoliteness::Assertive);
    QAccessible::updateAccessibility(&announcement);
}

void MessageBar::remove(const QString& subject, const Error& error)
{
    const auto isIt = [&](const Message& message) {
        return message.subject == subject && message.error.summary == error.summary;
    };
    if (std::erase_if(m_messages, isIt) > 0) {
        showNewest();
    }
}

void MessageBar::removeAbout(const QString& subject)
{
    if (std::erase_if(m_messages, [&](const Message& message) { return message.subject == subject; }) > 0) {
        showNewest();
    }
}

void MessageBar::showNewest()
{
    if (m_messages.empty()) {
        hide();
        return;
    }
    const Message& message = m_messages.back();
    m_icon->setPixmap(symbolicIcon(iconName(message.severity)).pixmap(QSize(16, 16), devicePixelRatioF()));
    // A sentence that names the machine need not be told whose it is.
    const QString quoted = QStringLiteral("“%1”").arg(message.subject);
    m_text->setText(message.subject.isEmpty() || message.error.summary.contains(quoted)
            ? message.error.summary
            : tr("%1: %2", "a machine's name and what happened to it").arg(message.subject, message.error.summary));
    m_advice->setText(message.error.advice);
    m_advice->setVisible(!message.error.advice.isEmpty());
    m_more->setText(tr("%n more", nullptr, count() - 1));
    m_more->setVisible(count() > 1);

    for (QPushButton* old : m_fixes->findChildren<QPushButton*>()) {
        old->hide();
        old->deleteLater();
    }
    for (const Fix& fix : message.fixes) {
        auto* button = new QPushButton(fix.label);
        // A fix answers the message, so the message goes first: what the fix says comes after it.
        connect(button, &QPushButton::clicked, this, [this, run = fix.run] {
            dismiss();
            run();
        });
        m_fixes->layout()->addWidget(button);
    }
    m_fixes->setVisible(!message.fixes.empty());
    m_raw->setPlainText(message.error.detail);
    const int lines = std::clamp(static_cast<int>(message.error.detail.count(u'\n')) + 2, 3, 9);
    m_raw->setFixedHeight(m_raw->fontMetrics().lineSpacing() * lines);
    m_details->setVisible(!message.error.detail.isEmpty());
    m_details->setChecked(false);
    setDetailsShown(false);
    show();
}

void MessageBar::dismiss()
{
    if (!m_messages.empty()) {
        m_messages.pop_back();
    }
    showNewest();
}

void MessageBar::copy() const
{
    if (m_messages.empty()) {
        return;
    }
    QStringList parts{m_text->text()};
    parts << m_messages.back().error.advice << m_messages.back().error.detail;
    parts.removeAll(QString());
    QGuiApplication::clipboard()->setText(parts.join(QLatin1Char('\n')));
}

void MessageBar::setDetailsShown(bool shown)
{
    m_details->setArrowType(shown ? Qt::DownArrow : Qt::RightArrow);
    m_raw->setVisible(shown);
}

void MessageBar::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_messages.empty()) {
        m_icon->setPixmap(
            symbolicIcon(iconName(m_messages.back().severity)).pixmap(QSize(16, 16), devicePixelRatioF()));
    }
}

void MessageBar::paintEvent(QPaintEvent* event)
{
    QFrame::paintEvent(event);
    // In some palettes the ground is the window's own: a line says where the message ends.
    QPainter painter(this);
    painter.setPen(outline(palette(), QPalette::ToolTipBase));
    painter.drawLine(rect().bottomLeft(), rect().bottomRight());
}

void MessageBar::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        dismiss();
        return;
    }
    QFrame::keyPressEvent(event);
}

} // namespace platter
