// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/vnc_server/vnc_server.h"
#include "ui/console/vnc_screen.h"

#include <QElapsedTimer>
#include <QLocalServer>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

#include <limits>
#include <memory>
#include <signal.h>

using namespace platter;
using namespace std::chrono_literals;

namespace {
const QSize Size(320, 240);

QColor pixel(const ScreenSource& screen, QPoint at)
{
    return screen.frame().pixelColor(at);
}

template <typename Number>
QByteArray bigEndian(Number number)
{
    QByteArray bytes(sizeof number, Qt::Uninitialized);
    qToBigEndian(number, bytes.data());
    return bytes;
}

// The bytes of a server that agrees to everything.
QByteArray handshake(quint16 width, quint16 height)
{
    return QByteArrayLiteral("RFB 003.008\n") + QByteArray("\x01\x01", 2) + bigEndian<quint32>(0) + bigEndian(width)
        + bigEndian(height) + QByteArray("\x20\x18\x00\x01\x00\xff\x00\xff\x00\xff\x10\x08\x00\0\0\0", 16)
        + bigEndian<quint32>(4) + QByteArrayLiteral("name");
}

QByteArray rectangle(quint16 x, quint16 y, quint16 width, quint16 height, qint32 encoding)
{
    return bigEndian(x) + bigEndian(y) + bigEndian(width) + bigEndian(height) + bigEndian(encoding);
}

QByteArray update(quint16 rectangles)
{
    return QByteArray("\0\0", 2) + bigEndian(rectangles);
}
} // namespace

class VncScreenTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void framesArrive();
    void tellsWhatChanged();
    void followsSize();
    void keptFramesStay();
    void sendsKeys_data();
    void sendsKeys();
    void sendsPointer();
    void tellsCursor();
    void sharesServer();
    void asksNoMoreThanWanted();
    void reconnects();
    void closesAtOnce_data();
    void closesAtOnce();
    void inputToDeadServer();
    void oddServers_data();
    void oddServers();
    void sizeComesLater();
    void mayBeDeletedInSlot();

