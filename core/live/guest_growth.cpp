// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/guest_growth.h"

#include "core/qemu/guest_command.h"

#include <QCoreApplication>
#include <QCoroTimer>
#include <QDeadlineTimer>
#include <QFileInfo>

#include <memory>

namespace platter {

namespace {

constexpr std::chrono::seconds lookDeadline{30}; // PowerShell takes seconds to start
constexpr std::chrono::minutes growthDeadline{10};
// The guest's kernel hears of the new size by itself, a moment later than QEMU does.
constexpr std::chrono::seconds noticeDeadline{20};
constexpr std::chrono::seconds ownNotice{5}; // then it is told to look
constexpr std::chrono::milliseconds noticeInterval{200};

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::GuestGrowth)
};

QCoro::Task<Result<GuestSystem>> systemOf(RuntimeFolder runtime)
{
    const auto agent = std::make_unique<GuestAgent>(runtime);
    const Result<void> opened = co_await agent->open();
    if (!opened) {
        co_return std::unexpected(opened.error());
    }
    const Result<QJsonValue> info = co_await agent->execute(QStringLiteral("guest-get-osinfo"));
    if (!info && info.error().kind != ErrorKind::Qemu && info.error().kind != ErrorKind::Unsupported) {
        co_return std::unexpected(info.error());
    }
    // One that does not know what it is (no os-release, an old agent) is most often a Linux.
    const QString id = info ? info->toObject().value(QLatin1String("id")).toString() : QString();
    if (id == QLatin1String("mswindows")) {
        co_return GuestSystem::Windows;
    }
    if (id.endsWith(QLatin1String("bsd"))) {
        co_return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("Platter can let file systems grow in Linux and Windows only; this guest is %1.").arg(id),
            Texts::tr("Grow the partition and the file system in the guest, by its own tools."), {}});
    }
    co_return GuestSystem::Linux;
}

GuestCommand commandFor(GuestSystem system, const QString& script)
{
    switch (system) {
    case GuestSystem::Linux:
        // A service may run without the folders where an administrator's programs are.
        return {QStringLiteral("/bin/sh"),
            {QStringLiteral("-c"), QStringLiteral("PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\n") + script}};
    case GuestSystem::Windows:
        return {QStringLiteral("powershell.exe"),
            {QStringLiteral("-NoProfile"), QStringLiteral("-NonInteractive"), QStringLiteral("-Command"), script}};
    }
    Q_UNREACHABLE_RETURN({});
}

Error failed(const QString& command, const GuestCommandOutcome& outcome)
{
    return {ErrorKind::Qemu, Texts::tr("A command failed in the guest: %1").arg(command),
        Texts::tr("Its own words are in the details; try it in the guest."),
        QString::fromUtf8(outcome.errors + outcome.output).trimmed()};
}

QCoro::Task<Result<GuestVolume>> look(RuntimeFolder runtime, GuestSystem system, SlotId slot)
{
    const Result<GuestCommandOutcome> outcome =
        co_await runInGuest(runtime, commandFor(system, lookScript(system, slot)), lookDeadline);
    if (!outcome) {
        co_return std::unexpected(outcome.error());
    }
    if (outcome->exitCode != 0) {
        co_return std::unexpected(failed(Texts::tr("looking at the disk"), *outcome));
    }
    co_return readVolume(system, outcome->output);
}

} // namespace

QCoro::Task<Result<GuestVolume>> lookInGuest(RuntimeFolder runtime, SlotId slot)
{
    const Result<GuestSystem> system = co_await systemOf(runtime);
    if (!system) {
        co_return std::unexpected(system.error());
    }
    co_return co_await look(runtime, *system, slot);
}

QCoro::Task<Result<GuestGrowth>> growInGuest(RuntimeFolder runtime, SlotId slot, ByteCount size)
{
    Result<GuestVolume> before = co_await lookInGuest(runtime, slot);
    const QDeadlineTimer noticed(noticeDeadline);
    QDeadlineTimer byItself(ownNotice);
    while (before && before->diskSize != size) {
        if (noticed.hasExpired()) {
            co_return std::unexpected(Error{ErrorKind::TimedOut,
                Texts::tr("The guest still sees a disk of %1.").arg(before->diskSize.toString()),
                Texts::tr("Restart the guest, then let the partition and the file system grow there."), {}});
        }
        if (byItself.hasExpired() && before->system == GuestSystem::Linux) {
            byItself = QDeadlineTimer(QDeadlineTimer::Forever);
            const QString rescan = QStringLiteral("echo 1 >/sys/block/%1/device/rescan");
            co_await runInGuest(
                runtime, commandFor(before->system, rescan.arg(QFileInfo(before->disk).fileName())), lookDeadline);
        }
        co_await QCoro::sleepFor(noticeInterval);
        before = co_await look(runtime, before->system, slot);
    }
    if (!before) {
        co_return std::unexpected(before.error());
    }
    const Result<QStringList> commands = growthCommands(*before, size);
    if (!commands) {
        co_return std::unexpected(commands.error());
    }
    for (const QString& command : *commands) {
        const Result<GuestCommandOutcome> outcome =
            co_await runInGuest(runtime, commandFor(before->system, command), growthDeadline);
        if (!outcome) {
            co_return std::unexpected(outcome.error());
        }
        if (outcome->exitCode != 0) {
            co_return std::unexpected(failed(command, *outcome));
        }
    }
    const Result<GuestVolume> after = co_await look(runtime, before->system, slot);
    if (!after) {
        co_return std::unexpected(after.error());
    }
    if (after->size <= before->size) {
        co_return std::unexpected(Error{ErrorKind::Qemu,
            Texts::tr("The commands ran in the guest, and %1 has not grown.").arg(after->name()),
            Texts::tr("Look into the guest; these were run: %1").arg(commands->join(QStringLiteral("; "))), {}});
    }
    co_return GuestGrowth{*before, *after, *commands};
}

QString GuestGrowth::sentence() const
{
    return Texts::tr("%1 has grown from %2 to %3 in the guest.")
        .arg(after.name(), before.size.toString(), after.size.toString());
}

} // namespace platter
