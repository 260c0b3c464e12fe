// SPDX-License-Identifier: GPL-3.0-or-later
// Whether everything in a window can be used by those who do not see it or have no mouse. For every test of a
// window.
#pragma once

#include <QStringList>

class QWidget;

namespace platter {

// Controls (buttons, fields, lists, texts that take the focus) below ROOT, visible or not, for which a screen
// reader has no name; each as "QToolButton 'objectName' in QToolBar".
QStringList controlsWithoutName(QWidget* root);

// Visible, enabled controls below ROOT that Tab does not reach from where the focus is. Presses Tab until it comes
// round.
QStringList controlsBeyondTab(QWidget* root);

} // namespace platter