private:
    QString socketPath() const { return m_folder->filePath(QStringLiteral("vnc.sock")); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void VncScreenTest::initTestCase()
{
    // A library that writes to a socket whose server has gone must not end the program.
    ::signal(SIGPIPE, SIG_DFL);
}

void VncScreenTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void VncScreenTest::framesArrive()
{
    VncServer server(socketPath(), Size);
    server.fill(QRect({}, Size), Qt::red);
    VncScreen screen;
    QCOMPARE(screen.state(), ScreenSource::State::Closed);
    QVERIFY(screen.frame().isNull());
    screen.open(socketPath());
    QCOMPARE(screen.state(), ScreenSource::State::Connecting);
    QTRY_COMPARE(screen.frame().size(), Size);
    QCOMPARE(screen.state(), ScreenSource::State::Connected);
    QVERIFY(!screen.lastError());
    QCOMPARE(screen.frame().format(), QImage::Format_RGB32);
    QCOMPARE(pixel(screen, {0, 0}), QColor(Qt::red));
    QCOMPARE(pixel(screen, {319, 239}), QColor(Qt::red));
    QCOMPARE(screen.thumbnail({160, 160}).size(), QSize(160, 120));
    screen.close();
    QCOMPARE(screen.state(), ScreenSource::State::Closed);
    QVERIFY(screen.frame().isNull());
    QVERIFY(screen.thumbnail({160, 160}).isNull());
    QTRY_COMPARE(server.clientCount(), 0);
}

void VncScreenTest::tellsWhatChanged()
{
    VncServer server(socketPath(), Size);
    VncScreen screen;
    QRegion changed;
    connect(&screen, &ScreenSource::frameChanged, this, [&](const QRegion& region) { changed += region; });
    screen.open(socketPath());
    QTRY_COMPARE(changed, QRegion(QRect({}, Size)));

    changed = {};
    server.fill({10, 20, 30, 40}, Qt::blue);
    QTRY_COMPARE(changed, QRegion(10, 20, 30, 40));
    QCOMPARE(pixel(screen, {10, 20}), QColor(Qt::blue));
    QCOMPARE(pixel(screen, {39, 59}), QColor(Qt::blue));
    QCOMPARE(pixel(screen, {40, 60}), QColor(Qt::black));

    changed = {};
    server.copy({10, 20, 30, 40}, {100, 50});
    QTRY_VERIFY(changed.contains(QRect(110, 70, 30, 40)));
    QCOMPARE(pixel(screen, {110, 70}), QColor(Qt::blue));
    QCOMPARE(pixel(screen, {139, 109}), QColor(Qt::blue));
    QCOMPARE(pixel(screen, {109, 70}), QColor(Qt::black));

    // Several at once, none lost.
    changed = {};
    for (int i = 0; i < 20; ++i)
        server.fill({i * 10, i * 5, 4, 4}, Qt::green);
    QTRY_VERIFY(changed.contains(QRect(190, 95, 4, 4)));
    for (int i = 0; i < 20; ++i)
        QCOMPARE(pixel(screen, {i * 10 + 3, i * 5 + 3}), QColor(Qt::green));
}

void VncScreenTest::followsSize()
{
    VncServer server(socketPath(), Size);
    VncScreen screen;
    QSignalSpy sizes(&screen, &ScreenSource::frameSizeChanged);
    screen.open(socketPath());
    QTRY_COMPARE(screen.frame().size(), Size);
    for (const QSize size : {QSize(800, 600), QSize(64, 48), QSize(1280, 800)}) {
        server.resize(size);
        server.fill(QRect({}, size), Qt::yellow);
        QTRY_COMPARE(screen.frame().size(), size);
        QTRY_COMPARE(pixel(screen, {size.width() - 1, size.height() - 1}), QColor(Qt::yellow));
    }
    QCOMPARE(sizes.size(), 4);
    QCOMPARE(sizes.first().first().toSize(), Size);
    QCOMPARE(sizes.last().first().toSize(), QSize(1280, 800));
    QCOMPARE(screen.state(), ScreenSource::State::Connected);
}

void VncScreenTest::keptFramesStay()
{
    VncServer server(socketPath(), Size);
    VncScreen screen;
    screen.open(socketPath());
    QTRY_VERIFY(!screen.frame().isNull());
    QList<QImage> kept;
    for (const Qt::GlobalColor colour : {Qt::red, Qt::green, Qt::blue, Qt::cyan}) {
        server.fill(QRect({}, Size), colour);
        QTRY_COMPARE(pixel(screen, {319, 239}), QColor(colour));
        kept.append(screen.frame());
    }
    QCOMPARE(kept.at(0).pixelColor(319, 239), QColor(Qt::red));
    QCOMPARE(kept.at(1).pixelColor(319, 239), QColor(Qt::green));
    QCOMPARE(kept.at(2).pixelColor(319, 239), QColor(Qt::blue));
}

void VncScreenTest::sendsKeys_data()
{
    QTest::addColumn<bool>("serverTakesScanCodes");
    QTest::addColumn<GuestKey>("key");
    QTest::addColumn<QList<ServerKey>>("expected");
    const GuestKey a{0x1e, 'a'};
    const GuestKey symbolOnly{0, 'a'};
    const GuestKey scanCodeOnly{0x1e, 0};
    QTest::newRow("scan code") << true << a << QList<ServerKey>{{0x1e, 'a', true}, {0x1e, 'a', false}};
    QTest::newRow("no scan code") << true << symbolOnly << QList<ServerKey>{{0, 'a', true}, {0, 'a', false}};
    QTest::newRow("a server without") << false << a << QList<ServerKey>{{0, 'a', true}, {0, 'a', false}};
    QTest::newRow("a server without, no symbol") << false << scanCodeOnly << QList<ServerKey>{};
}

void VncScreenTest::sendsKeys()
{
    QFETCH(bool, serverTakesScanCodes);
    QFETCH(GuestKey, key);
    QFETCH(QList<ServerKey>, expected);
    VncServer server(
        socketPath(), Size, serverTakesScanCodes ? VncServer::Keys::ScanCodes : VncServer::Keys::SymbolsOnly);
    VncScreen screen;
    screen.open(socketPath());
    QTRY_VERIFY(!screen.frame().isNull());
    QTRY_COMPARE(screen.takesScanCodes(), serverTakesScanCodes);
    screen.sendKey(key, KeyAction::Press);
    screen.sendKey(key, KeyAction::Release);
    screen.sendKey({0, 'z'}, KeyAction::Press);
    expected.append({0, 'z', true});
    QTRY_COMPARE(server.keys().size(), std::size_t(expected.size()));
    QCOMPARE(server.keys(), std::vector(expected.begin(), expected.end()));
}

void VncScreenTest::sendsPointer()
{
    VncServer server(socketPath(), Size);
    VncScreen screen;
    screen.open(socketPath());
    QTRY_VERIFY(!screen.frame().isNull());
    // Of a row of movements the last one counts; where a button went down or up always does.
    for (int i = 0; i < 1000; ++i)
        screen.sendPointer({i % 300, 7}, {});
    screen.sendPointer({11, 12}, PointerButton::Left);
    for (int i = 0; i < 1000; ++i)
        screen.sendPointer({i % 300, 8}, PointerButton::Left);
    screen.sendPointer({99, 98}, {});
    screen.sendPointer({99, 98}, PointerButton::WheelDown);
    screen.sendPointer({99, 98}, {});
    screen.sendPointer({5000, -3}, PointerButton::Right);
    const auto arrived = [&](ServerPointer event) { return std::ranges::count(server.pointers(), event); };
    QTRY_COMPARE(arrived({{319, 0}, 4}), 1);
    QCOMPARE(arrived({{11, 12}, 1}), 1);
    QCOMPARE(arrived({{99, 98}, 0x10}), 1);
    QCOMPARE(arrived({{99, 98}, 0}), 2);
    QVERIFY(arrived({{99, 8}, 1}) >= 1);
}

void VncScreenTest::tellsCursor()
{
    VncServer server(socketPath(), Size);
    VncScreen screen;
    screen.open(socketPath());
    QTRY_VERIFY(!screen.frame().isNull());
    server.setCursor(Qt::magenta, {12, 20}, {3, 4});
    QTRY_VERIFY(screen.cursor() && screen.cursor()->image.size() == QSize(12, 20));
    QCOMPARE(screen.cursor()->hotSpot, QPoint(3, 4));
    QCOMPARE(screen.cursor()->image.pixelColor(5, 5), QColor(Qt::magenta));
    QCOMPARE(screen.cursor()->image.pixelColor(0, 0).alpha(), 0);
    // It is ours to draw: the frame has none.
    QCOMPARE(pixel(screen, {0, 0}), QColor(Qt::black));
    screen.close();
    QVERIFY(!screen.cursor());
}

void VncScreenTest::sharesServer()
{
    VncServer server(socketPath(), Size);
    server.fill(QRect({}, Size), Qt::red);
    VncScreen one;
    VncScreen other;
    one.open(socketPath());
    QTRY_VERIFY(!one.frame().isNull());
    other.open(socketPath());
    QTRY_VERIFY(!other.frame().isNull());
    server.fill(QRect({}, Size), Qt::green);
    QTRY_COMPARE(pixel(one, {9, 9}), QColor(Qt::green));
    QTRY_COMPARE(pixel(other, {9, 9}), QColor(Qt::green));
    QCOMPARE(server.clientCount(), 2);
}

void VncScreenTest::asksNoMoreThanWanted()
{
    VncServer server(socketPath(), Size);
    VncScreen screen;
    screen.setUpdateInterval(1h);
    screen.open(socketPath());
    QTRY_VERIFY(!screen.frame().isNull());
    QCOMPARE(server.requestCount(), 1);
    // Input goes on meanwhile, and brings no frame.
    server.fill(QRect({}, Size), Qt::blue);
    screen.sendKey({0, 'a'}, KeyAction::Press);
    QTRY_COMPARE(server.keys().size(), 1U);
    QCOMPARE(server.requestCount(), 1);
    QCOMPARE(pixel(screen, {9, 9}), QColor(Qt::black));
    screen.setUpdateInterval(0ms);
    QTRY_COMPARE(pixel(screen, {9, 9}), QColor(Qt::blue));
    server.fill(QRect({}, Size), Qt::red);
    QTRY_COMPARE(pixel(screen, {9, 9}), QColor(Qt::red));
}

void VncScreenTest::reconnects()
{
    VncScreen screen;
    screen.open(socketPath());
    QTRY_VERIFY(screen.lastError());
    QCOMPARE(screen.state(), ScreenSource::State::Connecting);
    QCOMPARE(screen.lastError()->kind, ErrorKind::NotFound);
    QVERIFY(screen.lastError()->detail.contains(socketPath()));

    auto server = std::make_unique<VncServer>(socketPath(), Size);
    server->fill(QRect({}, Size), Qt::red);
    QTRY_COMPARE(screen.state(), ScreenSource::State::Connected);
    QVERIFY(!screen.lastError());
    QTRY_COMPARE(pixel(screen, {9, 9}), QColor(Qt::red));

    server.reset();
    QTRY_COMPARE(screen.state(), ScreenSource::State::Connecting);
    QVERIFY(screen.lastError());
    QCOMPARE(pixel(screen, {9, 9}), QColor(Qt::red)); // the last frame stays
    screen.sendKey({0x1e, 'a'}, KeyAction::Press); // to nobody

    server = std::make_unique<VncServer>(socketPath(), QSize(100, 80));
    server->fill({0, 0, 100, 80}, Qt::green);
    QTRY_COMPARE(screen.frame().size(), QSize(100, 80));
    QTRY_COMPARE(pixel(screen, {9, 9}), QColor(Qt::green));
    QVERIFY(server->keys().empty());
    QTRY_VERIFY(screen.takesScanCodes());
}

void VncScreenTest::closesAtOnce_data()
{
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("says nothing") << QByteArray();
    QTest::newRow("stops within the handshake") << handshake(64, 48).first(20);
    QTest::newRow("stops within a frame")
        << handshake(64, 48) + update(1) + rectangle(0, 0, 64, 48, 0) + QByteArray(100, 'x');
}

void VncScreenTest::closesAtOnce()
{
    QFETCH(QByteArray, said);
    QLocalServer server;
    QVERIFY(server.listen(socketPath()));
    auto screen = std::make_unique<VncScreen>();
    screen->open(socketPath());
    QTRY_VERIFY(server.hasPendingConnections());
    const std::unique_ptr<QLocalSocket> connection(server.nextPendingConnection());
    connection->write(said);
    QVERIFY(connection->flush() || said.isEmpty());

    // The server never goes on: whoever waited for it would wait until the time for an answer, 10 s, is over.
    QElapsedTimer time;
    time.start();
    screen.reset();
    QVERIFY(time.durationElapsed() < 5s);
    // And the thread ends, too.
    QTRY_COMPARE(connection->state(), QLocalSocket::UnconnectedState);
}

void VncScreenTest::inputToDeadServer()
{
    VncScreen screen;
    for (int i = 0; i < 20; ++i) {
        auto server = std::make_unique<VncServer>(socketPath(), QSize(16, 16));
        screen.open(socketPath());
        QTRY_VERIFY(!screen.frame().isNull());
        server.reset();
        for (int key = 0; key < 100; ++key)
            screen.sendKey({0, 'a'}, KeyAction::Press);
    }
    QTRY_COMPARE(screen.state(), ScreenSource::State::Connecting);
}

void VncScreenTest::oddServers_data()
{
    QTest::addColumn<QByteArray>("said");
    QTest::addColumn<int>("hangsUpAfter"); // so many bytes heard; the others wait for the client to do it
    QTest::addColumn<ErrorKind>("kind");
    constexpr int Never = std::numeric_limits<int>::max();
    // The client's version, choice, init, pixel format and encodings, without and with its first request.
    constexpr int Greeted = 12 + 1 + 1 + 20 + 24;
    constexpr int Asked = Greeted + 10;
    const auto garbled = ErrorKind::Unsupported;
    const auto ended = ErrorKind::Interrupted;
    QTest::newRow("hangs up") << QByteArray() << 0 << garbled;
    QTest::newRow("speaks HTTP") << QByteArrayLiteral("HTTP/1.1 400 Bad Request\r\n\r\n") << Never << garbled;
    QTest::newRow("wants a password") << QByteArrayLiteral("RFB 003.008\n") + QByteArray("\x01\x02", 2)
            + QByteArray(64, 'x') << Never
                                      << garbled;
    QTest::newRow("wants a password, old protocol")
        << QByteArrayLiteral("RFB 003.003\n") + bigEndian<quint32>(2) + QByteArray(64, 'x') << Never << garbled;
    QTest::newRow("refuses, with a reason")
        << QByteArrayLiteral("RFB 003.008\n") + QByteArray("\0", 1) + bigEndian<quint32>(4) + "full" << Never
        << garbled;
    QTest::newRow("too large a screen") << handshake(16000, 16000) << Never << garbled;
    QTest::newRow("too large a name") << handshake(64, 48).chopped(8) + bigEndian<quint32>(0x7fffffff)
            + QByteArray(64, 'x') << Never
                                      << garbled;
    QTest::newRow("hangs up after the handshake") << handshake(64, 48) << Asked << ended;
    QTest::newRow("hangs up within a frame")
        << handshake(64, 48) + update(1) + rectangle(0, 0, 64, 48, 0) + QByteArray(100, 'x') << Greeted << ended;
    QTest::newRow("grows too large") << handshake(64, 48) + update(1) + rectangle(0, 0, 65535, 65535, -223) << Never
                                     << garbled;
    QTest::newRow("draws outside") << handshake(64, 48) + update(1) + rectangle(60, 0, 10, 10, 0)
            + QByteArray(400, 'x') << Never
                                   << ended;
    QTest::newRow("copies from outside") << handshake(64, 48) + update(1) + rectangle(0, 0, 64, 48, 1)
            + bigEndian<quint16>(60000) + bigEndian<quint16>(60000)
                                         << Asked << ended;
    QTest::newRow("unknown message") << handshake(64, 48) + QByteArray("\x7f", 1) + QByteArray(300, 'x') << Never
                                     << ended;
    QTest::newRow("unknown encoding") << handshake(64, 48) + update(1) + rectangle(0, 0, 8, 8, 12345) << Never
                                      << ended;
    QTest::newRow("cursor too large") << handshake(64, 48) + update(1) + rectangle(0, 0, 5000, 5000, -239) << Never
                                      << ended;
    QTest::newRow("cursor's hot spot outside") << handshake(64, 48) + update(1) + rectangle(900, 900, 2, 2, -239)
            + QByteArray(16, 'x')
            + QByteArray(2, '\xff') << Asked << ended;
    QTest::newRow("a clipboard without end")
        << handshake(64, 48) + QByteArray("\x03\0\0\0", 4) + bigEndian<quint32>(0x7fffffff) << Never << ended;
    QTest::newRow("no screen at all") << handshake(0, 0) << Greeted << ended;
}

void VncScreenTest::oddServers()
{
    QFETCH(QByteArray, said);
    QFETCH(int, hangsUpAfter);
    QLocalServer server;
    int connections = 0;
    connect(&server, &QLocalServer::newConnection, this, [&] {
        ++connections;
        QLocalSocket* connection = server.nextPendingConnection();
        connection->setParent(&server);
        connect(connection, &QLocalSocket::disconnected, connection, &QObject::deleteLater);
        const auto hangUpInTime = [connection, hangsUpAfter] {
            if (connection->bytesAvailable() >= hangsUpAfter)
                connection->disconnectFromServer();
        };
        connect(connection, &QLocalSocket::readyRead, connection, hangUpInTime);
        connection->write(said);
        connection->flush();
        hangUpInTime();
    });
    QVERIFY(server.listen(socketPath()));
    VncScreen screen;
    screen.open(socketPath());
    QTRY_VERIFY(screen.lastError());
    QTEST(screen.lastError()->kind, "kind");
    QVERIFY(!screen.lastError()->summary.isEmpty());
    // It goes on trying.
    QTRY_VERIFY(connections >= 3);
    QVERIFY(screen.frame().isNull() || screen.frame().size() == QSize(64, 48));
}

void VncScreenTest::sizeComesLater()
{
    QLocalServer server;
    QVERIFY(server.listen(socketPath()));
    VncScreen screen;
    screen.open(socketPath());
    QTRY_VERIFY(server.hasPendingConnections());
    const std::unique_ptr<QLocalSocket> connection(server.nextPendingConnection());
    connection->write(handshake(0, 0));
    QTRY_COMPARE(screen.state(), ScreenSource::State::Connected);
    QVERIFY(screen.frame().isNull());
    connection->write(update(1) + rectangle(0, 0, 4, 2, -223));
    connection->write(update(1) + rectangle(0, 0, 4, 2, 0) + QByteArray(32, '\x40'));
    QTRY_COMPARE(screen.frame().size(), QSize(4, 2));
    QCOMPARE(pixel(screen, {3, 1}), QColor(0x40, 0x40, 0x40));
    // And goes again, which is no reason to hang up.
    connection->write(update(1) + rectangle(0, 0, 0, 0, -223));
    connection->write(update(1) + rectangle(0, 0, 2, 2, -223));
    connection->write(update(1) + rectangle(0, 0, 2, 2, 0) + QByteArray(16, '\x50'));
    QTRY_COMPARE(screen.frame().size(), QSize(2, 2));
    QCOMPARE(screen.state(), ScreenSource::State::Connected);
}

void VncScreenTest::mayBeDeletedInSlot()
{
    VncServer server(socketPath(), Size);
    for (const bool onFrame : {true, false}) {
        auto screen = std::make_unique<VncScreen>();
        const auto end = [&] { screen.reset(); };
        if (onFrame)
            connect(screen.get(), &ScreenSource::frameSizeChanged, this, end);
        else
            connect(screen.get(), &ScreenSource::stateChanged, this, [&] {
                if (screen->state() == ScreenSource::State::Connected)
                    end();
            });
        screen->open(socketPath());
        QTRY_VERIFY(!screen);
    }
}

QTEST_MAIN(VncScreenTest)
#include "vnc_screen_test.moc"
