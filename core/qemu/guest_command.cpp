// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/guest_command.h"

#include <QCoreApplication>
#include <QCoroTimer>
#include <QDeadlineTimer>
#include <QJsonArray>

#include <algorithm>

namespace platter {

namespace {

// Most commands take a moment; one that grows a file system may take minutes.
constexpr std::chrono::milliseconds firstInterval{50};
constexpr std::chrono::milliseconds longestInterval{1000};
constexpr int signalBase = 128;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::GuestCommand)
};

// How long the answer may take that the agent gives only once: that a command has ended.
constexpr std::chrono::seconds endDeadline{60};

// One question to the agent, on a connection of its own.
QCoro::Task<Result<QJsonValue>> ask(
    RuntimeFolder runtime, QString command, QJsonObject arguments, std::chrono::milliseconds deadline)
{
    const auto agent = std::make_unique<GuestAgent>(runtime);
    const Result<void> opened = co_await agent->open();
    if (!opened) {
        co_return std::unexpected(opened.error());
    }
    co_return co_await agent->execute(std::move(command), std::move(arguments), deadline);
}

QByteArray decoded(const QJsonObject& status, QLatin1String key)
{
    return QByteArray::fromBase64(status.value(key).toString().toLatin1());
}

Error forbidden(const Error& refusal)
{
    return {ErrorKind::Unsupported, Texts::tr("The guest's agent may not run programs (guest-exec)."),
        Texts::tr("Allow it in the agent's settings inside the guest, or type the commands there."),
        refusal.detail};
}

Error unfinished(const GuestCommand& command, std::chrono::milliseconds deadline)
{
    return {ErrorKind::TimedOut, Texts::tr("A command in the guest has not ended yet; it goes on there."),
        Texts::tr("Look into the guest after a while."),
        QStringLiteral("%1: %2 ms").arg(command.program).arg(deadline.count())};
}

Error ended(const GuestCommand& command)
{
    return {ErrorKind::Interrupted, Texts::tr("The machine ended while a command ran in its guest."),
        Texts::tr("Start it and look into the guest."), command.program};
}

} // namespace

QCoro::Task<Result<GuestCommandOutcome>> runInGuest(
    RuntimeFolder runtime, GuestCommand command, std::chrono::milliseconds deadline)
{
    const QDeadlineTimer until(deadline);
    const Result<QJsonValue> started = co_await ask(runtime, QStringLiteral("guest-exec"),
        {{QStringLiteral("path"), command.program},
            {QStringLiteral("arg"), QJsonArray::fromStringList(command.arguments)},
            {QStringLiteral("capture-output"), true}},
        GuestAgent::usualDeadline);
    if (!started) {
        co_return std::unexpected(
            started.error().kind == ErrorKind::Unsupported ? forbidden(started.error()) : started.error());
    }
    const QJsonObject which{{QStringLiteral("pid"), started->toObject().value(QLatin1String("pid"))}};
    for (std::chrono::milliseconds interval = firstInterval;; interval = std::min(interval * 2, longestInterval)) {
        co_await QCoro::sleepFor(interval);
        const Result<QJsonValue> answer =
            co_await ask(runtime, QStringLiteral("guest-exec-status"), which, endDeadline);
        if (!answer && answer.error().kind != ErrorKind::TimedOut) {
            co_return std::unexpected(answer.error());
        }
        if (!answer && !runtime.runningQemu()) {
            co_return std::unexpected(ended(command));
        }
        // One that is busy with the command may be slow to answer.
        const QJsonObject status = answer ? answer->toObject() : QJsonObject();
        if (status.value(QLatin1String("exited")).toBool()) {
            const int signal = status.value(QLatin1String("signal")).toInt();
            co_return GuestCommandOutcome{
                signal != 0 ? signalBase + signal : status.value(QLatin1String("exitcode")).toInt(),
                decoded(status, QLatin1String("out-data")), decoded(status, QLatin1String("err-data"))};
        }
        if (until.hasExpired()) {
            co_return std::unexpected(answer ? unfinished(command, deadline) : answer.error());
        }
    }
}

} // namespace platter
