// SPDX-License-Identifier: GPL-3.0-or-later
// The colours of a dark desktop theme (Breeze Dark's), for tests of how things look in one.
#pragma once

#include <QPalette>

namespace platter {

inline QPalette darkPalette()
{
    QPalette colours(QColor(0x31, 0x36, 0x3b), QColor(0x2a, 0x2e, 0x32));
    colours.setColor(QPalette::Base, QColor(0x1b, 0x1e, 0x20));
    colours.setColor(QPalette::Highlight, QColor(0x3d, 0xae, 0xe9));
    return colours;
}

} // namespace platter
