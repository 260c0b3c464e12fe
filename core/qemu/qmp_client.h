// SPDX-License-Identifier: GPL-3.0-or-later
// One QMP conversation over a unix socket (docs/interop/qmp-spec.rst in QEMU's source). Commands may overlap; each
// ends exactly once: with its answer, with TimedOut, or with Interrupted when the connection goes. Lives in one
// thread with an event loop; owned by whoever talks to the machine.
#pragma once

#include "core/error.h"
#include "core/local_socket.h"

#include <QByteArray>
#include <QCoroTask>
#include <QDateTime>
#include <QHash>
#include <QJsonObject>
#include <QObject>

#include <chrono>
#include <memory>

namespace platter {

class PendingAnswer;

class QmpClient : public QObject {
    Q_OBJECT

public:
    enum class State {
        Idle,
        Connecting, // until QEMU has greeted and left negotiation mode
        Running,
        Closing,
    };

    static constexpr std::chrono::milliseconds usualDeadline{10000};

    explicit QmpClient(QObject* parent = nullptr);
    ~QmpClient() override;

    State state() const { return m_state; }

    // Connects, waits for the greeting and enters command mode, all within DEADLINE. Fails with the client Idle:
    // NotFound (nothing listens), TimedOut (QEMU is busy with another client, or hangs), Interrupted, Corrupt (what
    // answers is no QMP).
    QCoro::Task<Result<void>> open(QString path, std::chrono::milliseconds deadline);
    // What QEMU returned. Errors: Interrupted, TimedOut, Qemu, NotFound, Unsupported, each with a sentence about
    // what was asked for and QEMU's words in the detail. A command that timed out may still be carried out later.
    QCoro::Task<Result<QJsonValue>> execute(
        QString command, QJsonObject arguments = {}, std::chrono::milliseconds deadline = usualDeadline);
    // Reads what a QEMU that has ended said last, up to the end of the connection.
    void hearTheRest();
    void close();

Q_SIGNALS:
    void event(const QString& name, const QJsonObject& data, const QDateTime& timestamp);
    // One line of the conversation without its line end.
    void sent(const QByteArray& line);
    void received(const QByteArray& line);
    // The connection is gone, whoever ended it.
    void closed();

private:
    void read();
    void take(const QByteArray& line);
    void end(const Error& why);
    void send(const QJsonObject& message);

    LocalSocket m_socket;
    State m_state = State::Idle;
    QByteArray m_buffer;
    qsizetype m_scanned = 0;
    quint64 m_lastId = 0;
    std::shared_ptr<PendingAnswer> m_greeting;
    QHash<QString, std::shared_ptr<PendingAnswer>> m_pending;
};

} // namespace platter
