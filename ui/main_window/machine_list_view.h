// SPDX-License-Identifier: GPL-3.0-or-later
// The list of machines: keyboard, context menu, and an ISO dropped where no machine is asks for a new one. GUI
// thread.
#pragma once

#include <QListView>

namespace platter {

class MachineListView : public QListView {
    Q_OBJECT

public:
    explicit MachineListView(QWidget* parent = nullptr);

Q_SIGNALS:
    void isoDropped(const QString& iso);
    void contextMenuRequested(const QPoint& globalPosition);
    void visibleRowsChanged();

protected:
    void contextMenuEvent(QContextMenuEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
};

} // namespace platter
