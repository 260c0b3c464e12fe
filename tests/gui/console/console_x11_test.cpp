// SPDX-License-Identifier: GPL-3.0-or-later
// The console in a real X11 window with a window manager, with keys pressed on the X server's own keyboard: what
// the offscreen platform cannot show, the scan codes and the shortcuts of the desktop.
#include "tests/vnc_server/vnc_server.h"
#include "ui/console/console_widget.h"
#include "ui/console/vnc_screen.h"

#include <QAction>
#include <QApplication>
#include <QDeadlineTimer>
#include <QLineEdit>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <memory>
#include <poll.h>
#include <unistd.h>

using namespace platter;

namespace {

const QSize Guest(640, 400);

std::vector<quint32> scanCodes(const std::vector<ServerKey>& keys, bool down)
{
    std::vector<quint32> codes;
    for (const ServerKey& key : keys) {
        if (key.down == down)
            codes.push_back(key.scanCode);
    }
    return codes;
}

} // namespace

class ConsoleX11Test : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void sendsScanCodes_data();
    void sendsScanCodes();
    void layoutIsTheGuests();
    void altOpensNoMenu();
    void repeats();
    void releaseKey();
    void losesFocusToAnotherWindow();
    void fullScreenGrabsSystemKeys();
    void clicksLandWhereTheyAre();

private:
    static void xdotool(const QStringList& arguments);
    void focusConsole();

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<VncServer> m_server;
    std::unique_ptr<VncScreen> m_screen;
    std::unique_ptr<QMainWindow> m_window;
    ConsoleWidget* m_console = nullptr;
    QMenu* m_menu = nullptr;
    QAction* m_quit = nullptr;
};

void ConsoleX11Test::xdotool(const QStringList& arguments)
{
    QCoreApplication::processEvents(); // what this program asked the X server for comes first
    QProcess process;
    process.start(QStringLiteral("xdotool"), arguments);
    QVERIFY2(process.waitForStarted(), "xdotool is missing");
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitCode(), 0);
}

void ConsoleX11Test::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_server = std::make_unique<VncServer>(m_folder->filePath(QStringLiteral("vnc.sock")), Guest);
    m_server->fill(QRect({}, Guest), Qt::darkBlue);
    m_screen = std::make_unique<VncScreen>();
    m_window = std::make_unique<QMainWindow>();
    m_console = new ConsoleWidget;
    m_console->setSource(m_screen.get());
    m_window->setCentralWidget(m_console);
    m_menu = m_window->menuBar()->addMenu(QStringLiteral("&File"));
    m_quit = m_menu->addAction(QStringLiteral("&Quit"));
    m_quit->setShortcut(QKeySequence(QStringLiteral("Ctrl+Q")));
    m_window->resize(800, 560);
    m_window->show();
    m_screen->open(m_folder->filePath(QStringLiteral("vnc.sock")));
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    QTRY_VERIFY(m_screen->takesScanCodes() && !m_screen->frame().isNull());
    focusConsole();
}

void ConsoleX11Test::cleanup()
{
    m_window.reset();
    m_screen.reset();
    m_server.reset();
}

void ConsoleX11Test::focusConsole()
{
    m_console->takeKeyboard();
    QTRY_VERIFY(m_console->hasKeyboard());
    m_server->forgetInput();
}

void ConsoleX11Test::sendsScanCodes_data()
{
    QTest::addColumn<QString>("keys");
    QTest::addColumn<std::vector<quint32>>("codes");
    using Codes = std::vector<quint32>;
    QTest::newRow("a") << QStringLiteral("a") << Codes{0x1e};
    QTest::newRow("Shift+1") << QStringLiteral("shift+1") << Codes{0x2a, 0x02};
    QTest::newRow("Tab") << QStringLiteral("Tab") << Codes{0x0f};
    QTest::newRow("Shift+Tab") << QStringLiteral("shift+Tab") << Codes{0x2a, 0x0f};
    QTest::newRow("Return") << QStringLiteral("Return") << Codes{0x1c};
    QTest::newRow("keypad Enter") << QStringLiteral("KP_Enter") << Codes{0x9c};
    QTest::newRow("Up") << QStringLiteral("Up") << Codes{0xc8};
    QTest::newRow("Delete") << QStringLiteral("Delete") << Codes{0xd3};
    QTest::newRow("F11") << QStringLiteral("F11") << Codes{0x57};
    QTest::newRow("F10") << QStringLiteral("F10") << Codes{0x44};
    QTest::newRow("Pause") << QStringLiteral("Pause") << Codes{0xc6};
    QTest::newRow("Menu") << QStringLiteral("Menu") << Codes{0xdd};
    QTest::newRow("right Ctrl") << QStringLiteral("105") << Codes{0x9d};
    QTest::newRow("Ctrl+Q") << QStringLiteral("ctrl+q") << Codes{0x1d, 0x10};
    QTest::newRow("Ctrl+Alt+Delete") << QStringLiteral("ctrl+alt+Delete") << Codes{0x1d, 0x38, 0xd3};
}

