// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platter/single_instance.h"

#include <QLocalSocket>
#include <QLockFile>
#include <QTimer>

namespace platter {

namespace {

constexpr int patienceMs = 2500;
constexpr qsizetype longestRequest = 64 * 1024;
constexpr char accepted[] = "ok\n";

Error noAnswer(const QString& detail)
{
    return {.kind = ErrorKind::InUse,
        .summary = SingleInstance::tr("Platter is running already and does not answer."),
        .advice = SingleInstance::tr("End that Platter, then start it again; machines go on running meanwhile."),
        .detail = detail};
}

} // namespace

SingleInstance::SingleInstance(const QString& runtimeFolder)
    : m_socket(runtimeFolder + QStringLiteral("/application.sock"))
    , m_lock(runtimeFolder + QStringLiteral("/application.lock"))
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::accept);
}

SingleInstance::~SingleInstance() = default;

Result<SingleInstance::Role> SingleInstance::settle(const StartRequest& request)
{
    // Two starts at once: one asks, finds nobody and listens before the other asks.
    QLockFile lock(m_lock);
    if (!lock.tryLock(patienceMs)) {
        return std::unexpected(noAnswer(m_lock));
    }
    const Result<bool> taken = handOver(request);
    if (!taken) {
        return std::unexpected(taken.error());
    }
    if (*taken) {
        return Role::Later;
    }
    QLocalServer::removeServer(m_socket);
    if (!m_server.listen(m_socket)) {
        return std::unexpected(Error{.kind = ErrorKind::InputOutput,
            .summary = tr("The socket for later starts of Platter could not be made."),
            .advice = tr("Check that the folder of %1 can be written.").arg(m_socket),
            .detail = m_server.errorString()});
    }
    return Role::First;
}

Result<bool> SingleInstance::handOver(const StartRequest& request) const
{
    QLocalSocket socket;
    socket.connectToServer(m_socket);
    if (!socket.waitForConnected(patienceMs)) {
        const auto error = socket.error();
        if (error == QLocalSocket::ServerNotFoundError || error == QLocalSocket::ConnectionRefusedError) {
            return false;
        }
        return std::unexpected(noAnswer(socket.errorString()));
    }
    socket.write(request.toJson());
    QByteArray answer;
    while (!answer.endsWith('\n') && socket.waitForReadyRead(patienceMs)) {
        answer += socket.readAll();
    }
    if (answer != accepted) {
        return std::unexpected(noAnswer(socket.errorString()));
    }
    return true;
}

void SingleInstance::accept()
{
    while (QLocalSocket* socket = m_server.nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        QTimer::singleShot(patienceMs, socket, &QLocalSocket::abort);
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] {
            if (!socket->canReadLine()) {
                if (socket->bytesAvailable() > longestRequest) {
                    socket->abort();
                }
                return;
            }
            const Result<StartRequest> request = StartRequest::fromJson(socket->readLine());
            if (!request) {
                socket->abort();
                return;
            }
            socket->write(accepted);
            socket->disconnectFromServer();
            Q_EMIT requested(*request);
        });
    }
}

} // namespace platter
