// SPDX-License-Identifier: GPL-3.0-or-later
// The other end of a socket on which a client of ours talks line by line: says one line of a script at a time, each
// when the client has asked something or, when it does not ask, when it has nothing else to do; hangs up at the
// end. "@ID@" in a line stands for the last number that the client has sent, which only a real peer could know. One
// per input.
#pragma once

#include <QLocalServer>
#include <QLocalSocket>
#include <QTimer>

namespace platter {

class ScriptedPeer : public QObject {
public:
    ScriptedPeer(const QString& path, const QByteArray& script)
        : m_script(script)
    {
        m_idle.setInterval(0);
        connect(&m_idle, &QTimer::timeout, this, &ScriptedPeer::idle);
        connect(&m_server, &QLocalServer::newConnection, this, &ScriptedPeer::accept);
        QLocalServer::removeServer(path);
        m_server.listen(path);
    }

private:
    static constexpr int patience = 8; // turns of the event loop

    void accept()
    {
        m_socket = m_server.nextPendingConnection();
        connect(m_socket, &QLocalSocket::readyRead, this, &ScriptedPeer::hear);
        m_idle.start();
    }

    void hear()
    {
        const QByteArray asked = m_socket->readAll();
        m_lastNumber.clear();
        for (qsizetype i = asked.size() - 1; i >= 0; --i) {
            if (asked[i] >= '0' && asked[i] <= '9') {
                m_lastNumber.prepend(asked[i]);
            } else if (!m_lastNumber.isEmpty()) {
                break;
            }
        }
        say();
    }

    void idle()
    {
        if (++m_turns >= patience) {
            say();
        }
    }

    void say()
    {
        m_turns = 0;
        if (m_position >= m_script.size()) {
            m_idle.stop();
            m_socket->disconnectFromServer();
            return;
        }
        const qsizetype found = m_script.indexOf('\n', m_position);
        const qsizetype end = found < 0 ? m_script.size() : found + 1;
        m_socket->write(m_script.sliced(m_position, end - m_position).replace("@ID@", m_lastNumber));
        m_position = end;
    }

    QByteArray m_script;
    qsizetype m_position = 0;
    QByteArray m_lastNumber;
    QLocalServer m_server;
    QLocalSocket* m_socket = nullptr; // the server's
    QTimer m_idle;
    int m_turns = 0;
};

} // namespace platter
