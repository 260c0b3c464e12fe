// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/guest/qmp_proxy.h"

#include <QFile>

namespace platter {

QmpProxy::QmpProxy(const QString& socket)
    : m_socket(socket)
{
    if (!QFile::rename(socket, socket + QStringLiteral(".q")) || !m_server.listen(socket)) {
        qFatal("No proxy for %s: %s", qUtf8Printable(socket), qUtf8Printable(m_server.errorString()));
    }
    connect(&m_server, &QLocalServer::newConnection, this, [this] { join(m_server.nextPendingConnection()); });
}

QmpProxy::~QmpProxy()
{
    m_server.close();
    QFile::remove(m_socket);
    QFile::rename(m_socket + QStringLiteral(".q"), m_socket);
}

void QmpProxy::onCommand(std::function<bool(int, const QByteArray&)> look)
{
    m_look = std::move(look);
    m_commands = 0;
}

void QmpProxy::join(QLocalSocket* client)
{
    auto* qemu = new QLocalSocket(client);
    connect(client, &QLocalSocket::readyRead, qemu, [this, client, qemu] {
        while (client->canReadLine()) {
            const QByteArray line = client->readLine();
            const bool isCommand = !line.contains("qmp_capabilities");
            if (!isCommand || !m_look || m_look(m_commands++, line)) {
                qemu->write(line);
            }
        }
    });
    connect(qemu, &QLocalSocket::readyRead, client, [client, qemu] { client->write(qemu->readAll()); });
    connect(qemu, &QLocalSocket::disconnected, client, &QLocalSocket::disconnectFromServer);
    connect(client, &QLocalSocket::disconnected, client, &QObject::deleteLater);
    qemu->connectToServer(m_socket + QStringLiteral(".q"));
}

} // namespace platter