void ConsoleX11Test::sendsScanCodes()
{
    QFETCH(QString, keys);
    QFETCH(std::vector<quint32>, codes);
    QSignalSpy quit(m_quit, &QAction::triggered);
    xdotool({QStringLiteral("key"), keys});
    QTRY_COMPARE(m_server->keys().size(), 2 * codes.size());
    QCOMPARE(scanCodes(m_server->keys(), true), codes);
    std::vector<quint32> up = scanCodes(m_server->keys(), false);
    std::ranges::sort(up);
    std::ranges::sort(codes);
    QCOMPARE(up, codes);
    QCOMPARE(quit.size(), 0);
    QVERIFY(m_console->hasKeyboard());
}

void ConsoleX11Test::layoutIsTheGuests()
{
    // Whatever this desktop's layout makes of a key, its place is what counts; the symbol comes along.
    const auto layout = [](const QString& name) {
        QCOMPARE(QProcess::execute(QStringLiteral("setxkbmap"), {name}), 0);
    };
    layout(QStringLiteral("de"));
    xdotool({QStringLiteral("key"), QStringLiteral("29")}); // the key right of T
    QTRY_COMPARE(m_server->keys().size(), 2U);
    layout(QStringLiteral("us"));
    QCOMPARE(m_server->keys().front(), (ServerKey{0x15, 'z', true}));
}

void ConsoleX11Test::altOpensNoMenu()
{
    xdotool({QStringLiteral("key"), QStringLiteral("alt")});
    xdotool({QStringLiteral("key"), QStringLiteral("alt+f")});
    QTRY_COMPARE(m_server->keys().size(), 6U);
    QCOMPARE(scanCodes(m_server->keys(), true), (std::vector<quint32>{0x38, 0x38, 0x21}));
    QVERIFY(!m_menu->isVisible());
    QVERIFY(!m_window->menuBar()->activeAction());
    QVERIFY(m_console->hasKeyboard());
}

void ConsoleX11Test::repeats()
{
    // Held, it repeats; the guest sees it come up once, at the end. Qt knows a repeat by the two events that arrive
    // together, which on a busy machine they may fail to do.
    bool staysDown = false;
    for (int attempt = 0; attempt < 5 && !staysDown; ++attempt) {
        m_server->forgetInput();
        xdotool({QStringLiteral("keydown"), QStringLiteral("a")});
        QTRY_VERIFY(scanCodes(m_server->keys(), true).size() >= 3);
        staysDown = scanCodes(m_server->keys(), false).empty();
        const std::size_t released = scanCodes(m_server->keys(), false).size();
        xdotool({QStringLiteral("keyup"), QStringLiteral("a")});
        QTRY_VERIFY(scanCodes(m_server->keys(), false).size() > released);
    }
    QVERIFY(staysDown);
    QCOMPARE(scanCodes(m_server->keys(), false), std::vector<quint32>{0x1e});
}

void ConsoleX11Test::releaseKey()
{
    xdotool({QStringLiteral("key"), QStringLiteral("ctrl+alt")});
    QTRY_VERIFY(!m_console->hasKeyboard());
    QTRY_COMPARE(m_server->keys().size(), 4U);
    QSignalSpy quit(m_quit, &QAction::triggered);
    xdotool({QStringLiteral("key"), QStringLiteral("ctrl+q")});
    QTRY_COMPARE(quit.size(), 1);
    QCOMPARE(m_server->keys().size(), 4U);
    xdotool({QStringLiteral("key"), QStringLiteral("Return")});
    QTRY_VERIFY(m_console->hasKeyboard());
    xdotool({QStringLiteral("key"), QStringLiteral("b")});
    QTRY_COMPARE(m_server->keys().size(), 6U);
    QCOMPARE(m_server->keys().at(4).scanCode, 0x30U);
}

void ConsoleX11Test::losesFocusToAnotherWindow()
{
    QLineEdit other;
    xdotool({QStringLiteral("keydown"), QStringLiteral("shift")});
    QTRY_COMPARE(m_server->keys().size(), 1U);
    other.show();
    other.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&other));
    QTRY_COMPARE(scanCodes(m_server->keys(), false), std::vector<quint32>{0x2a});
    xdotool({QStringLiteral("keyup"), QStringLiteral("shift")});
    xdotool({QStringLiteral("key"), QStringLiteral("x")});
    QTRY_COMPARE(other.text(), QStringLiteral("x"));
    QCOMPARE(m_server->keys().size(), 2U);
    other.close();
    m_window->activateWindow();
    QTRY_VERIFY(m_console->hasKeyboard());
}

