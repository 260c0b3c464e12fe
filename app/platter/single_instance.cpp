// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platter/single_instance.h"

#include "core/local_socket.h"

#include <QFile>
#include <QLockFile>
#include <QTimer>

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace platter {

namespace {

constexpr std::chrono::milliseconds patience{2500};
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
    , m_knock(QSocketNotifier::Read)
{
    connect(&m_knock, &QSocketNotifier::activated, this, &SingleInstance::accept);
}

SingleInstance::~SingleInstance() = default;

Result<SingleInstance::Role> SingleInstance::settle(const StartRequest& request)
{
    // Two starts at once: one asks, finds nobody and listens before the other asks.
    QLockFile lock(m_lock);
    if (!lock.tryLock(patience)) {
        return std::unexpected(noAnswer(m_lock));
    }
    const Result<bool> taken = handOver(request);
    if (!taken) {
        return std::unexpected(taken.error());
    }
    if (*taken) {
        return Role::Later;
    }
    return listen().transform([] { return Role::First; });
}

Result<void> SingleInstance::listen()
{
    const QByteArray path = QFile::encodeName(m_socket);
    ::unlink(path.constData());
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    errno = ENAMETOOLONG;
    if (size_t(path.size()) < sizeof address.sun_path) {
        std::memcpy(address.sun_path, path.constData(), size_t(path.size()));
        m_listener = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (m_listener && ::bind(m_listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0
            && ::listen(m_listener.get(), SOMAXCONN) == 0) {
            m_knock.setSocket(m_listener.get());
            m_knock.setEnabled(true);
            return {};
        }
    }
    return std::unexpected(Error{.kind = ErrorKind::InputOutput,
        .summary = tr("The socket for later starts of Platter could not be made."),
        .advice = tr("Check that the folder of %1 can be written.").arg(m_socket),
        .detail = qt_error_string(errno)});
}

Result<bool> SingleInstance::handOver(const StartRequest& request) const
{
    LocalSocket socket;
    socket.open(m_socket);
    if (!socket.isConnected()) {
        const int error = socket.connectError();
        if (error == ENOENT || error == ECONNREFUSED) {
            return false;
        }
        return std::unexpected(noAnswer(qt_error_string(error)));
    }
    socket.write(request.toJson());
    QByteArray answer;
    while (!answer.endsWith('\n') && socket.waitForReadyRead(patience)) {
        answer += socket.readAll();
    }
    if (answer != accepted) {
        return std::unexpected(noAnswer(m_socket));
    }
    return true;
}

void SingleInstance::accept()
{
    for (;;) {
        UniqueFd connection(::accept4(m_listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!connection) {
            return;
        }
        auto* const socket = new LocalSocket(this);
        connect(socket, &LocalSocket::disconnected, socket, &QObject::deleteLater);
        QTimer::singleShot(patience, socket, &QObject::deleteLater);
        connect(socket, &LocalSocket::readyRead, this,
            [this, socket, words = QByteArray()]() mutable { hear(socket, words += socket->readAll()); });
        socket->adopt(std::move(connection));
    }
}

void SingleInstance::hear(LocalSocket* socket, const QByteArray& words)
{
    const qsizetype end = words.indexOf('\n');
    if (end < 0 && words.size() <= longestRequest) {
        return;
    }
    const Result<StartRequest> request = StartRequest::fromJson(words.first(end + 1));
    if (request) {
        socket->write(accepted);
    }
    socket->close();
    socket->deleteLater();
    if (request) {
        Q_EMIT requested(*request);
    }
}

} // namespace platter
