// SPDX-License-Identifier: GPL-3.0-or-later
// The picture of a machine's storage: rows below each other, empty slots beside each other. Unfolds them by click
// and Return; takes files and drives that are dropped on a place where the rules allow it, which shows while they
// are dragged. GUI thread.
#pragma once

#include "ui/storage_pane/storage_model.h"

#include <QListView>
#include <QPersistentModelIndex>
#include <QPointer>

#include <functional>

namespace platter {

class StorageView : public QListView {
    Q_OBJECT

public:
    // The slot is nothing where the files are over no controller.
    using FileRule = std::function<bool(const QStringList& files, std::optional<SlotId> slot)>;
    using MoveRule = std::function<bool(SlotId from, SlotId to)>;

    explicit StorageView(StorageModel& model, QWidget* parent = nullptr);

    // Whether a drop is acceptable. Without a rule nothing can be dropped, or dragged.
    void setFileRule(FileRule rule);
    void setMoveRule(MoveRule rule);

    // Offers to add disks, DVD drives and controllers; not before somebody listens to that.
    void setAdding(bool adding);

    // Of a whole row; the same with and without a scroll bar.
    int rowWidth() const;
    // The drives that can be seen now.
    std::vector<SlotId> visibleDrives() const;
    // The slot that a drop there is for: the one under it, on a controller or its folded slots the first empty one.
    std::optional<SlotId> slotAt(const QPoint& at) const;

    void doItemsLayout() override;
    void dataChanged(const QModelIndex& first, const QModelIndex& last, const QList<int>& roles = {}) override;

Q_SIGNALS:
    void filesDropped(const QStringList& files, std::optional<platter::SlotId> slot);
    void driveDragged(platter::SlotId from, platter::SlotId to);
    void addDiskRequested(int controller);
    void addDvdRequested(int controller);
    void addControllerRequested();
    void removeControllerRequested(); // the last
    void contextMenuRequested(const QPoint& globalPosition);
    void visibleRowsChanged();

protected:
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void startDrag(Qt::DropActions actions) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void changeEvent(QEvent* event) override;

private:
    bool unfold(const QModelIndex& index);
    void placeButtons();
    QWidget* buttonsOf(const StorageRow& row);
    bool accepts(const QDropEvent* event) const;
    void showDropAt(const std::optional<QPoint>& at);

    StorageModel& m_model;
    FileRule m_fileRule;
    MoveRule m_moveRule;
    QList<QPointer<QWidget>> m_buttons; // on rows
    bool m_adding = false;
    bool m_isDropShown = false;
    QPersistentModelIndex m_dropAt; // invalid while a drop is shown: the whole machine
};

} // namespace platter
