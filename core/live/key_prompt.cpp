// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/key_prompt.h"

#include "core/live/drive_counters.h"

#include <QCoroTimer>
#include <QDeadlineTimer>
#include <QJsonArray>

#include <algorithm>

namespace platter {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 90s;
constexpr auto interval = 400ms; // the prompt stands for some seconds
// Up to the prompt some MiB are read; behind it Windows' setup loads an image of several hundred.
constexpr auto mostBefore = ByteCount::mebibytes(32);

} // namespace

ByteCount readBeforeStart(ByteCount medium)
{
    return std::min(mostBefore, ByteCount(medium.bytes() / 2));
}

QCoro::Task<void> answerKeyPrompt(QPointer<MachineMonitor> monitor, std::map<SlotId, ByteCount> dvds)
{
    const QJsonObject key{{QStringLiteral("keys"),
        QJsonArray{QJsonObject{
            {QStringLiteral("type"), QStringLiteral("qcode")}, {QStringLiteral("data"), QStringLiteral("ret")}}}}};
    for (const QDeadlineTimer end(patience); monitor && !dvds.empty() && !end.hasExpired();) {
        const Result<DriveCounts> counts = co_await countersOf(monitor);
        const bool isStarting = !counts || std::ranges::any_of(dvds, [&](const auto& dvd) {
            const auto found = counts->find(dvd.first);
            return found != counts->end() && ByteCount(found->second.readBytes) > dvd.second;
        });
        if (isStarting || !monitor) {
            co_return;
        }
        std::ignore = co_await monitor->execute(QStringLiteral("send-key"), key);
        co_await QCoro::sleepFor(interval);
    }
}

} // namespace platter
