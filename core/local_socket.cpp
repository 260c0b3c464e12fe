// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/local_socket.h"

#include <QFile>
#include <QPointer>

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace platter {

namespace {

using namespace std::chrono_literals;

constexpr auto againInterval = 20ms;
// Of a flood, other events get their turn in between.
constexpr qsizetype longestRead = qsizetype(1) << 20;

} // namespace

LocalSocket::LocalSocket(QObject* parent)
    : QObject(parent)
    , m_readable(QSocketNotifier::Read)
    , m_writable(QSocketNotifier::Write)
{
    m_again.setSingleShot(true);
    m_again.setInterval(againInterval);
    connect(&m_again, &QTimer::timeout, this, &LocalSocket::tryToConnect);
    connect(&m_readable, &QSocketNotifier::activated, this, &LocalSocket::read);
    connect(&m_writable, &QSocketNotifier::activated, this, &LocalSocket::send);
}

void LocalSocket::open(const QString& path)
{
    close();
    m_path = path;
    tryToConnect();
}

void LocalSocket::tryToConnect()
{
    m_connectError = 0;
    const QByteArray path = QFile::encodeName(m_path);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) {
        m_connectError = errno;
    } else if (size_t(path.size()) >= sizeof address.sun_path) {
        m_connectError = ENAMETOOLONG;
    } else {
        std::memcpy(address.sun_path, path.constData(), size_t(path.size()));
        if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            m_connectError = errno;
        }
    }
    if (m_connectError == 0) {
        adopt(std::move(fd));
    } else if (m_connectError == EAGAIN) {
        m_again.start();
    } else {
        Q_EMIT connectFailed(m_connectError);
    }
}

void LocalSocket::adopt(UniqueFd connection)
{
    m_fd = std::move(connection);
    m_readable.setSocket(m_fd.get());
    m_readable.setEnabled(true);
    m_writable.setSocket(m_fd.get());
}

void LocalSocket::close()
{
    m_again.stop();
    m_readable.setEnabled(false);
    m_writable.setEnabled(false);
    m_fd.reset();
    m_received.clear();
    m_unsent.clear();
}

void LocalSocket::write(const QByteArray& bytes)
{
    m_unsent += bytes;
    send();
}

void LocalSocket::send()
{
    while (m_fd && !m_unsent.isEmpty()) {
        const ssize_t sent = ::send(m_fd.get(), m_unsent.constData(), size_t(m_unsent.size()), MSG_NOSIGNAL);
        if (sent >= 0) {
            m_unsent.remove(0, sent);
        } else if (errno == EAGAIN) {
            break;
        } else if (errno != EINTR) {
            // Nobody listens any more: what is read next says so.
            m_unsent.clear();
        }
    }
    m_writable.setEnabled(m_fd && !m_unsent.isEmpty());
}

bool LocalSocket::read()
{
    const qsizetype before = m_received.size();
    bool atEnd = false;
    while (m_fd && m_received.size() - before < longestRead) {
        std::array<char, 16384> bytes; // NOLINT(cppcoreguidelines-pro-type-member-init): what is read is counted
        const ssize_t got = ::recv(m_fd.get(), bytes.data(), bytes.size(), 0);
        if (got > 0) {
            m_received.append(bytes.data(), got);
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            atEnd = true;
            break;
        } else if (errno == EAGAIN) {
            break;
        }
    }
    const bool heard = m_received.size() > before;
    // Whoever listens may close, open or delete this socket.
    const QPointer<LocalSocket> self(this);
    const int fd = m_fd.get();
    if (heard) {
        Q_EMIT readyRead();
    }
    if (atEnd && self && m_fd && m_fd.get() == fd) {
        m_readable.setEnabled(false);
        m_writable.setEnabled(false);
        m_fd.reset();
        Q_EMIT disconnected();
    }
    return heard;
}

bool LocalSocket::waitForReadyRead(std::chrono::milliseconds patience)
{
    if (!m_fd) {
        return false;
    }
    pollfd wait{m_fd.get(), POLLIN, 0};
    return ::poll(&wait, 1, int(patience.count())) > 0 && read();
}

} // namespace platter
