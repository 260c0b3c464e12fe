// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage_pane/storage_notice.h"

#include "ui/icons.h"
#include "ui/note_label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QVBoxLayout>

namespace platter {

StorageNotice::StorageNotice(const QString& mark, QWidget* parent)
    : QFrame(parent)
    , m_markName(mark)
    , m_mark(new QLabel)
    , m_text(new NoteLabel)
    , m_buttons(new QHBoxLayout)
{
    m_text->setShade(NoteLabel::Shade::Plain);
    m_buttons->setSpacing(8);
    m_buttons->addStretch(1);
    auto* column = new QVBoxLayout;
    column->setSpacing(8);
    column->addWidget(m_text);
    column->addLayout(m_buttons);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 8, 16, 8);
    row->setSpacing(8);
    row->addWidget(m_mark, 0, Qt::AlignTop);
    row->addLayout(column, 1);
    paintMark();
}

QPushButton* StorageNotice::addButton(const QString& objectName, const QString& label, const QString& icon)
{
    auto* button = new QPushButton(label);
    if (!icon.isEmpty()) {
        button->setIcon(symbolicIcon(icon));
    }
    button->setObjectName(objectName);
    m_buttons->insertWidget(m_buttons->count() - 1, button); // before the stretch
    return button;
}

// In the colours of now.
void StorageNotice::paintMark()
{
    const int size = style()->pixelMetric(QStyle::PM_SmallIconSize);
    m_mark->setPixmap(symbolicIcon(m_markName).pixmap(QSize(size, size), devicePixelRatioF()));
}

void StorageNotice::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) {
        paintMark();
    }
}

} // namespace platter
