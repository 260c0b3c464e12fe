// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/network_cable.h"

#include "core/qemu/block_graph.h"

#include <QCoreApplication>
#include <QPointer>

#include <algorithm>

namespace platter {

QCoro::Task<Result<void>> plugCables(
    MachineMonitor* monitor, std::vector<NetworkAdapter> now, std::vector<NetworkAdapter> wanted)
{
    const QPointer<MachineMonitor> qemu(monitor);
    for (std::size_t i = 0; i < std::min(now.size(), wanted.size()); ++i) {
        if (now[i].mac != wanted[i].mac || now[i].isConnected == wanted[i].isConnected || !qemu) {
            continue;
        }
        const Result<QJsonValue> done = co_await qemu->execute(QStringLiteral("set_link"),
            {{QStringLiteral("name"), adapterName({int(i)})}, {QStringLiteral("up"), wanted[i].isConnected}});
        if (!done) {
            Error error = done.error();
            const QString advice = QCoreApplication::translate(
                "platter::NetworkCable", "Try again; from the next start on it is as it should be.");
            error.summary = wanted[i].isConnected
                ? QCoreApplication::translate("platter::NetworkCable",
                      "The cable of network adapter %1 could not be plugged in while the machine runs.")
                      .arg(i)
                : QCoreApplication::translate("platter::NetworkCable",
                      "The cable of network adapter %1 could not be pulled out while the machine runs.")
                      .arg(i);
            error.advice = advice;
            co_return std::unexpected(error);
        }
    }
    co_return Result<void>();
}

} // namespace platter
