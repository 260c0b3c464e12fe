// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/drive_counters.h"

#include "core/qemu/block_graph.h"

#include <QJsonArray>

namespace platter {

namespace {

std::uint64_t counterIn(const QJsonValue& stats, QLatin1String key)
{
    return static_cast<std::uint64_t>(std::max<qint64>(0, stats[key].toInteger()));
}

} // namespace

QCoro::Task<Result<DriveCounts>> countersOf(QPointer<MachineMonitor> monitor)
{
    const Result<QJsonValue> answer = co_await monitor->execute(QStringLiteral("query-blockstats"));
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    DriveCounts counts;
    const QJsonArray devices = answer->toArray();
    for (const QJsonValue& device : devices) {
        const QString name = device[QLatin1String("qdev")].toString();
        const std::optional<SlotId> slot = slotOfName(name);
        if (!slot || name != driveName(*slot)) {
            continue;
        }
        const QJsonValue stats = device[QLatin1String("stats")];
        counts[*slot] = {counterIn(stats, QLatin1String("rd_bytes")), counterIn(stats, QLatin1String("wr_bytes")),
            counterIn(stats, QLatin1String("rd_operations")), counterIn(stats, QLatin1String("wr_operations"))};
    }
    co_return counts;
}

} // namespace platter
