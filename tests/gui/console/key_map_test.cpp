// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/key_map.h"

#include <QTest>

#include <linux/input-event-codes.h>
#include <set>

using namespace platter;

class KeyMapTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void scanCodes_data();
    void scanCodes();
    void everyScanCodeOnce();
    void keysyms_data();
    void keysyms();
    void nativeEvents_data();
    void nativeEvents();
    void typesWholeKeyboard();
    void typedKeys_data();
    void typedKeys();
    void combinations();
};

void KeyMapTest::scanCodes_data()
{
    QTest::addColumn<int>("evdev");
    QTest::addColumn<quint32>("scanCode");
    QTest::newRow("Esc") << KEY_ESC << 0x01U;
    QTest::newRow("A") << KEY_A << 0x1eU;
    QTest::newRow("Enter") << KEY_ENTER << 0x1cU;
    QTest::newRow("Space") << KEY_SPACE << 0x39U;
    QTest::newRow("F1") << KEY_F1 << 0x3bU;
    QTest::newRow("F11") << KEY_F11 << 0x57U;
    QTest::newRow("F12") << KEY_F12 << 0x58U;
    QTest::newRow("the key beside the left Shift") << KEY_102ND << 0x56U;
    QTest::newRow("zenkaku/hankaku") << KEY_ZENKAKUHANKAKU << 0x76U;
    QTest::newRow("ro") << KEY_RO << 0x73U;
    QTest::newRow("keypad Enter") << KEY_KPENTER << 0x9cU;
    QTest::newRow("keypad /") << KEY_KPSLASH << 0xb5U;
    QTest::newRow("keypad 7") << KEY_KP7 << 0x47U;
    QTest::newRow("right Ctrl") << KEY_RIGHTCTRL << 0x9dU;
    QTest::newRow("right Alt") << KEY_RIGHTALT << 0xb8U;
    QTest::newRow("Print") << KEY_SYSRQ << 0x54U;
    QTest::newRow("Home") << KEY_HOME << 0xc7U;
    QTest::newRow("Up") << KEY_UP << 0xc8U;
    QTest::newRow("Page Up") << KEY_PAGEUP << 0xc9U;
    QTest::newRow("Left") << KEY_LEFT << 0xcbU;
    QTest::newRow("Right") << KEY_RIGHT << 0xcdU;
    QTest::newRow("End") << KEY_END << 0xcfU;
    QTest::newRow("Down") << KEY_DOWN << 0xd0U;
    QTest::newRow("Page Down") << KEY_PAGEDOWN << 0xd1U;
    QTest::newRow("Insert") << KEY_INSERT << 0xd2U;
    QTest::newRow("Delete") << KEY_DELETE << 0xd3U;
    QTest::newRow("Pause") << KEY_PAUSE << 0xc6U;
    QTest::newRow("yen") << KEY_YEN << 0x7dU;
    QTest::newRow("left Super") << KEY_LEFTMETA << 0xdbU;
    QTest::newRow("right Super") << KEY_RIGHTMETA << 0xdcU;
    QTest::newRow("Menu") << KEY_COMPOSE << 0xddU;
    QTest::newRow("mute") << KEY_MUTE << 0xa0U;
    QTest::newRow("F13") << KEY_F13 << 0x5dU;
    QTest::newRow("F24") << KEY_F24 << 0x6fU;
    QTest::newRow("none") << KEY_RESERVED << 0U;
    QTest::newRow("no such key in QEMU") << KEY_ISO << 0U;
    QTest::newRow("beyond the table") << KEY_MICMUTE << 0U;
    QTest::newRow("far beyond") << KEY_MAX << 0U;
}

void KeyMapTest::scanCodes()
{
    QFETCH(int, evdev);
    QTEST(scanCodeOfEvdev(quint32(evdev)), "scanCode");
}

void KeyMapTest::everyScanCodeOnce()
{
    std::set<quint32> seen;
    for (quint32 evdev = 1; evdev <= KEY_F24; ++evdev) {
        const quint32 code = scanCodeOfEvdev(evdev);
        QVERIFY2(code <= 0xff, qPrintable(QString::number(evdev)));
        // 84 is no key; Print has its number.
        if (code && evdev != 84)
            QVERIFY2(seen.insert(code).second, qPrintable(QString::number(evdev)));
    }
}

void KeyMapTest::keysyms_data()
{
    QTest::addColumn<int>("key");
    QTest::addColumn<QString>("text");
    QTest::addColumn<quint32>("keysym");
    QTest::newRow("a") << int(Qt::Key_A) << QStringLiteral("a") << quint32('a');
    QTest::newRow("A") << int(Qt::Key_A) << QStringLiteral("A") << quint32('A');
    QTest::newRow("A let go") << int(Qt::Key_A) << QString() << quint32('a');
    QTest::newRow("Ctrl+A") << int(Qt::Key_A) << QStringLiteral("\x01") << quint32('a');
    QTest::newRow("é") << int(Qt::Key_Eacute) << QStringLiteral("é") << 0xe9U;
    QTest::newRow("я") << 0x42f << QStringLiteral("я") << 0x100044fU;
    QTest::newRow("emoji") << 0 << QStringLiteral("😀") << 0x101f600U;
    QTest::newRow("Tab") << int(Qt::Key_Tab) << QStringLiteral("\t") << 0xff09U;
    QTest::newRow("Backtab") << int(Qt::Key_Backtab) << QString() << 0xff09U;
    QTest::newRow("Return") << int(Qt::Key_Return) << QStringLiteral("\r") << 0xff0dU;
    QTest::newRow("F11") << int(Qt::Key_F11) << QString() << 0xffc8U;
    QTest::newRow("Alt") << int(Qt::Key_Alt) << QString() << 0xffe9U;
    QTest::newRow("unknown") << int(Qt::Key_unknown) << QString() << 0U;
}

