// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/action_rules.h"

#include <QCoreApplication>

namespace platter {

namespace {

QString sentence(const char* text, const MachineSituation& situation)
{
    return QCoreApplication::translate("MachineAction", text).arg(situation.name);
}

std::optional<QString> unlessUp(const MachineSituation& situation)
{
    if (!isUp(situation.state)) {
        return sentence(QT_TRANSLATE_NOOP("MachineAction", "%1 is off."), situation);
    }
    if (situation.state == MachineState::Starting) {
        return sentence(QT_TRANSLATE_NOOP("MachineAction", "%1 is still starting."), situation);
    }
    return std::nullopt;
}

std::optional<QString> unlessGuestRuns(const MachineSituation& situation)
{
    if (const auto reason = unlessUp(situation)) {
        return reason;
    }
    switch (situation.state) {
    case MachineState::Paused:
        return sentence(QT_TRANSLATE_NOOP("MachineAction", "%1 is paused: resume it first."), situation);
    case MachineState::IoError:
        return sentence(
            QT_TRANSLATE_NOOP("MachineAction", "%1 was stopped by a disk error: resume it first."), situation);
    case MachineState::InternalError:
        return sentence(
            QT_TRANSLATE_NOOP("MachineAction", "%1 was stopped by an internal error and cannot go on."), situation);
    case MachineState::GuestPanicked:
        return sentence(
            QT_TRANSLATE_NOOP("MachineAction", "The system in %1 has panicked and does not react."), situation);
    default:
        return std::nullopt;
    }
}

std::optional<QString> unlessDvdDrive(const MachineSituation& situation)
{
    if (situation.dvdDrives == 0) {
        return sentence(QT_TRANSLATE_NOOP("MachineAction", "%1 has no DVD drive."), situation);
    }
    if (situation.state == MachineState::Starting) {
        return sentence(QT_TRANSLATE_NOOP("MachineAction", "%1 is still starting."), situation);
    }
    return std::nullopt;
}

} // namespace

std::optional<QString> obstacle(MachineAction action, const MachineSituation& situation)
{
    if (situation.name.isEmpty()) {
        return QCoreApplication::translate("MachineAction", "No machine is selected.");
    }
    if (situation.isGone) {
        return sentence(
            QT_TRANSLATE_NOOP("MachineAction", "The folder of %1 has been moved or deleted."), situation);
    }
    if (situation.isBroken && action != MachineAction::MoveToTrash && action != MachineAction::ShowFolder) {
        return sentence(QT_TRANSLATE_NOOP("MachineAction", "The definition of %1 cannot be read."), situation);
    }
    switch (action) {
    case MachineAction::StartWithoutKvm:
        if (situation.state == MachineState::InternalError && situation.canRetryWithoutKvm) {
            return std::nullopt;
        }
        [[fallthrough]];
    case MachineAction::Start:
        if (isUp(situation.state)) {
            return sentence(QT_TRANSLATE_NOOP("MachineAction", "%1 is on already."), situation);
        }
        return std::nullopt;
    case MachineAction::Pause:
        return unlessGuestRuns(situation);
    case MachineAction::Resume:
        if (situation.state != MachineState::Paused && situation.state != MachineState::IoError) {
            return sentence(QT_TRANSLATE_NOOP("MachineAction", "%1 is not paused."), situation);
        }
        return std::nullopt;
    case MachineAction::ShutDown:
    case MachineAction::ShutDownByAgent:
        return unlessGuestRuns(situation);
    case MachineAction::PowerOff:
        if (!isUp(situation.state)) {
            return sentence(QT_TRANSLATE_NOOP("MachineAction", "%1 is off."), situation);
        }
        return std::nullopt;
    case MachineAction::Reset:
        return unlessUp(situation);
    case MachineAction::InsertMedium:
        return unlessDvdDrive(situation);
    case MachineAction::EjectMedium:
        if (const auto reason = unlessDvdDrive(situation)) {
            return reason;
        }
        if (situation.media == 0) {
            return sentence(QT_TRANSLATE_NOOP("MachineAction", "No DVD drive of %1 has a medium."), situation);
        }
        return std::nullopt;
    case MachineAction::RemoveDrive:
        if (situation.state == MachineState::Starting) {
            return sentence(QT_TRANSLATE_NOOP("MachineAction", "%1 is still starting."), situation);
        }
        return std::nullopt;
    case MachineAction::ShowScreen:
        return unlessUp(situation);
    case MachineAction::ChangeSettings:
    case MachineAction::ShowFolder:
        return std::nullopt;
    case MachineAction::MoveToTrash:
        if (!situation.isBroken && isUp(situation.state)) {
            return sentence(
                QT_TRANSLATE_NOOP("MachineAction", "%1 is on: shut it down or power it off first."), situation);
        }
        return std::nullopt;
    }
    return std::nullopt;
}

} // namespace platter
