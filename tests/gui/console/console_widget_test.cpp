// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording_source.h"
#include "tests/vnc_server/vnc_server.h"
#include "ui/console/console_widget.h"
#include "ui/console/vnc_screen.h"

#include <QAbstractScrollArea>
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <algorithm>
#include <functional>
#include <memory>

using namespace platter;
using namespace std::chrono_literals;

namespace {
const QSize Guest(320, 200);
constexpr quint32 Control = 0xffe3;
constexpr quint32 Alt = 0xffe9;

QImage pictureOf(QColor colour, QSize size = Guest)
{
    QImage image(size, QImage::Format_RGB32);
    image.fill(colour);
    return image;
}
} // namespace

// A window with what surrounds a console in the application.
struct Window {
    QMainWindow window;
    ConsoleWidget* console = new ConsoleWidget;
    QLineEdit* before = new QLineEdit;
    QLineEdit* after = new QLineEdit;
    QAction* quit = nullptr;
    QAction* fullScreen = nullptr;

    Window()
    {
        auto* central = new QWidget;
        auto* layout = new QVBoxLayout(central);
        layout->addWidget(before);
        layout->addWidget(console, 1);
        layout->addWidget(after);
        window.setCentralWidget(central);
        QMenu* menu = window.menuBar()->addMenu(QStringLiteral("&File"));
        quit = menu->addAction(QStringLiteral("Quit"));
        quit->setShortcut(QKeySequence(QStringLiteral("Ctrl+Q")));
        fullScreen = menu->addAction(QStringLiteral("Full screen"));
        fullScreen->setShortcut(QKeySequence(Qt::Key_F11));
        window.resize(500, 400);
        before->setFocus();
        window.show();
        window.activateWindow();
    }

    QWidget* screen() const { return console->focusProxy(); }

    QWidget* surface() const { return qobject_cast<QAbstractScrollArea*>(screen())->viewport(); }

    bool isActive() { return QTest::qWaitForWindowActive(&window); }

    void click(QPoint at) { QTest::mouseClick(surface(), Qt::LeftButton, {}, at); }

    void key(QTest::KeyAction action, Qt::Key key) { QTest::sendKeyEvent(action, screen(), key, QString(), {}); }
};

class ConsoleWidgetTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void showsScreen_data();
    void showsScreen();
    void paintsWhatChanged();
    void mapsPointer_data();
    void mapsPointer();
    void dragsAndWheels();
    void marginIsNotTheScreen();
    void showsGuestsCursor();
    void scrolls();
    void typesIntoGuest();
    void shortcutsGoToGuest();
    void releaseKeyGivesKeyboardBack();
    void tabWalksOn();
    void keyboardComesBack_data();
    void keyboardComesBack();
    void noKeyStaysDown_data();
    void noKeyStaysDown();
    void notices_data();
    void notices();
    void noticeButton();
    void noticeTakesInput();
    void saysWhatItWaitsFor();
    void noFlashWhileConnecting();
    void dimsLastFrame();
    void sendsCombination();
    void typesText();
    void typingEndsWithConnection();
    void screenshot();
    void slowsDownUnseen();
    void fullScreen();
    void outlivesSource();
    void everythingHasAName();