void KeyMapTest::keysyms()
{
    QFETCH(int, key);
    QFETCH(QString, text);
    QTEST(keysymOf(key, text), "keysym");
}

void KeyMapTest::nativeEvents_data()
{
    QTest::addColumn<ScanCodes>("meaning");
    QTest::addColumn<quint32>("native");
    QTest::addColumn<quint32>("scanCode");
    QTest::addColumn<quint32>("keysym");
    // A German keyboard's Z lies where QEMU's Y is; the symbol says what is printed on it.
    QTest::newRow("X11 keycode") << ScanCodes::Evdev << quint32(KEY_Y + 8) << 0x15U << quint32('z');
    QTest::newRow("below the first one") << ScanCodes::Evdev << 3U << 0U << quint32('z');
    QTest::newRow("none") << ScanCodes::Evdev << 0U << 0U << quint32('z');
    QTest::newRow("of another platform") << ScanCodes::Unknown << quint32(KEY_Y + 8) << 0U << quint32('z');
}

void KeyMapTest::nativeEvents()
{
    QFETCH(ScanCodes, meaning);
    QFETCH(quint32, native);
    QFETCH(quint32, scanCode);
    QFETCH(quint32, keysym);
    const QKeyEvent event(QEvent::KeyPress, Qt::Key_Z, Qt::NoModifier, native, 0, 0, QStringLiteral("z"));
    QCOMPARE(guestKeyOf(event, meaning), (GuestKey{scanCode, keysym}));
}

void KeyMapTest::typesWholeKeyboard()
{
    std::set<std::pair<quint32, bool>> seen;
    for (char16_t character = 0x20; character < 0x7f; ++character) {
        const auto typed = typedKeyOf(QChar(character));
        QVERIFY2(typed.has_value(), qPrintable(QString(QChar(character))));
        QCOMPARE(typed->key.keysym, quint32(character));
        if (character != ' ')
            QVERIFY2(
                seen.insert({typed->key.scanCode, typed->shifted}).second, qPrintable(QString(QChar(character))));
    }
}

void KeyMapTest::typedKeys_data()
{
    QTest::addColumn<QChar>("character");
    QTest::addColumn<quint32>("scanCode");
    QTest::addColumn<bool>("shifted");
    QTest::newRow("a") << QChar(u'a') << 0x1eU << false;
    QTest::newRow("Z") << QChar(u'Z') << 0x2cU << true;
    QTest::newRow("0") << QChar(u'0') << 0x0bU << false;
    QTest::newRow("+") << QChar(u'+') << 0x0dU << true;
    QTest::newRow("quote") << QChar(u'"') << 0x28U << true;
    QTest::newRow("`") << QChar(u'`') << 0x29U << false;
    QTest::newRow("backslash") << QChar(u'\\') << 0x2bU << false;
    QTest::newRow("/") << QChar(u'/') << 0x35U << false;
    QTest::newRow("newline") << QChar(u'\n') << 0x1cU << false;
    QTest::newRow("tab") << QChar(u'\t') << 0x0fU << false;
    QTest::newRow("é") << QChar(u'é') << 0U << false;
    QTest::newRow("€") << QChar(u'€') << 0U << false;
    QTest::newRow("escape") << QChar(u'\x1b') << 0U << false;
    QTest::newRow("nothing") << QChar() << 0U << false;
}

void KeyMapTest::typedKeys()
{
    QFETCH(QChar, character);
    QFETCH(quint32, scanCode);
    QFETCH(bool, shifted);
    const auto typed = typedKeyOf(character);
    QCOMPARE(typed ? typed->key.scanCode : 0, scanCode);
    QCOMPARE(typed && typed->shifted, shifted);
}

void KeyMapTest::combinations()
{
    const auto all = KeyCombination::forMenu();
    const auto named = [&](const QString& name) {
        const auto found = std::ranges::find(all, name, &KeyCombination::name);
        return found == all.end() ? std::vector<GuestKey>{} : found->keys;
    };
    using namespace guest_keys;
    QCOMPARE(named(QStringLiteral("Ctrl+Alt+Del")), (std::vector{Control, Alt, Delete}));
    QCOMPARE(named(QStringLiteral("Ctrl+Alt+F1")), (std::vector{Control, Alt, GuestKey{0x3b, 0xffbe}}));
    QCOMPARE(named(QStringLiteral("Ctrl+Alt+F10")), (std::vector{Control, Alt, GuestKey{0x44, 0xffc7}}));
    QCOMPARE(named(QStringLiteral("Ctrl+Alt+F12")), (std::vector{Control, Alt, GuestKey{0x58, 0xffc9}}));
    for (const KeyCombination& combination : all)
        QVERIFY(!combination.name.isEmpty() && !combination.keys.empty());
}

QTEST_GUILESS_MAIN(KeyMapTest)
#include "key_map_test.moc"
