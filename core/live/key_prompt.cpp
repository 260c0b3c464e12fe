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
constexpr auto begins = ByteCount::mebibytes(32);

} // namespace

QCoro::Task<void> answerKeyPrompt(QPointer<MachineMonitor> monitor, std::vector<SlotId> dvds)
{
    const QJsonObject space{{QStringLiteral("keys"),
        QJsonArray{QJsonObject{
            {QStringLiteral("type"), QStringLiteral("qcode")}, {QStringLiteral("data"), QStringLiteral("spc")}}}}};
    for (const QDeadlineTimer end(patience); monitor && !end.hasExpired();) {
        const Result<DriveCounts> counts = co_await countersOf(monitor);
        const bool isStarting = !counts || std::ranges::any_of(dvds, [&](SlotId slot) {
            const auto found = counts->find(slot);
            return found != counts->end() && ByteCount(found->second.readBytes) > begins;
        });
        if (isStarting || !monitor) {
            co_return;
        }
        std::ignore = co_await monitor->execute(QStringLiteral("send-key"), space);
        co_await QCoro::sleepFor(interval);
    }
}

} // namespace platter
