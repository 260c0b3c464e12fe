// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/key_map.h"

#include <QGuiApplication>

#include <algorithm>
#include <array>
#include <linux/input-event-codes.h>

namespace platter {

namespace {
// From KEY_RO (89) on; below, QEMU's numbers are the kernel's own, but for one. The numbers are those of
// keycodemapdb (gitlab.com/keycodemap/keycodemapdb, linux -> qnum), the table that QEMU itself is built with.
constexpr quint32 FirstMapped = KEY_RO;
constexpr std::array<quint8, KEY_F24 - FirstMapped + 1> Mapped{
    // 89: RO, KATAKANA, HIRAGANA, HENKAN, KATAKANAHIRAGANA, MUHENKAN, KPJPCOMMA
    0x73, 0x78, 0x77, 0x79, 0x70, 0x7b, 0x5c,
    // 96: KPENTER, RIGHTCTRL, KPSLASH, SYSRQ (Print), RIGHTALT, LINEFEED
    0x9c, 0x9d, 0xb5, 0x54, 0xb8, 0x5b,
    // 102: HOME, UP, PAGEUP, LEFT, RIGHT, END, DOWN, PAGEDOWN, INSERT, DELETE
    0xc7, 0xc8, 0xc9, 0xcb, 0xcd, 0xcf, 0xd0, 0xd1, 0xd2, 0xd3,
    // 112: MACRO, MUTE, VOLUMEDOWN, VOLUMEUP, POWER, KPEQUAL, KPPLUSMINUS, PAUSE, SCALE
    0xef, 0xa0, 0xae, 0xb0, 0xde, 0x59, 0xce, 0xc6, 0x8b,
    // 121: KPCOMMA, HANGEUL, HANJA, YEN, LEFTMETA, RIGHTMETA, COMPOSE
    0x7e, 0x72, 0x71, 0x7d, 0xdb, 0xdc, 0xdd,
    // 128: STOP, AGAIN, PROPS, UNDO, FRONT, COPY, OPEN, PASTE, FIND, CUT, HELP, MENU, CALC, SETUP, SLEEP, WAKEUP
    0xe8, 0x85, 0x86, 0x87, 0x8c, 0xf8, 0x64, 0x65, 0xc1, 0xbc, 0xf5, 0x9e, 0xa1, 0x66, 0xdf, 0xe3,
    // 144: FILE, SENDFILE, DELETEFILE, XFER, PROG1, PROG2, WWW, MSDOS, SCREENLOCK, DIRECTION, CYCLEWINDOWS
    0x67, 0x68, 0x69, 0x93, 0x9f, 0x97, 0x82, 0x6a, 0x92, 0x6b, 0xa6,
    // 155: MAIL, BOOKMARKS, COMPUTER, BACK, FORWARD, CLOSECD, EJECTCD, EJECTCLOSECD
    0xec, 0xe6, 0xeb, 0xea, 0xe9, 0xa3, 0x6c, 0xfd,
    // 163: NEXTSONG, PLAYPAUSE, PREVIOUSSONG, STOPCD, RECORD, REWIND, PHONE, ISO, CONFIG, HOMEPAGE, REFRESH
    0x99, 0xa2, 0x90, 0xa4, 0xb1, 0x98, 0x63, 0x00, 0x81, 0xb2, 0xe7,
    // 174: EXIT, MOVE, EDIT, SCROLLUP, SCROLLDOWN, KPLEFTPAREN, KPRIGHTPAREN, NEW, REDO
    0x00, 0x00, 0x88, 0x75, 0x8f, 0xf6, 0xfb, 0x89, 0x8a,
    // 183: F13 to F24
    0x5d, 0x5e, 0x5f, 0x55, 0x83, 0xf7, 0x84, 0x5a, 0x74, 0xf9, 0x6d, 0x6f};

// X11's keymaps, which Wayland took over, count from 8.
constexpr quint32 EvdevOffset = 8;

struct Symbol {
    int qtKey;
    quint32 keysym;
};

constexpr std::array Symbols{Symbol{Qt::Key_Escape, 0xff1b}, Symbol{Qt::Key_Tab, 0xff09},
    Symbol{Qt::Key_Backtab, 0xff09}, Symbol{Qt::Key_Backspace, 0xff08}, Symbol{Qt::Key_Return, 0xff0d},
    Symbol{Qt::Key_Enter, 0xff8d}, Symbol{Qt::Key_Insert, 0xff63}, Symbol{Qt::Key_Delete, 0xffff},
    Symbol{Qt::Key_Pause, 0xff13}, Symbol{Qt::Key_Print, 0xff61}, Symbol{Qt::Key_SysReq, 0xff15},
    Symbol{Qt::Key_Home, 0xff50}, Symbol{Qt::Key_End, 0xff57}, Symbol{Qt::Key_Left, 0xff51},
    Symbol{Qt::Key_Up, 0xff52}, Symbol{Qt::Key_Right, 0xff53}, Symbol{Qt::Key_Down, 0xff54},
    Symbol{Qt::Key_PageUp, 0xff55}, Symbol{Qt::Key_PageDown, 0xff56}, Symbol{Qt::Key_Shift, 0xffe1},
    Symbol{Qt::Key_Control, 0xffe3}, Symbol{Qt::Key_Meta, 0xffeb}, Symbol{Qt::Key_Alt, 0xffe9},
    Symbol{Qt::Key_AltGr, 0xfe03}, Symbol{Qt::Key_CapsLock, 0xffe5}, Symbol{Qt::Key_NumLock, 0xff7f},
    Symbol{Qt::Key_ScrollLock, 0xff14}, Symbol{Qt::Key_Super_L, 0xffeb}, Symbol{Qt::Key_Super_R, 0xffec},
    Symbol{Qt::Key_Menu, 0xff67}};

// The printable keys of a US keyboard, by scan code; 0 is no such key.
struct Row {
    quint32 firstScanCode;
    const char* plain;
    const char* shifted;
};

constexpr std::array Rows{
    Row{0x02, "1234567890-=", "!@#$%^&*()_+"},
    Row{0x10, "qwertyuiop[]", "QWERTYUIOP{}"},
    Row{0x1e, "asdfghjkl;'`", "ASDFGHJKL:\"~"},
    Row{0x2b, "\\zxcvbnm,./", "|ZXCVBNM<>?"},
    Row{0x39, " ", " "},
};
} // namespace

quint32 scanCodeOfEvdev(quint32 evdevCode)
{
    if (evdevCode == KEY_ZENKAKUHANKAKU)
        return 0x76;
    if (evdevCode < FirstMapped)
        return evdevCode;
    return evdevCode - FirstMapped < Mapped.size() ? Mapped.at(evdevCode - FirstMapped) : 0;
}

quint32 keysymOf(int qtKey, const QString& text)
{
    if (const auto* known = std::ranges::find(Symbols, qtKey, &Symbol::qtKey); known != Symbols.end())
        return known->keysym;
    if (qtKey >= Qt::Key_F1 && qtKey <= Qt::Key_F35)
        return 0xffbe + quint32(qtKey - Qt::Key_F1);
    // Latin 1 is itself; everything else is Unicode with a mark. Control characters (Ctrl+A) say less than the key.
    if (const auto points = text.toUcs4(); !points.isEmpty() && QChar::isPrint(points.front()))
        return points.front() < 0x100 ? points.front() : 0x0100'0000 + points.front();
    if (qtKey >= Qt::Key_Space && qtKey <= Qt::Key_ydiaeresis)
        return qtKey >= Qt::Key_A && qtKey <= Qt::Key_Z ? quint32(qtKey - Qt::Key_A + 'a') : quint32(qtKey);
    return 0;
}

ScanCodes scanCodesOfPlatform()
{
    const QString platform = QGuiApplication::platformName();
    return platform == QLatin1String("xcb") || platform.startsWith(QLatin1String("wayland")) ? ScanCodes::Evdev
                                                                                             : ScanCodes::Unknown;
}

GuestKey guestKeyOf(const QKeyEvent& event, ScanCodes meaning)
{
    GuestKey key;
    if (meaning == ScanCodes::Evdev) {
        if (event.nativeScanCode() > EvdevOffset)
            key.scanCode = scanCodeOfEvdev(event.nativeScanCode() - EvdevOffset);
        key.keysym = event.nativeVirtualKey();
    }
    if (!key.keysym)
        key.keysym = keysymOf(event.key(), event.text());
    return key;
}

GuestKey guest_keys::function(int number)
{
    const quint32 keysym = 0xffbe + quint32(number - 1);
    return {number <= 10 ? 0x3b + quint32(number - 1) : 0x57 + quint32(number - 11), keysym};
}

std::vector<KeyCombination> KeyCombination::forMenu()
{
    using namespace guest_keys;
    std::vector<KeyCombination> all{
        {QStringLiteral("Ctrl+Alt+Del"), {Control, Alt, Delete}},
        {QStringLiteral("Ctrl+Alt+Backspace"), {Control, Alt, Backspace}},
        {QStringLiteral("Ctrl+Esc"), {Control, Escape}},
        {QStringLiteral("Alt+Tab"), {Alt, Tab}},
        {QStringLiteral("Alt+F4"), {Alt, F4}},
        {QCoreApplication::translate("platter::KeyCombination", "Super (Windows)"), {Super}},
        {QCoreApplication::translate("platter::KeyCombination", "Print Screen"), {Print}},
    };
    for (int number = 1; number <= 12; ++number)
        all.push_back({QStringLiteral("Ctrl+Alt+F%1").arg(number), {Control, Alt, function(number)}});
    return all;
}

std::optional<TypedKey> typedKeyOf(QChar character)
{
    if (character == QLatin1Char('\n') || character == QLatin1Char('\r'))
        return TypedKey{guest_keys::Return};
    if (character == QLatin1Char('\t'))
        return TypedKey{guest_keys::Tab};
    const char wanted = character.toLatin1();
    if (!wanted || character.unicode() >= 0x7f)
        return {};
    for (const Row& row : Rows) {
        for (quint32 i = 0; row.plain[i]; ++i) {
            if (row.plain[i] == wanted)
                return TypedKey{{row.firstScanCode + i, quint32(wanted)}, false};
            if (row.shifted[i] == wanted)
                return TypedKey{{row.firstScanCode + i, quint32(wanted)}, true};
        }
    }
    return {};
}

} // namespace platter
