// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/machine_list_view.h"

#include <QContextMenuEvent>
#include <QDropEvent>
#include <QFileInfo>
#include <QMimeData>

namespace platter {

QString droppedIso(const QMimeData* data)
{
    const QList<QUrl> urls = data->urls();
    if (urls.size() != 1 || !urls.first().isLocalFile()) {
        return {};
    }
    const QString file = urls.first().toLocalFile();
    const bool isIso = file.endsWith(QLatin1String(".iso"), Qt::CaseInsensitive) && QFileInfo(file).isFile();
    return isIso ? file : QString();
}

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
    if (droppedIso(event->mimeData()).isEmpty()) {
        event->ignore();
        return;
    }
    event->setDropAction(Qt::CopyAction);
    event->accept();
}

void MachineListView::dragMoveEvent(QDragMoveEvent* event)
{
    if (droppedIso(event->mimeData()).isEmpty() || indexAt(event->position().toPoint()).isValid()) {
        event->ignore();
        return;
    }
    event->setDropAction(Qt::CopyAction);
    event->accept();
}

void MachineListView::dropEvent(QDropEvent* event)
{
    const QString iso = droppedIso(event->mimeData());
    if (iso.isEmpty() || indexAt(event->position().toPoint()).isValid()) {
        event->ignore();
        return;
    }
    event->setDropAction(Qt::CopyAction);
    event->accept();
    Q_EMIT isoDropped(iso);
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
