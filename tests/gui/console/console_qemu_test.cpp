// SPDX-License-Identifier: GPL-3.0-or-later
// The console against the real QEMU, which says in its trace what its guest's keyboard and tablet are sent.
#include "ui/console/console_widget.h"
#include "ui/console/vnc_screen.h"

#include <QAbstractScrollArea>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <linux/input-event-codes.h>
#include <memory>

using namespace platter;

class ConsoleQemuTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void showsScreen();
    void keysArriveAsWhatTheyAre_data();
    void keysArriveAsWhatTheyAre();
    void typesText();
    void pointsWithTablet();
    void followsRestart();

private:
    void startQemu();
    // Waits for a piece of the trace, after the last one that was waited for.
    bool sees(const QByteArray& piece);

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QProcess> m_qemu;
    std::unique_ptr<VncScreen> m_screen;
    QByteArray m_trace;
};

void ConsoleQemuTest::startQemu()
{
    m_qemu = std::make_unique<QProcess>();
    m_qemu->setProcessChannelMode(QProcess::MergedChannels);
    m_trace.clear();
    m_qemu->start(QStringLiteral("qemu-system-x86_64"),
        {QStringLiteral("-machine"), QStringLiteral("q35,accel=tcg,i8042=off"), QStringLiteral("-m"),
            QStringLiteral("64M"), QStringLiteral("-nodefaults"), QStringLiteral("-vga"), QStringLiteral("std"),
            QStringLiteral("-device"), QStringLiteral("qemu-xhci"), QStringLiteral("-device"),
            QStringLiteral("usb-kbd"), QStringLiteral("-device"), QStringLiteral("usb-tablet"),
            QStringLiteral("-vnc"), QStringLiteral("unix:") + m_folder->filePath(QStringLiteral("vnc.sock")),
            QStringLiteral("-trace"), QStringLiteral("input_event_*")});
    QVERIFY2(m_qemu->waitForStarted(), "qemu-system-x86_64 is missing");
}

void ConsoleQemuTest::initTestCase()
{
    m_folder = std::make_unique<QTemporaryDir>();
    startQemu();
    m_screen = std::make_unique<VncScreen>();
    m_screen->open(m_folder->filePath(QStringLiteral("vnc.sock")));
    QTRY_VERIFY2(!m_screen->frame().isNull(), m_qemu->readAll().constData());
    QTRY_VERIFY(m_screen->takesScanCodes());
}

void ConsoleQemuTest::cleanupTestCase()
{
    m_screen.reset();
    m_qemu->kill();
    m_qemu->waitForFinished();
}

bool ConsoleQemuTest::sees(const QByteArray& piece)
{
    const bool came = QTest::qWaitFor([&] {
        m_trace += m_qemu->readAll();
        return m_trace.contains(piece);
    });
    if (came)
        m_trace.remove(0, m_trace.indexOf(piece) + piece.size());
    return came;
}

void ConsoleQemuTest::showsScreen()
{
    QVERIFY(m_screen->frame().width() >= 320);
    // SeaBIOS writes its name: there is something else than one colour.
    const auto isDrawn = [&] {
        const QImage frame = m_screen->frame();
        for (int y = 0; y < frame.height(); ++y) {
            for (int x = 0; x < frame.width(); ++x) {
                if (frame.pixel(x, y) != frame.pixel(0, 0))
                    return true;
            }
        }
        return false;
    };
    QTRY_VERIFY_WITH_TIMEOUT(isDrawn(), 20000);
}

