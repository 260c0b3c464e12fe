// SPDX-License-Identifier: GPL-3.0-or-later
// Colours that the palette has no role for, derived from it so that they are legible on light and on dark. Pure
// functions.
#pragma once

#include <QColor>
#include <QPalette>

namespace platter {

// Text of less weight on BACKGROUND: descriptions, hints.
QColor quietText(const QPalette& palette, QPalette::ColorRole background);

// A line around something on BACKGROUND; the palette's own Mid cannot be seen in high contrast.
QColor outline(const QPalette& palette, QPalette::ColorRole background);

// The marks of errors, warnings and good news.
QColor errorShade(const QPalette& palette);
QColor warningShade(const QPalette& palette);
QColor goodShade(const QPalette& palette);

} // namespace platter
