// SPDX-License-Identifier: GPL-3.0-or-later
// A conversation with the agent inside a guest (docs/interop/qemu-ga-ref in QEMU's source), over the socket of its
// channel. The channel cannot tell whether an agent listens: one that is not there does not answer. The channel
// serves one client, so programs take turns, and a conversation should be short. Thread with an event loop; owned
// by whoever asks.
#pragma once

#include "core/local_socket.h"
#include "core/qemu/runtime_folder.h"
#include "core/qemu/turn_lock.h"

#include <QCoroTask>
#include <QJsonObject>
#include <QObject>

#include <chrono>
#include <memory>

namespace platter {

class PendingAnswer;

class GuestAgent : public QObject {
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds usualDeadline{3000};

    explicit GuestAgent(const RuntimeFolder& runtime, QObject* parent = nullptr);
    ~GuestAgent() override;

    // Takes the turn, connects and synchronises, so that answers meant for others are skipped. TimedOut: no agent;
    // Unsupported: the running machine has no channel for one.
    QCoro::Task<Result<void>> open(std::chrono::milliseconds deadline = usualDeadline);
    // One command at a time. Errors: TimedOut, Interrupted, Qemu (the agent refused; its words are in the detail).
    QCoro::Task<Result<QJsonValue>> execute(
        QString command, QJsonObject arguments = {}, std::chrono::milliseconds deadline = usualDeadline);
    // guest-shutdown, which answers only when it fails.
    QCoro::Task<Result<void>> shutDown();
    void close();

private:
    void read();
    void settle(Result<QJsonValue> outcome);
    QCoro::Task<Result<QJsonValue>> ask(QByteArray message, QString command, std::chrono::milliseconds deadline);

    RuntimeFolder m_runtime;
    TurnLock m_turn;
    LocalSocket m_socket;
    QByteArray m_buffer;
    std::shared_ptr<PendingAnswer> m_pending;
    qint64 m_syncId = 0; // not 0: only its answer counts
};

} // namespace platter
