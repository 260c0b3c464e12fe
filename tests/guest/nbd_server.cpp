// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/guest/nbd_server.h"

#include <QLocalSocket>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

namespace platter {

namespace {

quint16 freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

bool answersAt(const QString& socket)
{
    QLocalSocket client;
    client.connectToServer(socket);
    return client.waitForConnected(100);
}

bool answersAt(quint16 port)
{
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), port);
    return socket.waitForConnected(100);
}

} // namespace

NbdServer::NbdServer(const QString& file, const QString& socket)
{
    const quint16 port = socket.isEmpty() ? freePort() : quint16(0);
    QStringList arguments{QStringLiteral("--format=raw"), QStringLiteral("--persistent"),
        QStringLiteral("--shared=4"), QStringLiteral("--discard=unmap"), QStringLiteral("--export-name=data")};
    arguments += socket.isEmpty()
        ? QStringList{QStringLiteral("--bind=127.0.0.1"), QStringLiteral("--port=%1").arg(port)}
        : QStringList{QStringLiteral("--socket=%1").arg(socket)};
    m_process.setProcessChannelMode(QProcess::ForwardedChannels);
    m_process.start(QStringLiteral("qemu-nbd"), arguments << file);
    const bool isUp =
        QTest::qWaitFor([&] { return socket.isEmpty() ? answersAt(port) : answersAt(socket); }, 10000);
    if (isUp) {
        m_location = socket.isEmpty() ? QStringLiteral("nbd://127.0.0.1:%1/data").arg(port)
                                      : QStringLiteral("nbd+unix:///data?socket=%1").arg(socket);
    }
}

NbdServer::~NbdServer()
{
    m_process.terminate();
    if (!m_process.waitForFinished(5000)) {
        m_process.kill();
        m_process.waitForFinished();
    }
}

} // namespace platter
