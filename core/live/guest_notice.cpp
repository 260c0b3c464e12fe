// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/guest_notice.h"

#include "core/qemu/block_graph.h"

#include <QCoroTimer>
#include <QDeadlineTimer>

namespace platter {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 5s;
constexpr auto pollInterval = 5ms;
constexpr int eventQueue = 1; // of virtio-scsi: control, event, then those of the requests (virtio 1.2, 5.6.2)

} // namespace

QCoro::Task<GuestNotice> waitForNoticeRoom(std::shared_ptr<GraphTurn> turn, SlotId slot, bool runs)
{
    // For debugging says QEMU of this command, which may change: what it does not answer as expected is no
    // obstacle.
    const QJsonObject queue{
        {QStringLiteral("path"),
            QStringLiteral("/machine/peripheral/%1/virtio-backend").arg(controllerName(slot.controller))},
        {QStringLiteral("queue"), eventQueue}};
    for (const QDeadlineTimer end(patience);;) {
        const Result<QJsonValue> answer = co_await turn->ask(QStringLiteral("x-query-virtio-queue-element"), queue);
        if (!answer) {
            co_return GuestNotice::Sent;
        }
        // Of all buffers that there ever were, modulo 2^16.
        const int offered = (*answer)[QLatin1String("avail")][QLatin1String("idx")].toInt();
        const int filled = (*answer)[QLatin1String("used")][QLatin1String("idx")].toInt();
        const bool isListening = offered != 0 || filled != 0;
        if (!isListening || offered != filled) {
            co_return GuestNotice::Sent;
        }
        if (!runs || end.hasExpired()) {
            co_return GuestNotice::Lost;
        }
        co_await QCoro::sleepFor(pollInterval);
    }
}

} // namespace platter