void ConsoleQemuTest::keysArriveAsWhatTheyAre_data()
{
    QTest::addColumn<int>("evdev");
    QTest::addColumn<QByteArray>("qcode");
    const auto row = [](int evdev, const char* qcode) { QTest::newRow(qcode) << evdev << QByteArray(qcode); };
    row(KEY_ESC, "esc");
    row(KEY_1, "1");
    row(KEY_Y, "y");
    row(KEY_GRAVE, "grave_accent");
    row(KEY_102ND, "less");
    row(KEY_RO, "ro");
    row(KEY_YEN, "yen");
    row(KEY_HENKAN, "henkan");
    row(KEY_F1, "f1");
    row(KEY_F11, "f11");
    row(KEY_F12, "f12");
    row(KEY_KP7, "kp_7");
    row(KEY_KPENTER, "kp_enter");
    row(KEY_KPSLASH, "kp_divide");
    row(KEY_KPASTERISK, "kp_multiply");
    row(KEY_NUMLOCK, "num_lock");
    row(KEY_SCROLLLOCK, "scroll_lock");
    row(KEY_LEFTCTRL, "ctrl");
    row(KEY_RIGHTCTRL, "ctrl_r");
    row(KEY_LEFTALT, "alt");
    row(KEY_RIGHTALT, "alt_r");
    row(KEY_LEFTMETA, "meta_l");
    row(KEY_RIGHTMETA, "meta_r");
    row(KEY_COMPOSE, "compose");
    row(KEY_SYSRQ, "print");
    row(KEY_PAUSE, "pause");
    row(KEY_HOME, "home");
    row(KEY_UP, "up");
    row(KEY_PAGEUP, "pgup");
    row(KEY_LEFT, "left");
    row(KEY_RIGHT, "right");
    row(KEY_END, "end");
    row(KEY_DOWN, "down");
    row(KEY_PAGEDOWN, "pgdn");
    row(KEY_INSERT, "insert");
    row(KEY_DELETE, "delete");
    row(KEY_MUTE, "audiomute");
    row(KEY_POWER, "power");
}

void ConsoleQemuTest::keysArriveAsWhatTheyAre()
{
    QFETCH(int, evdev);
    QFETCH(QByteArray, qcode);
    const GuestKey key{scanCodeOfEvdev(quint32(evdev)), 0};
    m_screen->sendKey(key, KeyAction::Press);
    m_screen->sendKey(key, KeyAction::Release);
    QVERIFY2(sees("key qcode " + qcode + ", down 1"), m_trace.constData());
    QVERIFY2(sees("key qcode " + qcode + ", down 0"), m_trace.constData());
}

void ConsoleQemuTest::typesText()
{
    ConsoleWidget console;
    console.setSource(m_screen.get());
    QCOMPARE(console.typeText(QStringLiteral("lS|\n")), QString());
    for (const char* event :
        {"l, down 1", "l, down 0", "shift, down 1", "s, down 1", "s, down 0", "shift, down 0", "shift, down 1",
            "backslash, down 1", "backslash, down 0", "shift, down 0", "ret, down 1", "ret, down 0"})
        QVERIFY2(sees(QByteArray("key qcode ") + event), event);
}

void ConsoleQemuTest::pointsWithTablet()
{
    ConsoleWidget console;
    console.setSource(m_screen.get());
    console.resize(m_screen->frame().size() + QSize(100, 100));
    console.show();
    QVERIFY(QTest::qWaitForWindowExposed(&console));
    QWidget* surface = qobject_cast<QAbstractScrollArea*>(console.focusProxy())->viewport();
    QTest::mouseClick(surface, Qt::LeftButton, {}, surface->rect().center());
    QVERIFY2(sees("button left, down 1"), m_trace.constData());
    QVERIFY2(sees("axis x, value 0x"), m_trace.constData());
    // The tablet counts to 0x7fff, and the middle is half of it.
    const int value = m_trace.first(m_trace.indexOf('\n')).toInt(nullptr, 16);
    QVERIFY2(std::abs(value - 0x4000) < 0x200, qPrintable(QString::number(value)));
    QVERIFY2(sees("button left, down 0"), m_trace.constData());
}

void ConsoleQemuTest::followsRestart()
{
    QSignalSpy states(m_screen.get(), &ScreenSource::stateChanged);
    m_qemu->kill();
    m_qemu->waitForFinished();
    QTRY_COMPARE(m_screen->state(), ScreenSource::State::Connecting);
    startQemu();
    QTRY_COMPARE(m_screen->state(), ScreenSource::State::Connected);
    QTRY_VERIFY(m_screen->takesScanCodes());
    m_screen->sendKey(guest_keys::Return, KeyAction::Press);
    QVERIFY(sees("key qcode ret, down 1"));
}

QTEST_MAIN(ConsoleQemuTest)
#include "console_qemu_test.moc"
