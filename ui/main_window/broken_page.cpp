// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/broken_page.h"

#include "ui/elided_label.h"
#include "ui/icons.h"

#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace platter {

BrokenPage::BrokenPage(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("brokenPage"));
    auto* icon = new QLabel;
    icon->setPixmap(symbolicIcon(QStringLiteral("dialog-warning")).pixmap(QSize(32, 32), devicePixelRatioF()));
    m_name = new ElidedLabel;
    m_name->setObjectName(QStringLiteral("brokenName"));
    QFont large = m_name->font();
    large.setPointSizeF(large.pointSizeF() * 1.3);
    large.setBold(true);
    m_name->setFont(large);
    const auto text = [this] {
        auto* label = new QLabel;
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        return label;
    };
    m_summary = text();
    m_summary->setObjectName(QStringLiteral("brokenReason"));
    m_advice = text();
    m_detail = new QPlainTextEdit;
    m_detail->setReadOnly(true);
    m_detail->setTabChangesFocus(true);
    m_detail->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_detail->setAccessibleName(tr("Details"));

    auto* again = new QPushButton(symbolicIcon(QStringLiteral("system-reboot")), tr("Read again"));
    again->setObjectName(QStringLiteral("brokenReadAgain"));
    connect(again, &QPushButton::clicked, this, &BrokenPage::readAgainRequested);
    auto* folder = new QPushButton(symbolicIcon(QStringLiteral("folder-open")), tr("Show its folder"));
    folder->setObjectName(QStringLiteral("brokenShowFolder"));
    connect(folder, &QPushButton::clicked, this, &BrokenPage::showFolderRequested);
    auto* trash = new QPushButton(symbolicIcon(QStringLiteral("user-trash")), tr("Move to trash…"));
    trash->setObjectName(QStringLiteral("brokenTrash"));
    connect(trash, &QPushButton::clicked, this, &BrokenPage::moveToTrashRequested);

    m_forget = new QPushButton(symbolicIcon(QStringLiteral("window-close")), tr("Remove from the list"));
    m_forget->setObjectName(QStringLiteral("brokenForget"));
    connect(m_forget, &QPushButton::clicked, this, [this] { Q_EMIT forgetRequested(m_machine); });

    auto* title = new QHBoxLayout;
    title->setSpacing(16);
    title->addWidget(icon);
    title->addWidget(m_name, 1);
    m_folderButtons = new QWidget;
    auto* inFolder = new QHBoxLayout(m_folderButtons);
    inFolder->setContentsMargins({});
    inFolder->setSpacing(8);
    inFolder->addWidget(again);
    inFolder->addWidget(folder);
    inFolder->addWidget(trash);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_folderButtons);
    buttons->addWidget(m_forget);
    buttons->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(16);
    column->addLayout(title);
    column->addWidget(m_summary);
    column->addWidget(m_advice);
    column->addLayout(buttons);
    column->addWidget(m_detail);
    column->addStretch();
}

void BrokenPage::setEntry(const LibraryEntry& entry)
{
    m_machine = entry.name;
    m_name->setFullText(entry.name);
    const Error error = entry.error.value_or(Error{});
    m_summary->setText(error.summary);
    m_advice->setText(error.advice);
    m_advice->setVisible(!error.advice.isEmpty());
    // What needs its folder makes no sense without it, and one that comes back is seen at once.
    m_folderButtons->setVisible(!entry.isGone);
    m_forget->setVisible(entry.isGone);
    m_detail->setPlainText(error.detail);
    const int lines = std::clamp(m_detail->blockCount(), 2, 8);
    const int frame = 2 * m_detail->frameWidth() + static_cast<int>(2 * m_detail->document()->documentMargin());
    m_detail->setFixedHeight(m_detail->fontMetrics().lineSpacing() * lines + frame);
    m_detail->setVisible(!error.detail.isEmpty());
}

} // namespace platter
