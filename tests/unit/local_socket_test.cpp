// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/local_socket.h"

#include <QLocalServer>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>

using namespace platter;
using namespace std::chrono_literals;

class LocalSocketTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>(QStringLiteral("/tmp/platter-ls-XXXXXX"));
        m_path = m_folder->filePath(QStringLiteral("socket"));
    }

    void talks()
    {
        QLocalServer server;
        QVERIFY(server.listen(m_path));
        LocalSocket socket;
        const QSignalSpy heard(&socket, &LocalSocket::readyRead);
        const QSignalSpy ended(&socket, &LocalSocket::disconnected);
        socket.open(m_path);
        QVERIFY(socket.isConnected());
        QVERIFY(server.waitForNewConnection(5000));
        QLocalSocket* const peer = server.nextPendingConnection();
        socket.write("hello\n");
        QTRY_COMPARE(peer->peek(100), QByteArray("hello\n"));
        peer->write("one");
        QTRY_COMPARE(heard.count(), 1);
        QCOMPARE(socket.readAll(), QByteArray("one"));
        QCOMPARE(socket.readAll(), QByteArray());
        peer->write("last");
        peer->disconnectFromServer();
        QTRY_COMPARE(ended.count(), 1);
        QVERIFY(!socket.isConnected());
        QCOMPARE(socket.readAll(), QByteArray("last"));
        socket.write("to nobody");
    }

    // More than the kernel keeps in either direction.
    void carriesMuch()
    {
        const QByteArray much(8 << 20, 'x');
        QLocalServer server;
        QVERIFY(server.listen(m_path));
        LocalSocket socket;
        socket.open(m_path);
        socket.write(much);
        QVERIFY(server.waitForNewConnection(5000));
        QLocalSocket* const peer = server.nextPendingConnection();
        QTRY_COMPARE_WITH_TIMEOUT(peer->bytesAvailable(), much.size(), 20000);
        QByteArray got;
        connect(&socket, &LocalSocket::readyRead, this, [&] { got += socket.readAll(); });
        peer->write(peer->readAll());
        QTRY_COMPARE_WITH_TIMEOUT(got.size(), much.size(), 20000);
        QVERIFY(got == much);
    }

    void saysWhyItCannotConnect()
    {
        LocalSocket socket;
        const QSignalSpy failed(&socket, &LocalSocket::connectFailed);
        socket.open(m_path);
        QCOMPARE(failed.count(), 1);
        QCOMPARE(socket.connectError(), ENOENT);
        socket.open(QLatin1Char('/') + QString(200, QLatin1Char('x')));
        QCOMPARE(failed.count(), 2);
        QCOMPARE(failed.last().first().toInt(), ENAMETOOLONG);
        QVERIFY(!socket.isConnected() && !socket.waitForReadyRead(0ms));
    }

    // A QEMU that serves one client queues one more, and refuses further ones until there is room.
    void waitsForRoomInTheQueue()
    {
        const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, m_path.toLatin1().constData(), size_t(m_path.size()));
        QCOMPARE(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        QCOMPARE(::listen(listener.get(), 0), 0);
        LocalSocket first;
        first.open(m_path);
        QVERIFY(first.isConnected());
        LocalSocket second;
        const QSignalSpy failed(&second, &LocalSocket::connectFailed);
        second.open(m_path);
        QVERIFY(!second.isConnected());
        const UniqueFd accepted(::accept(listener.get(), nullptr, nullptr));
        QTRY_VERIFY(second.isConnected());
        QCOMPARE(failed.count(), 0);
    }

    void waitsForWords()
    {
        QLocalServer server;
        QVERIFY(server.listen(m_path));
        LocalSocket socket;
        socket.open(m_path);
        QVERIFY(!socket.waitForReadyRead(0ms));
        QVERIFY(server.waitForNewConnection(5000));
        QLocalSocket* const peer = server.nextPendingConnection();
        peer->write("words");
        QVERIFY(peer->waitForBytesWritten());
        QVERIFY(socket.waitForReadyRead(5s));
        QCOMPARE(socket.readAll(), QByteArray("words"));
        peer->abort();
        const QSignalSpy ended(&socket, &LocalSocket::disconnected);
        QVERIFY(!socket.waitForReadyRead(5s));
        QCOMPARE(ended.count(), 1);
    }

    void mayBeDeletedInASlot()
    {
        QLocalServer server;
        QVERIFY(server.listen(m_path));
        QPointer<LocalSocket> socket(new LocalSocket);
        connect(socket, &LocalSocket::readyRead, this, [&] { delete socket; });
        socket->open(m_path);
        QVERIFY(server.waitForNewConnection(5000));
        server.nextPendingConnection()->write("bye");
        QTRY_VERIFY(!socket);
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

QTEST_GUILESS_MAIN(LocalSocketTest)
#include "local_socket_test.moc"
