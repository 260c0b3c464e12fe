// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/machine_list_view.h"

#include "ui/main_window/dropped_files.h"
#include "ui/main_window/machine_list_model.h"

#include <QContextMenuEvent>
#include <QPainter>

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

void MachineListView::judge(QDropEvent* event)
{
    const QModelIndex at = indexAt(event->position().toPoint());
    if (!at.isValid()) {
        takeIso(event);
    } else if (!at.data(MachineListModel::IsBrokenRole).toBool() && isAttachable(droppedFiles(event->mimeData()))) {
        event->setDropAction(Qt::CopyAction);
        event->accept();
    } else {
        event->ignore();
    }
    showDropOn(event->isAccepted() ? at : QModelIndex());
}

// Whatever a machine could take is followed, whether or not a drop would do where it comes in.
void MachineListView::dragEnterEvent(QDragEnterEvent* event)
{
    event->setDropAction(Qt::CopyAction);
    event->setAccepted(isAttachable(droppedFiles(event->mimeData())));
}

void MachineListView::dragMoveEvent(QDragMoveEvent* event)
{
    judge(event);
}

void MachineListView::dragLeaveEvent(QDragLeaveEvent*)
{
    showDropOn({});
}

void MachineListView::dropEvent(QDropEvent* event)
{
    judge(event);
    showDropOn({});
    if (!event->isAccepted()) {
        return;
    }
    if (const QModelIndex at = indexAt(event->position().toPoint()); at.isValid()) {
        QStringList files;
        for (const DroppedFile& dropped : droppedFiles(event->mimeData())) {
            files << dropped.file;
        }
        Q_EMIT filesDropped(at, files);
    } else {
        Q_EMIT isoDropped(takeIso(event));
    }
}

void MachineListView::showDropOn(const QModelIndex& machine)
{
    if (m_dropOn != machine) {
        m_dropOn = machine;
        viewport()->update();
    }
}

void MachineListView::paintEvent(QPaintEvent* event)
{
    QListView::paintEvent(event);
    if (m_dropOn.isValid()) {
        QPainter painter(viewport());
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(palette().color(QPalette::Highlight), 3));
        painter.drawRoundedRect(QRectF(visualRect(m_dropOn)).adjusted(1.5, 1.5, -1.5, -1.5), 4, 4);
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