void ConsoleX11Test::fullScreenGrabsSystemKeys()
{
    // Embedded, Alt+F4 is the window manager's: openbox would close the window.
    m_console->setPresentation(ConsoleWidget::Presentation::FullScreen);
    m_window->showFullScreen();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    QTRY_VERIFY(m_console->hasKeyboard());
    m_server->forgetInput();
    xdotool({QStringLiteral("key"), QStringLiteral("alt+F4")});
    QTRY_COMPARE(scanCodes(m_server->keys(), true), (std::vector<quint32>{0x38, 0x3e}));
    xdotool({QStringLiteral("key"), QStringLiteral("alt+Tab")});
    QTRY_COMPARE(scanCodes(m_server->keys(), true), (std::vector<quint32>{0x38, 0x3e, 0x38, 0x0f}));
    xdotool({QStringLiteral("key"), QStringLiteral("Print")});
    QTRY_COMPARE(scanCodes(m_server->keys(), true).back(), 0x54U);
    QVERIFY(m_window->isVisible());
    QVERIFY(m_console->hasKeyboard());
    // Given back, it is the desktop's again.
    xdotool({QStringLiteral("key"), QStringLiteral("ctrl+alt")});
    QTRY_VERIFY(!m_console->hasKeyboard());
    xdotool({QStringLiteral("key"), QStringLiteral("alt+F4")});
    QTRY_VERIFY(!m_window->isVisible());
}

void ConsoleX11Test::clicksLandWhereTheyAre()
{
    const QWidget* view = m_console->focusProxy();
    const QPoint middle = view->mapToGlobal(view->rect().center());
    xdotool({QStringLiteral("mousemove"), QString::number(middle.x()), QString::number(middle.y()),
        QStringLiteral("click"), QStringLiteral("3"), QStringLiteral("click"), QStringLiteral("4")});
    const auto wheeled = [&] { return std::ranges::count(m_server->pointers(), 8, &ServerPointer::buttons) == 1; };
    QTRY_VERIFY(wheeled());
    const std::vector<ServerPointer> pointers = m_server->pointers();
    const auto clicked = std::ranges::find(pointers, 4, &ServerPointer::buttons);
    QVERIFY(clicked != pointers.end());
    QVERIFY((clicked->position - QPoint(Guest.width() / 2, Guest.height() / 2)).manhattanLength() <= 4);
    QTRY_COMPARE(m_server->pointers().back().buttons, 0);
}

int main(int argc, char** argv)
{
    // An X server of its own, as this one's keys are pressed for real.
    std::array<int, 2> channel{};
    if (::pipe(channel.data()) != 0)
        return 1;
    QProcess server;
    server.setStandardErrorFile(QProcess::nullDevice());
    server.start(QStringLiteral("Xvfb"),
        {QStringLiteral("-displayfd"), QString::number(channel[1]), QStringLiteral("-screen"), QStringLiteral("0"),
            QStringLiteral("1280x1024x24"), QStringLiteral("-nolisten"), QStringLiteral("tcp")});
    pollfd wait{channel[0], POLLIN, 0};
    std::array<char, 16> number{};
    if (!server.waitForStarted() || ::poll(&wait, 1, 20'000) != 1
        || ::read(channel[0], number.data(), number.size() - 1) <= 0)
        qFatal("Xvfb is missing or does not start");
    qputenv("DISPLAY", QByteArray(":") + QByteArray(number.data()).trimmed());
    qputenv("QT_QPA_PLATFORM", "xcb");
    QProcess manager;
    manager.setStandardErrorFile(QProcess::nullDevice());
    // It says that it is ready by running a command.
    const QTemporaryDir folder;
    const QString ready = folder.filePath(QStringLiteral("ready"));
    manager.start(QStringLiteral("openbox"), {QStringLiteral("--startup"), QStringLiteral("touch ") + ready});
    QDeadlineTimer patience(20'000);
    while (!QFile::exists(ready)) {
        if (manager.state() == QProcess::NotRunning || patience.hasExpired())
            qFatal("openbox is missing or does not start");
        manager.waitForFinished(20);
    }

    int result = 1;
    {
        QApplication application(argc, argv);
        ConsoleX11Test test;
        result = QTest::qExec(&test, argc, argv);
    }
    manager.terminate();
    manager.waitForFinished();
    server.terminate();
    server.waitForFinished();
    return result;
}

#include "console_x11_test.moc"
