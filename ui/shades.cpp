// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shades.h"

namespace platter {

namespace {

bool isDark(const QPalette& palette)
{
    return palette.color(QPalette::Window).lightnessF() < 0.5F;
}

} // namespace

QColor quietText(const QPalette& palette, QPalette::ColorRole background)
{
    const QColor front = palette.color(QPalette::WindowText);
    const QColor back = palette.color(background);
    constexpr float weight = 0.68F; // at least 4.5:1 on the usual palettes
    return QColor::fromRgbF(front.redF() * weight + back.redF() * (1 - weight),
        front.greenF() * weight + back.greenF() * (1 - weight),
        front.blueF() * weight + back.blueF() * (1 - weight));
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
