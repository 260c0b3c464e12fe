// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/start_page.h"

#include "ui/icons.h"
#include "ui/main_window/dropped_files.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace platter {

StartPage::StartPage(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("startPage"));
    setAcceptDrops(true);
    auto* picture = new QLabel;
    picture->setPixmap(applicationIcon().pixmap(QSize(96, 96), devicePixelRatioF()));
    picture->setAlignment(Qt::AlignCenter);
    picture->setAccessibleName(tr("Platter"));

    auto* sentence = new QLabel(tr("There is no machine yet. Make one from an installation ISO, or try the sample "
                                   "guest, a small Linux that comes with Platter."));
    sentence->setObjectName(QStringLiteral("startSentence"));
    sentence->setAlignment(Qt::AlignCenter);
    sentence->setWordWrap(true);
    sentence->setFixedWidth(fontMetrics().averageCharWidth() * 60);
    QFont larger = sentence->font();
    larger.setPointSizeF(larger.pointSizeF() * 1.15);
    sentence->setFont(larger);

    m_newVm = new QPushButton(symbolicIcon(QStringLiteral("list-add")), tr("New VM"));
    m_newVm->setObjectName(QStringLiteral("startNewVm"));
    m_newVm->setDefault(true);
    connect(m_newVm, &QPushButton::clicked, this, &StartPage::newMachineRequested);

    auto* column = new QVBoxLayout(this);
    column->setSpacing(16);
    column->addStretch();
    column->addWidget(picture, 0, Qt::AlignCenter);
    // An aligned item is given its preferred height, which a text that wraps does not know before its width.
    auto* middle = new QHBoxLayout;
    middle->addStretch();
    middle->addWidget(sentence);
    middle->addStretch();
    column->addLayout(middle);
    column->addWidget(m_newVm, 0, Qt::AlignCenter);
    column->addStretch();
    setFocusProxy(m_newVm);
}

void StartPage::dragEnterEvent(QDragEnterEvent* event)
{
    takeIso(event);
}

void StartPage::dropEvent(QDropEvent* event)
{
    if (const QString iso = takeIso(event); !iso.isEmpty()) {
        Q_EMIT isoDropped(iso);
    }
}

} // namespace platter
