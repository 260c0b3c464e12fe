// SPDX-License-Identifier: GPL-3.0-or-later
// From a key of this desktop to the key of the guest, and from text to the keys that type it. Pure functions; the
// platform plugin decides whether Qt's native scan codes mean anything. GUI thread.
#pragma once

#include "ui/console/screen_source.h"

#include <QCoreApplication>
#include <QKeyEvent>
#include <QString>

#include <optional>
#include <vector>

namespace platter {

// QEMU's scan code for a key of the Linux input layer (KEY_*, linux/input-event-codes.h); 0 where QEMU has none.
quint32 scanCodeOfEvdev(quint32 evdevCode);

// X11's symbol for a key without a native one; 0 where there is none.
quint32 keysymOf(int qtKey, const QString& text);

// What Qt's native scan codes are: X11's and Wayland's are those of the kernel's input layer, others none that we
// know.
enum class ScanCodes { Evdev, Unknown };
ScanCodes scanCodesOfPlatform();

// The key of an event. With a native scan code the guest's layout decides, elsewhere the symbol does.
GuestKey guestKeyOf(const QKeyEvent& event, ScanCodes meaning = scanCodesOfPlatform());

// Keys by name, for shortcuts that this desktop or the window manager would keep for itself.
namespace guest_keys {
inline constexpr GuestKey Escape{0x01, 0xff1b};
inline constexpr GuestKey Backspace{0x0e, 0xff08};
inline constexpr GuestKey Tab{0x0f, 0xff09};
inline constexpr GuestKey Return{0x1c, 0xff0d};
inline constexpr GuestKey Control{0x1d, 0xffe3};
inline constexpr GuestKey Shift{0x2a, 0xffe1};
inline constexpr GuestKey Alt{0x38, 0xffe9};
inline constexpr GuestKey F4{0x3e, 0xffc1};
inline constexpr GuestKey Print{0x54, 0xff61};
inline constexpr GuestKey Delete{0xd3, 0xffff};
inline constexpr GuestKey Super{0xdb, 0xffeb};
GuestKey function(int number); // F1 to F12
} // namespace guest_keys

// What a menu offers to send: pressed in this order, let go in the reverse one.
struct KeyCombination {
    QString name; // "Ctrl+Alt+Del", for people
    std::vector<GuestKey> keys;

    static std::vector<KeyCombination> forMenu();
};

// One key of text on a US keyboard.
struct TypedKey {
    GuestKey key;
    bool shifted = false;
};

// Nothing for what a US keyboard cannot type.
std::optional<TypedKey> typedKeyOf(QChar character);

} // namespace platter
