// SPDX-License-Identifier: GPL-3.0-or-later
// Paints a machine in the list: its screen in small, its name, its state in words with an icon. GUI thread; owned
// by the list.
#pragma once

#include <QStyledItemDelegate>

namespace platter {

class MachineDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    static QSize thumbnailSize() { return {80, 50}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace platter
