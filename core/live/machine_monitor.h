// SPDX-License-Identifier: GPL-3.0-or-later
// A program's seat at one running QEMU: connects when there is something to say. The application keeps its seat, to
// hear events; command-line programs share one, take turns and give it back as soon as they have nothing more to
// ask. Thread with an event loop; owned by MachineSession, one per QEMU.
#pragma once

#include "core/qemu/qmp_client.h"
#include "core/qemu/runtime_folder.h"
#include "core/qemu/turn_lock.h"

#include <QPointer>

namespace platter {

// Two clients per machine: QEMU's QMP sockets serve one each.
enum class QmpSeat { Application, CommandLine };

class MachineMonitor : public QObject {
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds connectDeadline{5000};

    MachineMonitor(const RuntimeFolder& runtime, QmpSeat seat, QObject* parent = nullptr);
    ~MachineMonitor() override;

    // Keeps the seat for as long as it lives, so that events are heard between commands.
    class Hold {
    public:
        explicit Hold(MachineMonitor* monitor);
        ~Hold();
        Q_DISABLE_COPY_MOVE(Hold)

    private:
        QPointer<MachineMonitor> m_monitor;
    };

    const RuntimeFolder& runtime() const { return m_runtime; }

    bool isConnected() const { return m_client.state() == QmpClient::State::Running; }

    // Connects within DEADLINE if need be; several callers share one attempt.
    QCoro::Task<Result<void>> connectToQemu(std::chrono::milliseconds deadline = connectDeadline);
    // Connects if need be, and asks.
    QCoro::Task<Result<QJsonValue>> execute(
        QString command, QJsonObject arguments = {}, std::chrono::milliseconds deadline = QmpClient::usualDeadline);

    void hearTheRest() { m_client.hearTheRest(); }

Q_SIGNALS:
    void event(const QString& name, const QJsonObject& data);
    void sent(const QByteArray& line);
    void received(const QByteArray& line);
    void closed();

private:
    QCoro::Task<Result<void>> openSeat(std::chrono::milliseconds deadline);
    void leave();

    RuntimeFolder m_runtime;
    QmpSeat m_seat;
    QmpClient m_client;
    TurnLock m_turn;
    int m_holds = 0;
    std::shared_ptr<PendingAnswer> m_connecting;
};

} // namespace platter
