// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/machine_notice.h"

#include "ui/icons.h"

#include <QCoreApplication>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::MachineNotice)
};

QString label(NoticeAction action, bool again)
{
    switch (action) {
    case NoticeAction::None:
        break;
    case NoticeAction::Start:
        return again ? Texts::tr("Start again") : Texts::tr("Start");
    case NoticeAction::StartWithoutKvm:
        return Texts::tr("Start without KVM");
    case NoticeAction::Resume:
        return Texts::tr("Resume");
    case NoticeAction::Reset:
        return Texts::tr("Reset…");
    case NoticeAction::PowerOff:
        return Texts::tr("Power off…");
    }
    return {};
}

MachineNotice trouble(const NoticeSituation& situation, const QString& title, const QString& otherwise,
    NoticeAction action, NoticePlace place, const QIcon& icon)
{
    ConsoleNotice notice;
    notice.icon = icon;
    notice.title = title.arg(situation.name);
    notice.text = situation.error ? situation.error->text() : otherwise;
    notice.buttonText = label(action, true);
    notice.place = place;
    return {notice, action};
}

} // namespace

std::optional<MachineNotice> noticeFor(const NoticeSituation& situation)
{
    const QIcon warning = symbolicIcon(QStringLiteral("dialog-warning"));
    const NoticeAction again = situation.canRetryWithoutKvm ? NoticeAction::StartWithoutKvm : NoticeAction::Start;
    switch (situation.state) {
    case MachineState::Off: {
        if (situation.error) {
            return trouble(
                situation, Texts::tr("%1 did not start"), {}, again, NoticePlace::InsteadOfScreen, warning);
        }
        ConsoleNotice notice;
        notice.icon = symbolicIcon(QStringLiteral("video-display"));
        notice.title = Texts::tr("%1 is off").arg(situation.name);
        if (!situation.whyNothingStarts.isEmpty()) {
            notice.text = Texts::tr("Its firmware will start nothing.\n%1").arg(situation.whyNothingStarts);
        }
        notice.buttonText = label(NoticeAction::Start, false);
        return MachineNotice{notice, NoticeAction::Start};
    }
    case MachineState::Starting: {
        ConsoleNotice notice;
        notice.title = Texts::tr("%1 is starting").arg(situation.name);
        notice.busy = true;
        return MachineNotice{notice, NoticeAction::None};
    }
    case MachineState::Running:
    case MachineState::ShuttingDown:
        return std::nullopt;
    case MachineState::Paused: {
        ConsoleNotice notice;
        notice.icon = symbolicIcon(QStringLiteral("media-playback-pause"));
        notice.title = Texts::tr("%1 is paused").arg(situation.name);
        notice.buttonText = label(NoticeAction::Resume, false);
        notice.place = NoticePlace::OverScreen;
        return MachineNotice{notice, NoticeAction::Resume};
    }
    case MachineState::Crashed:
        return trouble(situation, Texts::tr("%1 crashed"), Texts::tr("QEMU went away without being asked."), again,
            NoticePlace::InsteadOfScreen, warning);
    case MachineState::IoError:
        return trouble(situation, Texts::tr("%1 was stopped by a disk error"),
            Texts::tr("An image could not be read or written."), NoticeAction::Resume, NoticePlace::OverScreen,
            warning);
    case MachineState::InternalError:
        return trouble(situation, Texts::tr("%1 was stopped by an internal error"),
            Texts::tr("The accelerator could not go on with the guest."),
            situation.canRetryWithoutKvm ? NoticeAction::StartWithoutKvm : NoticeAction::PowerOff,
            NoticePlace::OverScreen, warning);
    case MachineState::GuestPanicked:
        return trouble(situation, Texts::tr("The system in %1 has panicked"),
            Texts::tr(
                "The guest's kernel has given up; its last words may be on the screen and in the serial log."),
            NoticeAction::Reset, NoticePlace::TopOfScreen, {}); // room for the last words
    }
    return std::nullopt;
}

} // namespace platter
