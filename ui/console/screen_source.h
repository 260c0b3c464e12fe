// SPDX-License-Identifier: GPL-3.0-or-later
// Where a guest's screen comes from and its keyboard and mouse go to: frames in, input out. Small enough that
// another protocol (QEMU's D-Bus display) can take VNC's place. Nothing here ever waits for the guest. GUI thread;
// owned by whoever shows the machine, not by the widgets that look at it.
#pragma once

#include "core/error.h"

#include <QFlags>
#include <QImage>
#include <QObject>
#include <QPoint>
#include <QRegion>

#include <chrono>
#include <optional>

namespace platter {

// A key as QEMU knows it. The scan code lets the guest's own keyboard layout decide; the symbol stands in where
// there is none (0), and tells QEMU whether Caps Lock is on here.
struct GuestKey {
    quint32 scanCode = 0; // QEMU's "qnum": PC XT set 1, with 0x80 added for the keys that have an E0 prefix
    quint32 keysym = 0; // X11's

    friend bool operator==(const GuestKey&, const GuestKey&) = default;
};

enum class KeyAction { Press, Release };

enum class PointerButton : quint8 {
    Left = 0x01,
    Middle = 0x02,
    Right = 0x04,
    WheelUp = 0x08, // the wheel's buttons are pressed and let go once for each notch
    WheelDown = 0x10,
    WheelLeft = 0x20,
    WheelRight = 0x40,
};
Q_DECLARE_FLAGS(PointerButtons, PointerButton)
Q_DECLARE_OPERATORS_FOR_FLAGS(PointerButtons)

// The pointer's picture where the guest leaves drawing it to us.
struct GuestCursor {
    QImage image; // ARGB32_Premultiplied, one pixel of the guest each
    QPoint hotSpot;
};

class ScreenSource : public QObject {
    Q_OBJECT

public:
    enum class State {
        Closed,
        Connecting, // nobody answers yet; it goes on trying by itself
        Connected,
    };
    Q_ENUM(State)

    using QObject::QObject;

    virtual State state() const = 0;
    // Why it is not connected, when it was tried and failed.
    virtual std::optional<Error> lastError() const = 0;

    // The newest complete frame, RGB32, one pixel of the guest each; null while there is none. It stays when the
    // connection is lost, until the next one has a frame or the source is closed. Implicitly shared: keep it as
    // long as you like.
    virtual QImage frame() const = 0;
    // Nothing while the guest draws its pointer into the frame.
    virtual std::optional<GuestCursor> cursor() const = 0;

    // Input is queued and forgotten where nobody is connected.
    virtual void sendKey(GuestKey key, KeyAction action) = 0;
    // Position in pixels of the guest. Says which buttons are down from now on.
    virtual void sendPointer(QPoint position, PointerButtons buttons) = 0;

    // At most one frame in this time, so that a screen that is only a thumbnail costs next to nothing. Zero: as
    // many as come.
    virtual void setUpdateInterval(std::chrono::milliseconds interval) = 0;

    // The frame scaled down, keeping its proportions, to fit a size in device pixels; null without a frame.
    QImage thumbnail(QSize size) const;

Q_SIGNALS:
    void stateChanged();
    void frameChanged(const QRegion& region); // in pixels of the guest
    void frameSizeChanged(QSize size); // before the frameChanged() that brings it
    void cursorChanged();
};

} // namespace platter
