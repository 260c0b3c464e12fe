// SPDX-License-Identifier: GPL-3.0-or-later
// Where the tour plays: a virtual display with a window manager when there is no display, and folders of its own,
// so that the user's machines and settings are never touched. Made before QApplication; everything ends with it.
#pragma once

#include "core/places.h"

#include <QProcess>
#include <QTemporaryDir>

#include <memory>

namespace platter::tour {

class Stage {
public:
    // MissingProgram names the package where Xvfb or the window manager is not installed.
    static Result<std::unique_ptr<Stage>> build();
    ~Stage();

private:
    Stage() = default;
    Result<void> raiseDisplay();

    QTemporaryDir m_home{QStringLiteral("/tmp/platter-tour-XXXXXX")}; // short: unix sockets live in it
    QProcess m_display;
    QProcess m_windowManager;
};

} // namespace platter::tour
