// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_layout.h"

#include <algorithm>
#include <cmath>

namespace platter {

namespace {
// A picture that could be up to this much larger stays at a whole multiple: text is sharp then, and nobody misses
// the last few percent.
constexpr qreal WholeMultipleTolerance = 1.125;

QSize fitted(QSize guest, QSize view)
{
    const qreal scale = std::min(qreal(view.width()) / guest.width(), qreal(view.height()) / guest.height());
    const qreal whole = std::floor(scale);
    if (whole >= 1 && scale / whole <= WholeMultipleTolerance)
        return guest * int(whole);
    return {std::max(1, int(std::lround(guest.width() * scale))),
        std::max(1, int(std::lround(guest.height() * scale)))};
}
} // namespace

ScreenLayout ScreenLayout::of(QSize guest, QSize view, qreal devicePixelRatio, ScaleMode mode, QPoint scroll)
{
    if (guest.isEmpty() || view.isEmpty())
        return {};
    const QSize size = mode == ScaleMode::Fit ? fitted(guest, view) : guest * originalScale(devicePixelRatio);
    // Centred where it is smaller than the view, scrolled where it is larger.
    const auto place = [](int length, int room, int scrolled) {
        return length <= room ? (room - length) / 2 : -std::clamp(scrolled, 0, length - room);
    };
    const QPoint corner(
        place(size.width(), view.width(), scroll.x()), place(size.height(), view.height(), scroll.y()));
    return {guest, {corner, size}};
}

int ScreenLayout::originalScale(qreal devicePixelRatio)
{
    return std::max(1, int(devicePixelRatio));
}

bool ScreenLayout::isExact() const
{
    return !isEmpty() && target.width() % guest.width() == 0 && target.height() % guest.height() == 0
        && target.width() / guest.width() == target.height() / guest.height();
}

QPoint ScreenLayout::toGuest(QPointF device) const
{
    if (isEmpty())
        return {};
    const auto map = [](qreal at, int start, int length, int pixels) {
        return std::clamp(int(std::floor((at - start) * pixels / length)), 0, pixels - 1);
    };
    return {map(device.x(), target.x(), target.width(), guest.width()),
        map(device.y(), target.y(), target.height(), guest.height())};
}

QRegion ScreenLayout::toDevice(const QRegion& guestRegion) const
{
    if (isEmpty())
        return {};
    const qreal x = qreal(target.width()) / guest.width();
    const qreal y = qreal(target.height()) / guest.height();
    // Blending reaches into the neighbouring pixel.
    const int spill = isExact() ? 0 : 1 + int(std::ceil(std::max(x, y)));
    QRegion region;
    for (const QRect& rect : guestRegion) {
        const QPoint topLeft(int(std::floor(rect.left() * x)), int(std::floor(rect.top() * y)));
        const QPoint bottomRight(
            int(std::ceil((rect.right() + 1) * x)) - 1, int(std::ceil((rect.bottom() + 1) * y)) - 1);
        region += QRect(topLeft, bottomRight).adjusted(-spill, -spill, spill, spill).translated(target.topLeft());
    }
    return region & target;
}

} // namespace platter
