// SPDX-License-Identifier: GPL-3.0-or-later
// A connection over a unix socket, which is all of a network that Platter needs: Qt's own module for that brings
// proxies, cryptography and directory services along. Never blocks, but for waitForReadyRead(). Lives in one thread
// with an event loop.
#pragma once

#include "core/unique_fd.h"

#include <QByteArray>
#include <QObject>
#include <QSocketNotifier>
#include <QString>
#include <QTimer>

#include <chrono>
#include <utility>

namespace platter {

class LocalSocket : public QObject {
    Q_OBJECT

public:
    explicit LocalSocket(QObject* parent = nullptr);

    // Connects at once, or fails with connectFailed(); where the listener's queue is full, goes on trying.
    void open(const QString& path);
    // A connection that was accepted, non-blocking.
    void adopt(UniqueFd connection);
    // Nothing more is heard or said, no signal comes.
    void close();

    QString path() const { return m_path; } // of the last open()

    bool isConnected() const { return bool(m_fd); }

    // What the last open() failed with, an errno; 0 for none.
    int connectError() const { return m_connectError; }

    void write(const QByteArray& bytes);

    QByteArray readAll() { return std::exchange(m_received, {}); }

    // Waits for the other end to say something, or to end the connection; signals come as ever. True: it said
    // something.
    bool waitForReadyRead(std::chrono::milliseconds patience);

Q_SIGNALS:
    void readyRead();
    void connectFailed(int error); // an errno
    void disconnected(); // by the other end; what it said before has been read

private:
    void tryToConnect();
    bool read();
    void send();

    UniqueFd m_fd;
    QString m_path;
    QByteArray m_received;
    QByteArray m_unsent;
    int m_connectError = 0;
    QSocketNotifier m_readable;
    QSocketNotifier m_writable;
    QTimer m_again;
};

} // namespace platter