private:
    QString socketPath() const { return m_folder->filePath(QStringLiteral("vnc.sock")); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void ConsoleWidgetTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void ConsoleWidgetTest::showsScreen_data()
{
    QTest::addColumn<ScaleMode>("mode");
    QTest::newRow("fit") << ScaleMode::Fit;
    QTest::newRow("original") << ScaleMode::Original;
}

void ConsoleWidgetTest::showsScreen()
{
    QFETCH(ScaleMode, mode);
    VncServer server(socketPath(), Guest);
    server.fill(QRect({}, Guest), Qt::red);
    server.fill({0, 0, 160, 100}, Qt::green);
    VncScreen screen;
    ConsoleWidget console;
    console.resize(700, 500);
    console.setScaleMode(mode);
    console.setSource(&screen);
    console.show();
    screen.open(socketPath());
    QTRY_VERIFY(!screen.frame().isNull());
    const QImage picture = console.grab().toImage();
    const QPoint middle = console.focusProxy()->geometry().center();
    QCOMPARE(picture.pixelColor(middle - QPoint(10, 10)), QColor(Qt::green));
    QCOMPARE(picture.pixelColor(middle + QPoint(10, 10)), QColor(Qt::red));
    // Twice the size fits; the original is no larger than it is.
    const bool enlarged = mode == ScaleMode::Fit;
    QCOMPARE(picture.pixelColor(middle - QPoint(300, 0)),
        enlarged ? QColor(Qt::green) : console.palette().window().color());
    QCOMPARE(picture.pixelColor(middle - QPoint(150, 0)), QColor(Qt::green));
}

void ConsoleWidgetTest::paintsWhatChanged()
{
    VncServer server(socketPath(), Guest);
    VncScreen screen;
    Window w;
    w.console->setSource(&screen);
    screen.open(socketPath());
    QTRY_VERIFY(!screen.frame().isNull());

    struct Watch : QObject {
        QRegion painted;

        bool eventFilter(QObject*, QEvent* event) override
        {
            if (event->type() == QEvent::Paint)
                painted += static_cast<QPaintEvent*>(event)->region();
            return false;
        }
    } watch;

    QTRY_VERIFY(w.window.isVisible());
    // What the first frame left to paint is over when nothing is painted any more.
    QTRY_COMPARE(QImage(w.surface()->grab().toImage()).pixelColor(w.surface()->rect().center()), QColor(Qt::black));
    QCoreApplication::processEvents();
    w.surface()->installEventFilter(&watch);
    server.fill({100, 100, 8, 8}, Qt::blue);
    QTRY_VERIFY(!watch.painted.isEmpty());
    const QSize painted = watch.painted.boundingRect().size();
    QVERIFY2(painted.width() < 40 && painted.height() < 40,
        qPrintable(QStringLiteral("%1 x %2").arg(painted.width()).arg(painted.height())));
}

void ConsoleWidgetTest::mapsPointer_data()
{
    QTest::addColumn<QSize>("guest");
    QTest::addColumn<ScaleMode>("mode");
    QTest::newRow("fit, larger") << QSize(800, 600) << ScaleMode::Fit;
    QTest::newRow("fit, smaller") << QSize(100, 80) << ScaleMode::Fit;
    QTest::newRow("fit, wide") << QSize(1600, 200) << ScaleMode::Fit;
    QTest::newRow("original, smaller") << QSize(100, 80) << ScaleMode::Original;
    QTest::newRow("original, larger") << QSize(1000, 900) << ScaleMode::Original;
}

void ConsoleWidgetTest::mapsPointer()
{
    QFETCH(QSize, guest);
    QFETCH(ScaleMode, mode);
    RecordingSource source;
    Window w;
    w.console->setScaleMode(mode);
    w.console->setSource(&source);
    // A mark that the picture can be searched for: where it is seen is where the pointer must hit.
    QImage picture = pictureOf(Qt::white, guest);
    const QRect mark(guest.width() / 4, guest.height() / 4, guest.width() / 16, guest.height() / 16);
    for (int y = mark.top(); y <= mark.bottom(); ++y) {
        for (int x = mark.left(); x <= mark.right(); ++x)
            picture.setPixelColor(x, y, Qt::red);
    }
    source.show(picture);
    QVERIFY(w.isActive());
    const QImage seen = w.surface()->grab().toImage();
    QRegion red;
    for (int y = 0; y < seen.height(); ++y) {
        for (int x = 0; x < seen.width(); ++x) {
            if (seen.pixelColor(x, y) == QColor(Qt::red))
                red += QRect(x, y, 1, 1);
        }
    }
    QVERIFY(!red.isEmpty());
    w.click(red.boundingRect().center());
    QCOMPARE(source.pointers.size(), 2);
    QVERIFY(mark.contains(source.pointers.first().first));
    QCOMPARE(source.pointers.first().second, PointerButtons(PointerButton::Left));
    QCOMPARE(source.pointers.last().second, PointerButtons());
}

void ConsoleWidgetTest::dragsAndWheels()
{
    RecordingSource source;
    source.show(pictureOf(Qt::white, {400, 300}));
    Window w;
    w.console->setScaleMode(ScaleMode::Original);
    w.console->setSource(&source);
    QVERIFY(w.isActive());
    const QPoint corner = QPoint((w.surface()->width() - 400) / 2, std::max(0, (w.surface()->height() - 300) / 2));
    QTest::mouseMove(w.surface(), corner + QPoint(20, 20));
    QTest::mousePress(w.surface(), Qt::LeftButton, {}, corner + QPoint(20, 20));
    QTest::mousePress(w.surface(), Qt::RightButton, {}, corner + QPoint(20, 20));
    QTest::mouseMove(w.surface(), corner + QPoint(-500, 40));
    QTest::mouseRelease(w.surface(), Qt::LeftButton, {}, corner + QPoint(30, 50));
    QTest::mouseRelease(w.surface(), Qt::RightButton, {}, corner + QPoint(30, 50));
    const PointerButtons left(PointerButton::Left);
    const PointerButtons right(PointerButton::Right);
    const QList<std::pair<QPoint, PointerButtons>> expected{{{20, 20}, {}}, {{20, 20}, left},
        {{20, 20}, left | right}, {{0, 40}, left | right}, {{30, 50}, right}, {{30, 50}, {}}};
    QCOMPARE(source.pointers, expected);

    source.pointers.clear();
    const auto wheel = [&](QPoint angle) {
        const QPointF at(corner + QPoint(7, 9));
        QWheelEvent event(at, w.surface()->mapToGlobal(at), {}, angle, Qt::NoButton, {}, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(w.surface(), &event);
    };
    wheel({0, 120});
    wheel({0, -60}); // half a notch, and its other half
    wheel({0, -60});
    wheel({-240, 0});
    QList<PointerButtons> buttons;
    for (const auto& [position, pressed] : source.pointers) {
        QCOMPARE(position, QPoint(7, 9));
        buttons.append(pressed);
    }
    using enum PointerButton;
    const PointerButtons none;
    QCOMPARE(buttons, (QList<PointerButtons>{WheelUp, none, WheelDown, none, WheelRight, none, WheelRight, none}));
}

void ConsoleWidgetTest::marginIsNotTheScreen()
{
    RecordingSource source;
    source.show(pictureOf(Qt::white, {100, 80}));
    Window w;
    w.console->setScaleMode(ScaleMode::Original);
    w.console->setSource(&source);
    QVERIFY(w.isActive());
    w.click({3, 3});
    for (const auto& [position, buttons] : source.pointers)
        QCOMPARE(buttons, PointerButtons());
    QVERIFY(w.console->hasKeyboard()); // but it is the console's
}

void ConsoleWidgetTest::showsGuestsCursor()
{
    RecordingSource source;
    source.show(pictureOf(Qt::white, {100, 80}));
    Window w;
    w.console->setScaleMode(ScaleMode::Original);
    w.console->setSource(&source);
    QVERIFY(w.isActive());
    const QPoint middle = w.surface()->rect().center();
    QTest::mouseMove(w.surface(), middle);
    // The guest has none: a dot of ours, on the screen only.
    QTRY_COMPARE(w.surface()->cursor().shape(), Qt::BitmapCursor);
    const int dot = w.surface()->cursor().pixmap().width();
    QVERIFY(dot < 16);
    QImage arrow(20, 30, QImage::Format_ARGB32_Premultiplied);
    arrow.fill(Qt::red);
    source.setCursor(GuestCursor{arrow, {4, 5}});
    QTest::mouseMove(w.surface(), middle + QPoint(1, 1));
    QTRY_COMPARE(w.surface()->cursor().pixmap().size(), QSize(20, 30));
    QCOMPARE(w.surface()->cursor().hotSpot(), QPoint(4, 5));
    QTest::mouseMove(w.surface(), {2, 2});
    QTRY_COMPARE(w.surface()->cursor().shape(), Qt::ArrowCursor);
    source.setCursor({});
    QTest::mouseMove(w.surface(), middle);
    QTRY_COMPARE(w.surface()->cursor().pixmap().width(), dot);
    w.console->setNotice(ConsoleNotice{.title = QStringLiteral("Paused"), .place = NoticePlace::OverScreen});
    QTest::mouseMove(w.surface(), middle + QPoint(1, 1));
    QTRY_COMPARE(w.surface()->cursor().shape(), Qt::ArrowCursor);
}

void ConsoleWidgetTest::scrolls()
{
    RecordingSource source;
    source.show(pictureOf(Qt::white, {1000, 900}));
    Window w;
    w.console->setSource(&source);
    QVERIFY(w.isActive());
    auto* area = qobject_cast<QAbstractScrollArea*>(w.screen());
    QVERIFY(!area->horizontalScrollBar()->isVisible());
    w.console->setScaleMode(ScaleMode::Original);
    QTRY_VERIFY(area->horizontalScrollBar()->isVisible() && area->verticalScrollBar()->isVisible());
    area->horizontalScrollBar()->setValue(area->horizontalScrollBar()->maximum());
    area->verticalScrollBar()->setValue(area->verticalScrollBar()->maximum());
    w.click({w.surface()->width() - 1, w.surface()->height() - 1});
    QCOMPARE(source.pointers.first().first, QPoint(999, 899));
    source.show(pictureOf(Qt::white, {100, 90}));
    QTRY_VERIFY(!area->horizontalScrollBar()->isVisible() && !area->verticalScrollBar()->isVisible());
}

void ConsoleWidgetTest::typesIntoGuest()
{
    VncServer server(socketPath(), Guest);
    VncScreen screen;
    Window w;
    w.console->setSource(&screen);
    screen.open(socketPath());
    QTRY_VERIFY(!screen.frame().isNull());
    QVERIFY(w.isActive());
    QTest::keyClick(w.before, Qt::Key_X);
    QCOMPARE(w.before->text(), QStringLiteral("x"));
    QSignalSpy changes(w.console, &ConsoleWidget::keyboardChanged);
    w.console->setFocus();
    QVERIFY(w.console->hasKeyboard());
    QCOMPARE(changes.size(), 1);
    QTest::keyClick(w.screen(), Qt::Key_A);
    QTest::keyClick(w.screen(), 'B', Qt::ShiftModifier);
    const std::vector<ServerKey> expected{
        {0, 'a', true}, {0, 'a', false}, {0, 0xffe1, true}, {0, 'B', true}, {0, 'B', false}, {0, 0xffe1, false}};
    QTRY_COMPARE(server.keys().size(), expected.size());
    QCOMPARE(server.keys(), expected);
    QVERIFY(w.after->text().isEmpty());
}

void ConsoleWidgetTest::shortcutsGoToGuest()
{
    RecordingSource source;
    source.show(pictureOf(Qt::white));
    Window w;
    w.console->setSource(&source);
    QVERIFY(w.isActive());
    QSignalSpy quit(w.quit, &QAction::triggered);
    QSignalSpy fullScreen(w.fullScreen, &QAction::triggered);
    w.console->setFocus();
    QVERIFY(w.console->hasKeyboard());

    struct Row {
        Qt::Key key;
        Qt::KeyboardModifiers modifiers;
        quint32 keysym;
    };

    const Row rows[] = {{Qt::Key_Q, Qt::ControlModifier, 'q'}, {Qt::Key_F11, {}, 0xffc8}, {Qt::Key_Tab, {}, 0xff09},
        {Qt::Key_Backtab, Qt::ShiftModifier, 0xff09}, {Qt::Key_F4, Qt::AltModifier, 0xffc1},
        {Qt::Key_F, Qt::AltModifier, 'f'}, {Qt::Key_Print, {}, 0xff61}, {Qt::Key_Escape, {}, 0xff1b},
        {Qt::Key_Menu, {}, 0xff67}, {Qt::Key_Down, {}, 0xff54}, {Qt::Key_Return, {}, 0xff0d}};
    for (const Row& row : rows) {
        source.keys.clear();
        QTest::keyClick(w.screen(), row.key, row.modifiers);
        QVERIFY(source.keys.contains(SentKey{{0, row.keysym}, KeyAction::Press}));
        QVERIFY(source.keys.contains(SentKey{{0, row.keysym}, KeyAction::Release}));
        QVERIFY(w.console->hasKeyboard());
    }
    QCOMPARE(quit.size(), 0);
    QCOMPARE(fullScreen.size(), 0);
    QCOMPARE(QApplication::focusWidget(), w.screen());
    QVERIFY(w.window.isVisible());
    w.console->giveKeyboardBack();
    QTest::keyClick(w.screen(), Qt::Key_Q, Qt::ControlModifier);
    QTest::keyClick(w.screen(), Qt::Key_F11);
    QCOMPARE(quit.size(), 1);
    QCOMPARE(fullScreen.size(), 1);
}

void ConsoleWidgetTest::releaseKeyGivesKeyboardBack()
{
    RecordingSource source;
    source.show(pictureOf(Qt::white));
    Window w;
    w.console->setSource(&source);
    QVERIFY(w.isActive());
    w.console->setFocus();
    const auto said = [&] {
        for (const QLabel* label : w.console->findChildren<QLabel*>()) {
            if (label->isVisible() && label->text().contains(QLatin1String("Ctrl+Alt")))
                return true;
        }
        return false;
    };
    QVERIFY(said());
    w.key(QTest::Press, Qt::Key_Control);
    w.key(QTest::Press, Qt::Key_Alt);
    w.key(QTest::Release, Qt::Key_Alt);
    QVERIFY(w.console->hasKeyboard());
    w.key(QTest::Release, Qt::Key_Control);
    QVERIFY(!w.console->hasKeyboard());
    QVERIFY(!said());
    const QList<SentKey> expected{{{0, Control}, KeyAction::Press}, {{0, Alt}, KeyAction::Press},
        {{0, Alt}, KeyAction::Release}, {{0, Control}, KeyAction::Release}};
    QCOMPARE(source.keys, expected);

    // Keys are the application's now; Enter gives them to the guest, which does not see that one.
    QTest::keyClick(w.screen(), Qt::Key_A);
    QTest::keyClick(w.screen(), Qt::Key_Return);
    QCOMPARE(source.keys, expected);
    QVERIFY(w.console->hasKeyboard());
    QTest::keyClick(w.screen(), Qt::Key_A);
    QCOMPARE(source.keys.size(), 6);
}

void ConsoleWidgetTest::tabWalksOn()
{
    RecordingSource source;
    source.show(pictureOf(Qt::white));
    Window w;
    w.console->setSource(&source);
    QVERIFY(w.isActive());
    QTest::keyClick(w.before, Qt::Key_Tab);
    QCOMPARE(QApplication::focusWidget(), w.screen());
    QVERIFY(!w.console->hasKeyboard());
    QTest::keyClick(w.screen(), Qt::Key_Tab);
    QCOMPARE(QApplication::focusWidget(), w.after);
    QTest::keyClick(w.after, Qt::Key_Backtab, Qt::ShiftModifier);
    QCOMPARE(QApplication::focusWidget(), w.screen());
    QVERIFY(source.keys.isEmpty());
    QTest::keyClick(w.screen(), Qt::Key_Space);
    QVERIFY(w.console->hasKeyboard());
    QVERIFY(source.keys.isEmpty());
}

void ConsoleWidgetTest::keyboardComesBack_data()
{
    QTest::addColumn<Qt::FocusReason>("reason");
    QTest::newRow("another window") << Qt::ActiveWindowFocusReason;
    QTest::newRow("a menu") << Qt::PopupFocusReason;
}

void ConsoleWidgetTest::keyboardComesBack()
{
    QFETCH(Qt::FocusReason, reason);
    RecordingSource source;
    source.show(pictureOf(Qt::white));
    Window w;
    w.console->setSource(&source);
    QVERIFY(w.isActive());
    for (const bool had : {true, false}) {
        w.console->setFocus(Qt::MouseFocusReason);
        if (!had)
            w.console->giveKeyboardBack();
        w.screen()->clearFocus();
        QVERIFY(!w.console->hasKeyboard());
        w.screen()->setFocus(reason);
        QCOMPARE(w.console->hasKeyboard(), had);
        w.before->setFocus();
    }
}

void ConsoleWidgetTest::noKeyStaysDown_data()
{
    QTest::addColumn<std::function<void(Window&)>>("happens");
    QTest::addColumn<bool>("toldGuest");
    using Happens = std::function<void(Window&)>;
    QTest::newRow("focus moves") << Happens([](Window& w) { w.after->setFocus(); }) << true;
    QTest::newRow("a notice comes") << Happens([](Window& w) {
        w.console->setNotice(ConsoleNotice{.title = QStringLiteral("Paused"), .place = NoticePlace::OverScreen});
    }) << true;
    QTest::newRow("it is hidden") << Happens([](Window& w) { w.console->hide(); }) << true;
    QTest::newRow("another machine is shown") << Happens([](Window& w) { w.console->setSource(nullptr); }) << true;
    QTest::newRow("the keyboard is given back")
        << Happens([](Window& w) { w.console->giveKeyboardBack(); }) << true;
    QTest::newRow("the console goes") << Happens([](Window& w) { delete w.console; }) << true;
    // There is nobody to tell, and QEMU lets go by itself.
    QTest::newRow("the connection goes") << Happens([](Window& w) {
        static_cast<RecordingSource*>(w.console->source())->setState(ScreenSource::State::Connecting);
    }) << false;
}

void ConsoleWidgetTest::noKeyStaysDown()
{
    QFETCH(std::function<void(Window&)>, happens);
    QFETCH(bool, toldGuest);
    RecordingSource source;
    source.show(pictureOf(Qt::white));
    Window w;
    w.console->setSource(&source);
    QVERIFY(w.isActive());
    w.console->setFocus();
    QTest::mousePress(w.surface(), Qt::LeftButton);
    w.key(QTest::Press, Qt::Key_Control);
    w.key(QTest::Press, Qt::Key_A);
    const qsizetype before = source.keys.size();
    source.pointers.clear();
    happens(w);
    if (!toldGuest) {
        QCOMPARE(source.keys.size(), before);
        return;
    }
    const QList<SentKey> told = source.keys.sliced(before);
    QCOMPARE(told, (QList<SentKey>{{{0, 'a'}, KeyAction::Release}, {{0, Control}, KeyAction::Release}}));
    const bool keepsFocus = QByteArray(QTest::currentDataTag()) == "the keyboard is given back";
    if (!keepsFocus) {
        QCOMPARE(source.pointers.size(), 1);
        QCOMPARE(source.pointers.first().second, PointerButtons());
    }
}

void ConsoleWidgetTest::notices_data()
{
    QTest::addColumn<ConsoleNotice>("notice");
    QTest::addColumn<bool>("screenSeen");
    QTest::newRow("off") << ConsoleNotice{.title = QStringLiteral("The machine is off"),
        .buttonText = QStringLiteral("Start")}
                         << false;
    QTest::newRow("starting") << ConsoleNotice{.title = QStringLiteral("Starting"), .busy = true} << false;
    QTest::newRow("paused") << ConsoleNotice{.title = QStringLiteral("Paused"),
        .text = QStringLiteral("It is."),
        .buttonText = QStringLiteral("Resume"),
        .place = NoticePlace::OverScreen}
                            << true;
    QTest::newRow("panicked") << ConsoleNotice{.title = QStringLiteral("Panicked"),
        .text = QStringLiteral("It did."),
        .buttonText = QStringLiteral("Reset"),
        .place = NoticePlace::TopOfScreen}
                              << true;
}

void ConsoleWidgetTest::notices()
{
    QFETCH(ConsoleNotice, notice);
    QFETCH(bool, screenSeen);
    RecordingSource source;
    source.show(pictureOf(Qt::red));
    Window w;
    w.console->setSource(&source);
    QVERIFY(w.isActive());
    w.console->setNotice(notice);
    QStringList shown;
    for (const QLabel* label : w.console->findChildren<QLabel*>()) {
        if (label->isVisible())
            shown.append(label->text());
    }
    QVERIFY(shown.contains(notice.title));
    QCOMPARE(shown.contains(notice.text), !notice.text.isEmpty());
    const auto* button = w.console->findChild<QPushButton*>();
    QCOMPARE(button->isVisible(), !notice.buttonText.isEmpty());
    QCOMPARE(button->text(), notice.buttonText);
    if (notice.place == NoticePlace::TopOfScreen) {
        // What stands further down can still be read.
        QVERIFY(button->parentWidget()->y() < 16);
    }
    const QColor corner = w.surface()->grab().toImage().pixelColor(100, 20);
    QCOMPARE(corner == w.console->palette().window().color(), !screenSeen);
    QVERIFY(corner != QColor(Qt::red)); // dimmed at least
    w.console->setNotice({});
    QVERIFY(!button->isVisible());
    QCOMPARE(w.surface()->grab().toImage().pixelColor(100, 20), QColor(Qt::red));
}

void ConsoleWidgetTest::noticeButton()
{
    Window w;
    w.console->setNotice(
        ConsoleNotice{.title = QStringLiteral("The machine is off"), .buttonText = QStringLiteral("Start")});
    QVERIFY(w.isActive());
    QSignalSpy asked(w.console, &ConsoleWidget::actionRequested);
    auto* button = w.console->findChild<QPushButton*>();
    QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(asked.size(), 1);
    // By keyboard alone.
    w.before->setFocus();
    QTest::keyClick(w.before, Qt::Key_Tab);
    if (QApplication::focusWidget() != button)
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    QCOMPARE(QApplication::focusWidget(), button);
    QTest::keyClick(button, Qt::Key_Space);
    QCOMPARE(asked.size(), 2);
    // The button goes, and the focus does not get lost with it.
    w.console->setNotice(ConsoleNotice{.title = QStringLiteral("Starting"), .busy = true});
    QVERIFY(QApplication::focusWidget());
    QVERIFY(w.console->isAncestorOf(QApplication::focusWidget()));
}

void ConsoleWidgetTest::noticeTakesInput()
{
    RecordingSource source;
    source.show(pictureOf(Qt::red));
    Window w;
    w.console->setSource(&source);
    QVERIFY(w.isActive());
    w.console->setFocus();
    w.console->setNotice(ConsoleNotice{.title = QStringLiteral("Paused"), .place = NoticePlace::OverScreen});
    QVERIFY(!w.console->hasKeyboard());
    QTest::keyClick(w.screen(), Qt::Key_A);
    w.click({30, 30});
    w.console->sendKeys(KeyCombination::forMenu().front());
    QCOMPARE(w.console->typeText(QStringLiteral("x")), QString());
    QVERIFY(!w.console->isTyping());
    QVERIFY(source.keys.isEmpty());
    QVERIFY(source.pointers.isEmpty());
    // It had the keyboard before, so it has it again.
    w.console->setNotice({});
    QVERIFY(w.console->hasKeyboard());
}

void ConsoleWidgetTest::saysWhatItWaitsFor()
{
    VncScreen screen;
    Window w;
    w.console->setSource(&screen);
    screen.open(socketPath());
    const auto title = [&] {
        for (const QLabel* label : w.console->findChildren<QLabel*>()) {
            if (label->isVisible() && label->font().bold())
                return label->text();
        }
        return QString();
    };
    // With a picture, whatever icons the desktop has.
    const auto hasIcon = [&] {
        return std::ranges::any_of(w.console->findChildren<QLabel*>(),
            [](const QLabel* label) { return label->isVisible() && !label->pixmap().isNull(); });
    };
    QTRY_COMPARE(title(), QStringLiteral("Waiting for the screen"));
    QVERIFY(hasIcon());
    {
        VncServer server(socketPath(), Guest);
        QTRY_VERIFY(!screen.frame().isNull());
        QTRY_COMPARE(title(), QString());
    }
    QTRY_COMPARE(title(), QStringLiteral("Waiting for the screen"));
    RecordingSource blank;
    w.console->setSource(&blank);
    QTRY_COMPARE(title(), QStringLiteral("No picture yet"));
    QVERIFY(hasIcon());
    blank.show(pictureOf(Qt::red));
    QTRY_COMPARE(title(), QString());
    screen.close();
    w.console->setSource(&screen);
    QCOMPARE(title(), QString());
}

void ConsoleWidgetTest::noFlashWhileConnecting()
{
    RecordingSource source;
    source.setState(ScreenSource::State::Connecting);
    Window w;
    QVERIFY(w.isActive());
    w.console->setSource(&source);
    const auto* button = w.console->findChild<QPushButton*>();
    QVERIFY(!button->parentWidget()->isVisible());
    source.setState(ScreenSource::State::Connected);
    QVERIFY(!button->parentWidget()->isVisible());
    source.show(pictureOf(Qt::red));
    QVERIFY(!button->parentWidget()->isVisible());
}

void ConsoleWidgetTest::dimsLastFrame()
{
    RecordingSource source;
    source.show(pictureOf(Qt::red));
    Window w;
    w.console->setSource(&source);
    QVERIFY(w.isActive());
    source.setState(ScreenSource::State::Connecting);
    QTRY_VERIFY(w.surface()->grab().toImage().pixelColor(100, 20) != QColor(Qt::red));
    QVERIFY(w.surface()->grab().toImage().pixelColor(100, 20) != w.console->palette().window().color());
    source.setState(ScreenSource::State::Connected);
    QCOMPARE(w.surface()->grab().toImage().pixelColor(100, 20), QColor(Qt::red));
}

void ConsoleWidgetTest::sendsCombination()
{
    VncServer server(socketPath(), Guest);
    VncScreen screen;
    Window w;
    w.console->setSource(&screen);
    screen.open(socketPath());
    QTRY_VERIFY(!screen.frame().isNull());
    QTRY_VERIFY(screen.takesScanCodes());
    w.console->sendKeys(KeyCombination::forMenu().front());
    QSignalSpy finished(w.console, &ConsoleWidget::typingFinished);
    QVERIFY(finished.wait());
    const std::vector<ServerKey> expected{{0x1d, Control, true}, {0x38, Alt, true}, {0xd3, 0xffff, true},
        {0xd3, 0xffff, false}, {0x38, Alt, false}, {0x1d, Control, false}};
    QTRY_COMPARE(server.keys().size(), expected.size());
    QCOMPARE(server.keys(), expected);
}

void ConsoleWidgetTest::typesText()
{
    VncServer server(socketPath(), Guest);
    VncScreen screen;
    Window w;
    w.console->setSource(&screen);
    screen.open(socketPath());
    QTRY_VERIFY(screen.takesScanCodes() && !screen.frame().isNull());
    QSignalSpy finished(w.console, &ConsoleWidget::typingFinished);
    QCOMPARE(w.console->typeText(QStringLiteral("aé|\r\n")), QStringLiteral("é"));
    QVERIFY(w.console->isTyping());
    QVERIFY(finished.wait());
    QVERIFY(!w.console->isTyping());
    const std::vector<ServerKey> expected{{0x1e, 'a', true}, {0x1e, 'a', false}, {0x2a, 0xffe1, true},
        {0x2b, '|', true}, {0x2b, '|', false}, {0x2a, 0xffe1, false}, {0x1c, 0xff0d, true}, {0x1c, 0xff0d, false}};
    QTRY_COMPARE(server.keys().size(), expected.size());
    QCOMPARE(server.keys(), expected);
}

void ConsoleWidgetTest::typingEndsWithConnection()
{
    RecordingSource source;
    source.show(pictureOf(Qt::red));
    Window w;
    w.console->setSource(&source);
    QSignalSpy finished(w.console, &ConsoleWidget::typingFinished);
    w.console->typeText(QString(1000, QLatin1Char('X')));
    QTRY_VERIFY(source.keys.size() >= 2);
    source.setState(ScreenSource::State::Connecting);
    QVERIFY(finished.wait());
    QVERIFY(!w.console->isTyping());
    QVERIFY(source.keys.size() < 1000);
    int down = 0;
    for (const SentKey& sent : source.keys)
        down += sent.action == KeyAction::Press ? 1 : -1;
    QCOMPARE(down, 0);
}

void ConsoleWidgetTest::screenshot()
{
    RecordingSource source;
    ConsoleWidget console;
    QVERIFY(console.screenshot().isNull());
    console.setSource(&source);
    QVERIFY(console.screenshot().isNull());
    source.show(pictureOf(Qt::red, {1024, 768}));
    console.resize(300, 200);
    QCOMPARE(console.screenshot(), pictureOf(Qt::red, {1024, 768}));
}

void ConsoleWidgetTest::slowsDownUnseen()
{
    RecordingSource source;
    RecordingSource other;
    ConsoleWidget console;
    console.setSource(&source);
    QCOMPARE(source.intervals.last(), 1000ms);
    console.show();
    QCOMPARE(source.intervals.last(), 0ms);
    console.hide();
    QCOMPARE(source.intervals.last(), 1000ms);
    console.show();
    console.setSource(&other);
    QCOMPARE(source.intervals.last(), 1000ms);
    QCOMPARE(other.intervals.last(), 0ms);
}

void ConsoleWidgetTest::fullScreen()
{
    RecordingSource source;
    source.show(pictureOf(Qt::red, {100, 400}));
    Window w;
    w.console->setSource(&source);
    w.console->setFullScreenHint(QStringLiteral("F11 then leaves full screen."));
    QVERIFY(w.isActive());
    w.console->setFocus();
    w.console->setPresentation(ConsoleWidget::Presentation::FullScreen);
    QCOMPARE(w.screen()->geometry(), w.console->rect());
    QStringList shown;
    for (const QLabel* label : w.console->findChildren<QLabel*>()) {
        if (label->isVisible())
            shown.append(label->text());
    }
    QCOMPARE(shown, QStringList{QStringLiteral("Ctrl+Alt gives the keyboard back. F11 then leaves full screen.")});
    // Black around the screen, as there is nothing else on the display.
    QCOMPARE(w.surface()->grab().toImage().pixelColor(1, 1), QColor(Qt::black));
    w.console->setPresentation(ConsoleWidget::Presentation::Embedded);
    QCOMPARE(w.surface()->grab().toImage().pixelColor(1, 1), w.console->palette().window().color());
    QVERIFY(w.console->hasKeyboard());
}

void ConsoleWidgetTest::outlivesSource()
{
    auto source = std::make_unique<RecordingSource>();
    source->show(pictureOf(Qt::red));
    Window w;
    w.console->setSource(source.get());
    QVERIFY(w.isActive());
    w.console->setFocus();
    w.console->typeText(QStringLiteral("hello"));
    w.key(QTest::Press, Qt::Key_A);
    source.reset();
    QVERIFY(!w.console->source());
    QVERIFY(!w.console->hasKeyboard());
    w.console->sendKeys(KeyCombination::forMenu().front());
    QTest::keyClick(w.screen(), Qt::Key_A);
    w.click({30, 30});
    QCOMPARE(w.surface()->grab().toImage().pixelColor(100, 20), w.console->palette().window().color());
}

void ConsoleWidgetTest::everythingHasAName()
{
    RecordingSource source;
    source.show(pictureOf(Qt::red));
    Window w;
    w.console->setSource(&source);
    w.console->setNotice(ConsoleNotice{.title = QStringLiteral("Paused"),
        .text = QStringLiteral("It is."),
        .buttonText = QStringLiteral("Resume"),
        .place = NoticePlace::OverScreen,
        .busy = true});
    QVERIFY(w.isActive());
    for (const QWidget* widget : w.console->findChildren<QWidget*>()) {
        if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible())
            continue;
        QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
        QVERIFY2(!accessible->text(QAccessible::Name).isEmpty(), widget->metaObject()->className());
    }
    QVERIFY(!w.screen()->accessibleDescription().isEmpty());
}

QTEST_MAIN(ConsoleWidgetTest)
#include "console_widget_test.moc"
