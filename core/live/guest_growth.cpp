// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/guest_growth.h"

#include "core/live/guest_script.h"

#include <QCoreApplication>
#include <QCoroTimer>
#include <QDeadlineTimer>
#include <QFileInfo>

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

QCoro::Task<Result<GuestVolume>> look(RuntimeFolder runtime, GuestSystem system, SlotId slot)
{
    const Result<QByteArray> said = co_await runScript(
        runtime, system, lookScript(system, slot), Texts::tr("looking at the disk"), lookDeadline);
    co_return said.and_then([system](const QByteArray& output) { return readVolume(system, output); });
}

} // namespace

QCoro::Task<Result<GuestVolume>> lookInGuest(RuntimeFolder runtime, SlotId slot)
{
    const Result<GuestSystem> system = co_await guestSystem(runtime);
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
            co_await runScript(
                runtime, before->system, rescan.arg(QFileInfo(before->disk).fileName()), rescan, lookDeadline);
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
        const Result<QByteArray> done =
            co_await runScript(runtime, before->system, command, command, growthDeadline);
        if (!done) {
            co_return std::unexpected(done.error());
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
