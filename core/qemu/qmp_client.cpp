// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/qmp_client.h"

#include "core/qemu/pending_answer.h"
#include "core/qemu/qmp_error.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QJsonDocument>
#include <QPointer>
#include <QTimeZone>

#include <cerrno>
#include <limits>
#include <utility>

namespace platter {

namespace {

// query-named-block-nodes of a machine with 256 drives is below 1 MiB; what is far beyond is not QMP.
constexpr qsizetype longestLine = qsizetype(64) << 20;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::QmpClient)
};

Error cannotConnect(const QString& path, int error)
{
    const bool absent = error == ENOENT || error == ECONNREFUSED;
    return {absent ? ErrorKind::NotFound : ErrorKind::InputOutput,
        Texts::tr("QEMU cannot be reached: nothing answers on its control socket."),
        Texts::tr("Look at the machine's state: QEMU may have ended."),
        QStringLiteral("%1: %2").arg(path, qt_error_string(error))};
}

Error notQmp(const QByteArray& line)
{
    return {ErrorKind::Corrupt, Texts::tr("What answers on QEMU's control socket is not QEMU."),
        Texts::tr("Power the machine off and start it again."), QString::fromUtf8(line.left(200))};
}

QDateTime timeOf(const QJsonObject& timestamp)
{
    const qint64 seconds = timestamp.value(QLatin1String("seconds")).toInteger(-1);
    const qint64 microseconds = timestamp.value(QLatin1String("microseconds")).toInteger(-1);
    constexpr qint64 endOfTime = std::numeric_limits<qint64>::max() / 1000 - 1;
    if (seconds < 0 || seconds > endOfTime || microseconds < 0 || microseconds >= 1'000'000) {
        return QDateTime::currentDateTimeUtc();
    }
    return QDateTime::fromMSecsSinceEpoch(seconds * 1000 + microseconds / 1000, QTimeZone::UTC);
}

} // namespace

QmpClient::QmpClient(QObject* parent)
    : QObject(parent)
{
    connect(&m_socket, &LocalSocket::readyRead, this, &QmpClient::read);
    connect(&m_socket, &LocalSocket::disconnected, this, [this] { end(qmpInterrupted(QString())); });
    connect(&m_socket, &LocalSocket::connectFailed, this,
        [this](int error) { end(cannotConnect(m_socket.path(), error)); });
}

QmpClient::~QmpClient()
{
    const QSignalBlocker silent(this);
    end(qmpInterrupted(QString()));
}

QCoro::Task<Result<void>> QmpClient::open(QString path, std::chrono::milliseconds deadline)
{
    if (m_state != State::Idle) {
        co_return std::unexpected(
            Error{ErrorKind::WrongState, Texts::tr("There is a connection to this machine already."), {}, path});
    }
    const QPointer<QmpClient> self(this);
    const QDeadlineTimer until(deadline);
    const auto greeting = std::make_shared<PendingAnswer>();
    m_state = State::Connecting;
    m_greeting = greeting;
    m_socket.open(path);
    const Result<QJsonValue> greeted =
        co_await PendingAnswer::wait(greeting, deadline, qmpTimedOut(QStringLiteral("greeting"), deadline));
    if (!self) {
        co_return std::unexpected(qmpInterrupted(path));
    }
    if (!greeted) {
        end(greeted.error());
        co_return std::unexpected(greeted.error());
    }
    const Result<QJsonValue> ready = co_await execute(QStringLiteral("qmp_capabilities"), {},
        std::chrono::milliseconds(std::max<qint64>(until.remainingTime(), 1)));
    if (!self) {
        co_return std::unexpected(qmpInterrupted(path));
    }
    if (!ready) {
        end(ready.error());
        co_return std::unexpected(ready.error());
    }
    // The connection may have gone between the answer and now.
    if (m_state != State::Connecting) {
        co_return std::unexpected(qmpInterrupted(path));
    }
    m_state = State::Running;
    co_return Result<void>();
}

