// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/graph_turn.h"

#include "core/qemu/block_graph.h"
#include "core/qemu/qmp_error.h"

#include <QJsonArray>

#include <set>

namespace platter {

std::vector<int> generationsIn(const QJsonArray& nodes, SlotId slot)
{
    std::set<int> found;
    for (const QJsonValue& node : nodes) {
        const QString name = node[QLatin1String("node-name")].toString();
        if (const std::optional<int> generation = generationOfName(name); generation && slotOfName(name) == slot) {
            found.insert(*generation);
        }
    }
    return {found.begin(), found.end()};
}

GraphTurn::GraphTurn(QPointer<MachineMonitor> monitor, TurnLock lock)
    : m_monitor(std::move(monitor))
    , m_hold(m_monitor)
    , m_lock(std::move(lock))
{
}

QCoro::Task<Result<std::shared_ptr<GraphTurn>>> GraphTurn::take(
    QPointer<MachineMonitor> monitor, RuntimeFolder runtime, std::chrono::milliseconds deadline)
{
    Result<TurnLock> lock = co_await TurnLock::take(runtime.graphLock(), deadline);
    if (!lock) {
        co_return std::unexpected(lock.error());
    }
    if (!monitor) {
        co_return std::unexpected(qmpInterrupted(QString()));
    }
    co_return std::shared_ptr<GraphTurn>(new GraphTurn(std::move(monitor), *std::move(lock)));
}

QCoro::Task<Result<QJsonValue>> GraphTurn::ask(QString command, QJsonObject arguments)
{
    if (!m_monitor) {
        co_return std::unexpected(qmpInterrupted(command));
    }
    co_return co_await m_monitor->execute(command, arguments);
}

QCoro::Task<Result<void>> GraphTurn::tell(QString command, QJsonObject arguments)
{
    const Result<QJsonValue> answer = co_await ask(command, arguments);
    co_return answer.transform([](const QJsonValue&) { });
}

QCoro::Task<Result<QJsonArray>> GraphTurn::nodes()
{
    const Result<QJsonValue> answer =
        co_await ask(QStringLiteral("query-named-block-nodes"), {{QStringLiteral("flat"), true}});
    co_return answer.transform([](const QJsonValue& nodes) { return nodes.toArray(); });
}

QCoro::Task<Result<std::vector<int>>> GraphTurn::generations(SlotId slot)
{
    const Result<QJsonArray> all = co_await nodes();
    if (!all) {
        co_return std::unexpected(all.error());
    }
    co_return generationsIn(*all, slot);
}

QCoro::Task<void> GraphTurn::removeNodes(SlotId slot, std::vector<int> generations)
{
    for (const int generation : generations) {
        // The format node first: the file node is in use until then. One that is not there is what was wanted.
        const QStringList names{formatNodeName(slot, generation), fileNodeName(slot, generation)};
        for (const QString& name : names) {
            co_await tell(QStringLiteral("blockdev-del"), {{QStringLiteral("node-name"), name}});
        }
    }
}

} // namespace platter
