// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_monitor.h"

#include "core/qemu/pending_answer.h"
#include "core/qemu/qmp_error.h"

#include <QDeadlineTimer>

#include <utility>

namespace platter {

MachineMonitor::Hold::Hold(MachineMonitor* monitor)
    : m_monitor(monitor)
{
    ++m_monitor->m_holds;
}

MachineMonitor::Hold::~Hold()
{
    if (m_monitor && --m_monitor->m_holds == 0) {
        m_monitor->leave();
    }
}

MachineMonitor::MachineMonitor(const RuntimeFolder& runtime, QmpSeat seat, QObject* parent)
    : QObject(parent)
    , m_runtime(runtime)
    , m_seat(seat)
{
    connect(&m_client, &QmpClient::event, this, &MachineMonitor::event);
    connect(&m_client, &QmpClient::sent, this, &MachineMonitor::sent);
    connect(&m_client, &QmpClient::received, this, &MachineMonitor::received);
    connect(&m_client, &QmpClient::closed, this, &MachineMonitor::closed);
}

MachineMonitor::~MachineMonitor()
{
    if (m_connecting) {
        m_connecting->settle(std::unexpected(qmpInterrupted(QString())));
    }
}

void MachineMonitor::leave()
{
    if (m_seat == QmpSeat::CommandLine) {
        m_client.close();
        m_turn = TurnLock();
    }
}

QCoro::Task<Result<void>> MachineMonitor::connectToQemu(std::chrono::milliseconds deadline)
{
    if (isConnected()) {
        co_return Result<void>();
    }
    const QPointer<MachineMonitor> self(this);
    if (m_connecting) {
        const Result<QJsonValue> shared =
            co_await PendingAnswer::wait(m_connecting, deadline, qmpTimedOut(QStringLiteral("greeting"), deadline));
        co_return shared.transform([](const QJsonValue&) { });
    }
    const auto connecting = std::make_shared<PendingAnswer>();
    m_connecting = connecting;
    const Result<void> opened = co_await openSeat(deadline);
    if (self) {
        m_connecting = nullptr;
    }
    connecting->settle(opened.transform([] { return QJsonValue(); }));
    co_return opened;
}

QCoro::Task<Result<void>> MachineMonitor::openSeat(std::chrono::milliseconds deadline)
{
    const QPointer<MachineMonitor> self(this);
    const QDeadlineTimer until(deadline);
    if (m_seat == QmpSeat::CommandLine) {
        Result<TurnLock> turn = co_await TurnLock::take(m_runtime.path + QStringLiteral("/qmp-ctl.lock"), deadline);
        if (!self) {
            co_return std::unexpected(qmpInterrupted(QString()));
        }
        if (!turn) {
            co_return std::unexpected(std::move(turn).error());
        }
        m_turn = std::move(*turn);
    }
    const QString socket = m_seat == QmpSeat::Application ? m_runtime.applicationQmp() : m_runtime.commandLineQmp();
    co_return co_await m_client.open(socket, std::chrono::milliseconds(std::max<qint64>(until.remainingTime(), 1)));
}

QCoro::Task<Result<QJsonValue>> MachineMonitor::execute(
    QString command, QJsonObject arguments, std::chrono::milliseconds deadline)
{
    const QPointer<MachineMonitor> self(this);
    const Hold hold(this);
    const Result<void> connected = co_await connectToQemu(std::min(deadline, connectDeadline));
    if (!self) {
        co_return std::unexpected(qmpInterrupted(command));
    }
    if (!connected) {
        co_return std::unexpected(connected.error());
    }
    co_return co_await m_client.execute(command, arguments, deadline);
}

} // namespace platter
