// SPDX-License-Identifier: GPL-3.0-or-later
#include "scripted_server.h"

#include <QJsonDocument>

namespace platter {

ScriptedServer::ScriptedServer(const QString& socket)
{
    QObject::connect(&m_server, &QLocalServer::newConnection, &m_server, [this] { accept(); });
    if (!m_server.listen(socket)) {
        qFatal("%s", qUtf8Printable(m_server.errorString()));
    }
}

void ScriptedServer::accept()
{
    m_client = m_server.nextPendingConnection();
    QObject::connect(m_client, &QLocalSocket::readyRead, m_client, [this] { read(); });
    if (m_onConnect) {
        m_onConnect(*this);
    }
}

void ScriptedServer::read()
{
    m_heard += m_client->readAll();
    for (qsizetype end = m_heard.indexOf('\n', m_position); end >= 0; end = m_heard.indexOf('\n', m_position)) {
        QByteArray line = m_heard.sliced(m_position, end - m_position);
        m_position = end + 1;
        if (line.startsWith('\xff')) {
            line.remove(0, 1);
        }
        if (m_onRequest) {
            m_onRequest(*this, QJsonDocument::fromJson(line).object());
        }
    }
}

void ScriptedServer::say(const QByteArray& bytes)
{
    m_client->write(bytes);
    m_client->flush();
}

void ScriptedServer::hangUp()
{
    m_client->disconnectFromServer();
}

} // namespace platter
