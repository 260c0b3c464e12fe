// SPDX-License-Identifier: GPL-3.0-or-later
// Paints the rows of a machine's storage: controllers, drives as cards, empty slots as bays. A row is as wide as
// the view, an empty slot a fraction of that. GUI thread; owned by the view.
#pragma once

#include <QStyledItemDelegate>

namespace platter {

class StorageDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    // What the view puts on a row, its buttons, lies at the row's end.
    void updateEditorGeometry(
        QWidget* editor, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

    // Where a row's frame lies in its rectangle.
    static QRect frameIn(const QRect& row);
};

} // namespace platter
