// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/guest_agent.h"

#include "core/qemu/pending_answer.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QFile>
#include <QJsonDocument>
#include <QPointer>
#include <QRandomGenerator>

#include <utility>

namespace platter {

namespace {

// Never in UTF-8: it ends whatever an earlier client left half-said.
constexpr char sentinel = '\xff';
// guest-shutdown answers only when it fails, and then at once.
constexpr std::chrono::milliseconds refusalDeadline{1000};
constexpr qsizetype longestAnswer = qsizetype(64) << 20;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::GuestAgent)
};

Error noAgent(std::chrono::milliseconds deadline)
{
    return {ErrorKind::TimedOut, Texts::tr("No guest agent answers in the machine."),
        Texts::tr("Install qemu-guest-agent inside the guest and start it, or wait until the guest has started."),
        QStringLiteral("%1 ms").arg(deadline.count())};
}

Error noChannel()
{
    return {ErrorKind::Unsupported, Texts::tr("This machine has no agent channel."),
        Texts::tr(
            "Turn the guest agent on in the machine's settings; the channel is there from the next start on.")};
}

Error tooSlow(const QString& command, std::chrono::milliseconds deadline)
{
    return {ErrorKind::TimedOut, Texts::tr("The guest agent did not answer in time."),
        Texts::tr("The guest may be busy: try again."),
        QStringLiteral("%1: %2 ms").arg(command).arg(deadline.count())};
}

Error interrupted(const QString& command)
{
    return {ErrorKind::Interrupted, Texts::tr("The connection to the guest agent ended."),
        Texts::tr("Look at the machine's state: it may have ended."), command};
}

Error refused(const QString& command, const QJsonObject& error)
{
    const QString errorClass = error.value(QLatin1String("class")).toString();
    return {errorClass == QLatin1String("CommandNotFound") ? ErrorKind::Unsupported : ErrorKind::Qemu,
        Texts::tr("The guest agent refused the command %1.").arg(command),
        Texts::tr("Its own words are in the details; the guest may forbid the command in the agent's settings."),
        QStringLiteral("%1: %2: %3").arg(command, errorClass, error.value(QLatin1String("desc")).toString())};
}

} // namespace

GuestAgent::GuestAgent(const RuntimeFolder& runtime, QObject* parent)
    : QObject(parent)
    , m_runtime(runtime)
{
    connect(&m_socket, &LocalSocket::readyRead, this, &GuestAgent::read);
    connect(&m_socket, &LocalSocket::disconnected, this, [this] { settle(std::unexpected(interrupted({}))); });
}

GuestAgent::~GuestAgent()
{
    close();
}

void GuestAgent::close()
{
    m_socket.close();
    m_buffer.clear();
    settle(std::unexpected(interrupted({})));
    m_turn = TurnLock();
}

QCoro::Task<Result<void>> GuestAgent::open(std::chrono::milliseconds deadline)
{
    const QPointer<GuestAgent> self(this);
    const QDeadlineTimer until(deadline);
    Result<TurnLock> turn = co_await TurnLock::take(m_runtime.path + QStringLiteral("/agent.lock"), deadline);
    if (!self) {
        co_return std::unexpected(interrupted({}));
    }
    if (!turn) {
        co_return std::unexpected(std::move(turn).error());
    }
    close();
    m_turn = std::move(*turn);
    if (m_runtime.runningQemu() && !QFile::exists(m_runtime.agent())) {
        close();
        co_return std::unexpected(noChannel());
    }
    m_socket.open(m_runtime.agent());
    if (!m_socket.isConnected()) {
        close();
        co_return std::unexpected(noAgent(deadline));
    }
    m_syncId = QRandomGenerator::global()->bounded(1, std::numeric_limits<int>::max());
    const QJsonObject sync{{QStringLiteral("execute"), QStringLiteral("guest-sync-delimited")},
        {QStringLiteral("arguments"), QJsonObject{{QStringLiteral("id"), m_syncId}}}};
    const QString command = QStringLiteral("guest-sync-delimited");
    const Result<QJsonValue> synchronised =
        co_await ask(sentinel + QJsonDocument(sync).toJson(QJsonDocument::Compact), command,
            std::chrono::milliseconds(std::max<qint64>(until.remainingTime(), 1)));
    if (!self) {
        co_return std::unexpected(interrupted(command));
    }
    m_syncId = 0;
    if (!synchronised) {
        close();
        co_return std::unexpected(noAgent(deadline));
    }
    co_return Result<void>();
}

QCoro::Task<Result<QJsonValue>> GuestAgent::execute(
    QString command, QJsonObject arguments, std::chrono::milliseconds deadline)
{
    QJsonObject message{{QStringLiteral("execute"), command}};
    if (!arguments.isEmpty()) {
        message.insert(QStringLiteral("arguments"), arguments);
    }
    const QPointer<GuestAgent> self(this);
    const Result<QJsonValue> answer =
        co_await ask(QJsonDocument(message).toJson(QJsonDocument::Compact), command, deadline);
    if (!answer) {
        // An answer that comes later would be taken for the next command's.
        if (self) {
            close();
        }
        co_return std::unexpected(answer.error());
    }
    const QJsonObject reply = answer->toObject();
    if (reply.contains(QLatin1String("error"))) {
        co_return std::unexpected(refused(command, reply.value(QLatin1String("error")).toObject()));
    }
    co_return reply.value(QLatin1String("return"));
}

QCoro::Task<Result<void>> GuestAgent::shutDown()
{
    const Result<QJsonValue> answer = co_await execute(QStringLiteral("guest-shutdown"), {}, refusalDeadline);
    if (!answer && answer.error().kind != ErrorKind::TimedOut && answer.error().kind != ErrorKind::Interrupted) {
        co_return std::unexpected(answer.error());
    }
    co_return Result<void>();
}

QCoro::Task<Result<QJsonValue>> GuestAgent::ask(
    QByteArray message, QString command, std::chrono::milliseconds deadline)
{
    if (!m_socket.isConnected() || m_pending) {
        co_return std::unexpected(interrupted(command));
    }
    const QPointer<GuestAgent> self(this);
    const auto answer = std::make_shared<PendingAnswer>();
    m_pending = answer;
    m_socket.write(message + '\n');
    const Result<QJsonValue> outcome = co_await PendingAnswer::wait(answer, deadline, tooSlow(command, deadline));
    if (self && m_pending == answer) {
        m_pending = nullptr;
    }
    co_return outcome;
}

void GuestAgent::settle(Result<QJsonValue> outcome)
{
    if (m_pending) {
        std::exchange(m_pending, nullptr)->settle(std::move(outcome));
    }
}

void GuestAgent::read()
{
    m_buffer += m_socket.readAll();
    if (m_syncId != 0) {
        // Before the last sentinel there are only answers to others.
        if (const qsizetype start = m_buffer.lastIndexOf(sentinel); start >= 0) {
            m_buffer.remove(0, start + 1);
        }
    }
    for (qsizetype lineEnd = m_buffer.indexOf('\n'); lineEnd >= 0; lineEnd = m_buffer.indexOf('\n')) {
        const QByteArray line = m_buffer.left(lineEnd).trimmed();
        m_buffer.remove(0, lineEnd + 1);
        const QJsonObject message = QJsonDocument::fromJson(line).object();
        if (m_syncId != 0) {
            if (message.value(QLatin1String("return")).toInteger() == m_syncId) {
                settle(QJsonValue(message));
            }
        } else if (!message.isEmpty()) {
            settle(QJsonValue(message));
        }
    }
    if (m_buffer.size() > longestAnswer) {
        close();
    }
}

} // namespace platter
