// SPDX-License-Identifier: GPL-3.0-or-later
// A program's turn at changing the block graph of a running machine, or whether it runs: programs that do either
// take turns, so that none lets a guest run whose disk another one holds in its hand. Thread with an event loop;
// owned by whoever changes something, for as long as the change takes.
#pragma once

#include "core/live/machine_monitor.h"
#include "core/machine/definition.h"

#include <QStringList>

#include <memory>
#include <vector>

namespace platter {

// Those of NODES that are a slot's and have one, in ascending order.
std::vector<int> generationsIn(const QJsonArray& nodes, SlotId slot);

class GraphTurn {
public:
    // TimedOut, with who has the turn, after DEADLINE.
    static QCoro::Task<Result<std::shared_ptr<GraphTurn>>> take(QPointer<MachineMonitor> monitor,
        RuntimeFolder runtime, std::chrono::milliseconds deadline = QmpClient::usualDeadline);

    MachineMonitor* monitor() const { return m_monitor; } // null: gone

    // Interrupted also when the session has gone.
    QCoro::Task<Result<QJsonValue>> ask(QString command, QJsonObject arguments = {});
    QCoro::Task<Result<void>> tell(QString command, QJsonObject arguments = {});

    // All nodes of the graph, as query-named-block-nodes describes them.
    QCoro::Task<Result<QJsonArray>> nodes();
    // As generationsIn() says, of the graph as it is now.
    QCoro::Task<Result<std::vector<int>>> generations(SlotId slot);
    // Closes what nothing uses of these: left by a program that died half-way.
    QCoro::Task<void> removeNodes(SlotId slot, std::vector<int> generations);

private:
    GraphTurn(QPointer<MachineMonitor> monitor, TurnLock lock);

    QPointer<MachineMonitor> m_monitor;
    MachineMonitor::Hold m_hold;
    TurnLock m_lock;
};

} // namespace platter
