// SPDX-License-Identifier: GPL-3.0-or-later
// Asks before something is lost, naming what. The question is a window of its own that blocks nothing else; Cancel
// is the default. GUI thread.
#pragma once

#include <QString>

#include <functional>

class QWidget;
class QMessageBox;

namespace platter {

struct Confirmation {
    QString question; // "Power off debian-13?"
    QString consequence; // what is lost
    QString verb; // "Power off debian-13": the button that does it
    QString detail = {}; // what exactly, folded
};

// Calls AGREED when the verb is chosen. The box belongs to PARENT.
QMessageBox* ask(QWidget* parent, const Confirmation& confirmation, std::function<void()> agreed);

} // namespace platter
