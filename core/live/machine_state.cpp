// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_state.h"

#include <QCoreApplication>

namespace platter {

QString nameOf(MachineState state)
{
    switch (state) {
    case MachineState::Off:
        return QStringLiteral("off");
    case MachineState::Starting:
        return QStringLiteral("starting");
    case MachineState::Running:
        return QStringLiteral("running");
    case MachineState::Paused:
        return QStringLiteral("paused");
    case MachineState::ShuttingDown:
        return QStringLiteral("shutting-down");
    case MachineState::Crashed:
        return QStringLiteral("crashed");
    case MachineState::IoError:
        return QStringLiteral("io-error");
    case MachineState::InternalError:
        return QStringLiteral("internal-error");
    case MachineState::GuestPanicked:
        return QStringLiteral("guest-panicked");
    }
    Q_UNREACHABLE_RETURN({});
}

QString displayName(MachineState state)
{
    const auto tr = [](const char* text) { return QCoreApplication::translate("platter::MachineState", text); };
    switch (state) {
    case MachineState::Off:
        return tr(QT_TRANSLATE_NOOP("platter::MachineState", "Off"));
    case MachineState::Starting:
        return tr(QT_TRANSLATE_NOOP("platter::MachineState", "Starting"));
    case MachineState::Running:
        return tr(QT_TRANSLATE_NOOP("platter::MachineState", "Running"));
    case MachineState::Paused:
        return tr(QT_TRANSLATE_NOOP("platter::MachineState", "Paused"));
    case MachineState::ShuttingDown:
        return tr(QT_TRANSLATE_NOOP("platter::MachineState", "Shutting down"));
    case MachineState::Crashed:
        return tr(QT_TRANSLATE_NOOP("platter::MachineState", "Crashed"));
    case MachineState::IoError:
        return tr(QT_TRANSLATE_NOOP("platter::MachineState", "Disk error"));
    case MachineState::InternalError:
        return tr(QT_TRANSLATE_NOOP("platter::MachineState", "Internal error"));
    case MachineState::GuestPanicked:
        return tr(QT_TRANSLATE_NOOP("platter::MachineState", "Guest panicked"));
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace platter