QCoro::Task<Result<QJsonValue>> QmpClient::execute(
    QString command, QJsonObject arguments, std::chrono::milliseconds deadline)
{
    const bool negotiating = m_state == State::Connecting && m_socket.isConnected();
    if (m_state != State::Running && !negotiating) {
        co_return std::unexpected(qmpInterrupted(command));
    }
    const QPointer<QmpClient> self(this);
    const QString id = QString::number(++m_lastId);
    const auto answer = std::make_shared<PendingAnswer>();
    m_pending.insert(id, answer);
    QJsonObject message{{QStringLiteral("execute"), command}, {QStringLiteral("id"), id}};
    if (!arguments.isEmpty()) {
        message.insert(QStringLiteral("arguments"), arguments);
    }
    send(message);
    Result<QJsonValue> outcome = co_await PendingAnswer::wait(answer, deadline, qmpTimedOut(command, deadline));
    if (self) {
        m_pending.remove(id);
    }
    if (!outcome) {
        co_return std::unexpected(
            outcome.error().kind == ErrorKind::Interrupted ? qmpInterrupted(command) : std::move(outcome).error());
    }
    const QJsonObject reply = outcome->toObject();
    if (reply.contains(QLatin1String("error"))) {
        co_return std::unexpected(qmpRefused(command, reply.value(QLatin1String("error")).toObject()));
    }
    co_return reply.value(QLatin1String("return"));
}

void QmpClient::hearTheRest()
{
    // All of it is in the socket already, the end included: this waits only where another process holds QEMU's end.
    constexpr std::chrono::milliseconds patience{100};
    while (m_state == State::Running && m_socket.waitForReadyRead(patience)) { }
}

void QmpClient::close()
{
    end(qmpInterrupted(QString()));
}

void QmpClient::send(const QJsonObject& message)
{
    const QByteArray line = QJsonDocument(message).toJson(QJsonDocument::Compact);
    m_socket.write(line + '\n');
    Q_EMIT sent(line);
}

void QmpClient::read()
{
    const QPointer<QmpClient> self(this);
    m_buffer += m_socket.readAll();
    qsizetype begin = 0;
    for (;;) {
        const qsizetype lineEnd = m_buffer.indexOf('\n', std::max(begin, m_scanned));
        if (lineEnd < 0) {
            break;
        }
        const QByteArray line = m_buffer.sliced(begin, lineEnd - begin).trimmed();
        begin = lineEnd + 1;
        if (!line.isEmpty()) {
            take(line);
            // Whoever listened may have closed or deleted this client.
            if (!self || m_state == State::Idle) {
                return;
            }
        }
    }
    m_buffer.remove(0, begin);
    m_scanned = m_buffer.size();
    if (m_scanned > longestLine) {
        end(notQmp(m_buffer));
    }
}

void QmpClient::take(const QByteArray& line)
{
    const QPointer<QmpClient> self(this);
    Q_EMIT received(line);
    if (!self || m_state == State::Idle) {
        return;
    }
    const QJsonDocument document = QJsonDocument::fromJson(line);
    if (!document.isObject()) {
        end(notQmp(line));
        return;
    }
    const QJsonObject message = document.object();
    if (m_greeting) {
        if (message.contains(QLatin1String("QMP"))) {
            std::exchange(m_greeting, nullptr)->settle(QJsonValue(message));
        } else {
            end(notQmp(line));
        }
        return;
    }
    if (const QJsonValue name = message.value(QLatin1String("event")); name.isString()) {
        Q_EMIT event(name.toString(), message.value(QLatin1String("data")).toObject(),
            timeOf(message.value(QLatin1String("timestamp")).toObject()));
        return;
    }
    // An id that nobody waits for belongs to a command whose deadline has passed.
    if (const auto answer = m_pending.value(message.value(QLatin1String("id")).toString())) {
        answer->settle(QJsonValue(message));
    }
}

void QmpClient::end(const Error& why)
{
    if (m_state == State::Idle || m_state == State::Closing) {
        return;
    }
    m_state = State::Closing;
    m_socket.close();
    m_buffer.clear();
    m_scanned = 0;
    if (m_greeting) {
        std::exchange(m_greeting, nullptr)->settle(std::unexpected(why));
    }
    for (const auto& answer : std::as_const(m_pending)) {
        answer->settle(std::unexpected(why));
    }
    m_pending.clear();
    m_state = State::Idle;
    Q_EMIT closed();
}

} // namespace platter
