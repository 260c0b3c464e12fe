// SPDX-License-Identifier: GPL-3.0-or-later
// Passes key events on to a guest and remembers which keys it has down there, so that none stays stuck. Knows the
// release key: Ctrl and Alt tapped together, alone. GUI thread; owned by the view that has the focus.
#pragma once

#include "ui/console/key_map.h"

#include <QPointer>

#include <vector>

namespace platter {

class GuestKeyboard {
public:
    void setSource(ScreenSource* source);

    enum class Outcome { Sent, ReleaseKey };
    // ReleaseKey: the event ended the release key; the guest has seen Ctrl and Alt go down and up.
    Outcome handle(const QKeyEvent& event);

    // Something else happened (a mouse button): Ctrl and Alt that are down now are not the release key.
    void disarm() { m_chord = Chord::Spoilt; }

    void releaseAll();
    // The guest has let go of all keys by itself (the connection ended).
    void forget();

    bool isAnyDown() const { return !m_down.empty(); }

private:
    struct DownKey {
        quint32 scanCode;
        int qtKey;
        GuestKey sent;
    };
    enum class Chord {
        Idle,
        Partial, // one of the two is down
        Complete, // both are
        Spoilt, // another key came in between; until all keys are up
    };

    void press(const QKeyEvent& event);
    void release(const QKeyEvent& event);
    void send(GuestKey key, KeyAction action);

    QPointer<ScreenSource> m_source;
    std::vector<DownKey> m_down; // in the order in which they were pressed
    Chord m_chord = Chord::Idle;
};

} // namespace platter
