// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shades.h"

namespace platter {

namespace {

bool isDark(const QPalette& palette)
{
    return palette.color(QPalette::Window).lightnessF() < 0.5F;
}

// The text's colour with WEIGHT, thinned with the ground's.
QColor textOn(const QColor& back, const QPalette& palette, float weight)
{
    const QColor front = palette.color(QPalette::WindowText);
    return QColor::fromRgbF(front.redF() * weight + back.redF() * (1 - weight),
        front.greenF() * weight + back.greenF() * (1 - weight),
        front.blueF() * weight + back.blueF() * (1 - weight));
}

} // namespace

QColor quietText(const QPalette& palette, QPalette::ColorRole background)
{
    return textOn(palette.color(background), palette, 0.68F); // at least 4.5:1 on the usual palettes
}

QColor outline(const QPalette& palette, QPalette::ColorRole background)
{
    return textOn(palette.color(background), palette, 0.3F);
}

QColor errorShade(const QPalette& palette)
{
    return isDark(palette) ? QColor(0xff, 0x8a, 0x80) : QColor(0xb3, 0x1b, 0x1b);
}

QColor warningShade(const QPalette& palette)
{
    return isDark(palette) ? QColor(0xff, 0xc1, 0x4d) : QColor(0x8a, 0x55, 0x00);
}

QColor goodShade(const QPalette& palette)
{
    return isDark(palette) ? QColor(0x7d, 0xd8, 0x8a) : QColor(0x1b, 0x7a, 0x33);
}

} // namespace platter
