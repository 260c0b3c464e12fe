// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/machine_delegate.h"

#include "ui/icons.h"
#include "ui/main_window/machine_list_model.h"
#include "ui/shades.h"

#include <QApplication>
#include <QPainter>

namespace platter {

namespace {

constexpr int margin = 8;
constexpr int gap = 4;
constexpr int iconSize = 16;

void paintScreen(QPainter* painter, const QRect& rect, const QStyleOptionViewItem& option, const QModelIndex& index)
{
    const auto thumbnail = index.data(MachineListModel::ThumbnailRole).value<QImage>();
    const bool isUp = index.data(MachineListModel::IsUpRole).toBool();
    const QPalette& palette = option.palette;
    if (thumbnail.isNull()) {
        // A screen that is on without a picture yet is dark; one that is off is an empty frame.
        painter->fillRect(rect, isUp ? QColor(Qt::black) : palette.color(QPalette::AlternateBase));
    } else {
        painter->fillRect(rect, Qt::black);
        QSize size = thumbnail.size() / thumbnail.devicePixelRatio();
        size.scale(rect.size(), Qt::KeepAspectRatio);
        QRect target(QPoint(), size);
        target.moveCenter(rect.center());
        painter->drawImage(target, thumbnail);
    }
    if (!isUp) {
        const bool isBroken = index.data(MachineListModel::IsBrokenRole).toBool();
        QRect place(QPoint(), QSize(20, 20));
        place.moveCenter(rect.center());
        // Faint, but not in the disabled colour, which is the ground's in high contrast.
        painter->setOpacity(0.5);
        symbolicIcon(isBroken ? QStringLiteral("dialog-warning") : QStringLiteral("video-display"))
            .paint(painter, place);
        painter->setOpacity(1);
    }
    painter->setPen(outline(palette, QPalette::Base));
    painter->setBrush(Qt::NoBrush);
    painter->drawRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5));
}

} // namespace

void MachineDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& styleOption, const QModelIndex& index) const
{
    QStyleOptionViewItem option = styleOption;
    initStyleOption(&option, index);
    const QString name = option.text;
    option.text.clear();
    const QStyle* style = option.widget != nullptr ? option.widget->style() : QApplication::style();
    // The style's own background, selection and focus.
    style->drawControl(QStyle::CE_ItemViewItem, &option, painter, option.widget);

    painter->save();
    QRect screen(option.rect.topLeft() + QPoint(margin, margin), thumbnailSize());
    screen = QStyle::visualRect(option.direction, option.rect, screen);
    paintScreen(painter, screen, option, index);

    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    const QPalette::ColorGroup group =
        option.state.testFlag(QStyle::State_Active) ? QPalette::Active : QPalette::Inactive;
    const QColor colour = option.palette.color(group, isSelected ? QPalette::HighlightedText : QPalette::Text);

    QFont bold = option.font;
    bold.setBold(true);
    const QFontMetrics nameMetrics(bold);
    const QFontMetrics stateMetrics(option.font);
    const int stateHeight = qMax(stateMetrics.height(), iconSize);
    const int left = margin + thumbnailSize().width() + margin;
    const int width = option.rect.width() - left - margin;
    const int top = option.rect.top() + (option.rect.height() - nameMetrics.height() - gap - stateHeight) / 2;
    const auto place = [&](int x, int y, int w, int h) {
        return QStyle::visualRect(option.direction, option.rect, QRect(option.rect.left() + x, y, w, h));
    };

    painter->setPen(colour);
    painter->setFont(bold);
    const int alignment = QStyle::visualAlignment(option.direction, Qt::AlignLeft) | Qt::AlignVCenter;
    painter->drawText(place(left, top, width, nameMetrics.height()), alignment,
        nameMetrics.elidedText(name, Qt::ElideMiddle, width));

    const int stateTop = top + nameMetrics.height() + gap;
    symbolicIcon(index.data(MachineListModel::StateIconRole).toString())
        .paint(painter, place(left, stateTop + (stateHeight - iconSize) / 2, iconSize, iconSize), Qt::AlignCenter,
            isSelected ? QIcon::Selected : QIcon::Normal);
    painter->setFont(option.font);
    const int textLeft = left + iconSize + gap;
    const int textWidth = width - iconSize - gap;
    painter->drawText(place(textLeft, stateTop, textWidth, stateHeight), alignment,
        stateMetrics.elidedText(index.data(MachineListModel::StateTextRole).toString(), Qt::ElideRight, textWidth));
    painter->restore();
}

QSize MachineDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    const int text = 2 * option.fontMetrics.height() + gap;
    return {margin + thumbnailSize().width() + margin + 16 * option.fontMetrics.averageCharWidth() + margin,
        qMax(thumbnailSize().height(), text) + 2 * margin};
}

} // namespace platter
