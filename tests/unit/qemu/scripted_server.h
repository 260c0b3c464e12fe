// SPDX-License-Identifier: GPL-3.0-or-later
// The other end of a unix socket, which says exactly what a test wants and when, byte for byte: for what a real
// QEMU or agent cannot be made to do on demand. Serves one client at a time. The thread that made it.
#pragma once

#include <QJsonObject>
#include <QLocalServer>
#include <QLocalSocket>

#include <functional>

namespace platter {

class ScriptedServer {
public:
    using OnConnect = std::function<void(ScriptedServer&)>;
    using OnRequest = std::function<void(ScriptedServer&, const QJsonObject& request)>;

    explicit ScriptedServer(const QString& socket);

    void onConnect(OnConnect handler) { m_onConnect = std::move(handler); }

    void onRequest(OnRequest handler) { m_onRequest = std::move(handler); }

    void say(const QByteArray& bytes);
    void hangUp();

    // Everything that the client has written, sentinels included.
    const QByteArray& heard() const { return m_heard; }

private:
    void accept();
    void read();

    QLocalServer m_server;
    QLocalSocket* m_client = nullptr; // the server's child
    QByteArray m_heard;
    qsizetype m_position = 0;
    OnConnect m_onConnect;
    OnRequest m_onRequest;
};

} // namespace platter
