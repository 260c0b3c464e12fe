// SPDX-License-Identifier: GPL-3.0-or-later
// Stands between QEMU and whoever talks to one of its QMP sockets, and lets a test act at any point of the
// conversation. The thread that made it, which must have an event loop.
#pragma once

#include <QLocalServer>
#include <QLocalSocket>

#include <functional>

namespace platter {

class QmpProxy : public QObject {
    Q_OBJECT

public:
    // Takes SOCKET's place.
    explicit QmpProxy(const QString& socket);
    // Gives it back.
    ~QmpProxy() override;

    // Called with every command before QEMU gets it, counted from 0 since the last call; false: QEMU does not get
    // it.
    void onCommand(std::function<bool(int number, const QByteArray& command)> look);

    int commands() const { return m_commands; }

private:
    void join(QLocalSocket* client);

    QString m_socket;
    QLocalServer m_server;
    std::function<bool(int, const QByteArray&)> m_look;
    int m_commands = 0;
};

} // namespace platter
