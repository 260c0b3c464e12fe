// SPDX-License-Identifier: GPL-3.0-or-later
// The list of machines: keyboard, context menu, and drops: files on a machine's row go to that machine, an ISO
// where no machine is asks for a new one. GUI thread.
#pragma once

#include <QListView>
#include <QPersistentModelIndex>

namespace platter {

class MachineListView : public QListView {
    Q_OBJECT

public:
    explicit MachineListView(QWidget* parent = nullptr);

Q_SIGNALS:
    void isoDropped(const QString& iso);
    void filesDropped(const QModelIndex& machine, const QStringList& files);
    void contextMenuRequested(const QPoint& globalPosition);
    void visibleRowsChanged();

protected:
    void contextMenuEvent(QContextMenuEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    // Accepts or refuses what is dragged to where it is now.
    void judge(QDropEvent* event);
    void showDropOn(const QModelIndex& machine);

    QPersistentModelIndex m_dropOn; // the machine that a drop now would go to
};

} // namespace platter
