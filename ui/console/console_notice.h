// SPDX-License-Identifier: GPL-3.0-or-later
// What the console says when there is no screen to use: the machine is off, starting, paused, crashed. A value.
#pragma once

#include <QIcon>
#include <QString>

namespace platter {

enum class NoticePlace {
    InsteadOfScreen,
    OverScreen, // the last frame stays, dimmed, behind it
    TopOfScreen, // and at its top, for what stands further down is worth reading
};

struct ConsoleNotice {
    QIcon icon = {};
    QString title;
    QString text = {}; // one sentence
    QString buttonText = {}; // empty: no button
    NoticePlace place = NoticePlace::InsteadOfScreen;
    bool busy = false; // shows that something is going on
};

} // namespace platter
