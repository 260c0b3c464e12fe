// SPDX-License-Identifier: GPL-3.0-or-later
// Where a guest's screen lies in the view and how large its pixels are, counted in device pixels so that it is as
// sharp as the display allows. A value; pure functions.
#pragma once

#include <QPoint>
#include <QRect>
#include <QRegion>
#include <QSize>

namespace platter {

enum class ScaleMode {
    Fit, // as large as the view, keeping its proportions
    Original, // one pixel of the guest is one pixel, or a whole number of them on a dense display; with scroll bars
};

struct ScreenLayout {
    QSize guest; // pixels of the guest
    QRect target; // device pixels, relative to the view's top left corner

    // VIEW in device pixels; SCROLL, in device pixels, is how far the view has moved over a screen larger than
    // itself.
    static ScreenLayout of(QSize guest, QSize view, qreal devicePixelRatio, ScaleMode mode, QPoint scroll = {});

    // Device pixels per pixel of the guest at original size.
    static int originalScale(qreal devicePixelRatio);

    bool isEmpty() const { return guest.isEmpty() || target.isEmpty(); }

    qreal scale() const { return isEmpty() ? 1.0 : qreal(target.width()) / guest.width(); }

    // Each pixel of the guest is the same number of device pixels: nothing needs to be blended.
    bool isExact() const;

    // The pixel of the guest under a place of the view, the nearest one where there is none.
    QPoint toGuest(QPointF device) const;
    // The device pixels that a change in the guest touches.
    QRegion toDevice(const QRegion& guestRegion) const;
};

} // namespace platter
