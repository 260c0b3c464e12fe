// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/machine_list_view.h"

#include "ui/main_window/dropped_files.h"

#include <QContextMenuEvent>

namespace platter {

MachineListView::MachineListView(QWidget* parent)
    : QListView(parent)
{
    setObjectName(QStringLiteral("machineList"));
    setAccessibleName(tr("Machines"));
    setUniformItemSizes(true);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setFrameShape(QFrame::NoFrame);
    setAcceptDrops(true);
    viewport()->setAcceptDrops(true);
}

void MachineListView::contextMenuEvent(QContextMenuEvent* event)
{
    const QModelIndex at = event->reason() == QContextMenuEvent::Mouse ? indexAt(event->pos()) : currentIndex();
    if (!at.isValid()) {
        return;
    }
    setCurrentIndex(at);
    Q_EMIT contextMenuRequested(event->reason() == QContextMenuEvent::Mouse
            ? event->globalPos()
            : viewport()->mapToGlobal(visualRect(at).center()));
}

void MachineListView::dragEnterEvent(QDragEnterEvent* event)
{
    takeIso(event);
}

void MachineListView::dragMoveEvent(QDragMoveEvent* event)
{
    if (indexAt(event->position().toPoint()).isValid()) {
        event->ignore();
    } else {
        takeIso(event);
    }
}

void MachineListView::dropEvent(QDropEvent* event)
{
    if (indexAt(event->position().toPoint()).isValid()) {
        event->ignore();
    } else if (const QString iso = takeIso(event); !iso.isEmpty()) {
        Q_EMIT isoDropped(iso);
    }
}

void MachineListView::resizeEvent(QResizeEvent* event)
{
    QListView::resizeEvent(event);
    Q_EMIT visibleRowsChanged();
}

void MachineListView::scrollContentsBy(int dx, int dy)
{
    QListView::scrollContentsBy(dx, dy);
    Q_EMIT visibleRowsChanged();
}

} // namespace platter
