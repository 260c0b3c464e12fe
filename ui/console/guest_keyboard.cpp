// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/guest_keyboard.h"

#include <algorithm>
#include <ranges>

namespace platter {

namespace {
bool isModifier(int key)
{
    switch (key) {
    case Qt::Key_Shift:
    case Qt::Key_Control:
    case Qt::Key_Alt:
    case Qt::Key_AltGr:
    case Qt::Key_Meta:
    case Qt::Key_Super_L:
    case Qt::Key_Super_R:
        return true;
    default:
        return false;
    }
}
} // namespace

void GuestKeyboard::setSource(ScreenSource* source)
{
    if (source == m_source)
        return;
    releaseAll();
    m_source = source;
}

void GuestKeyboard::send(GuestKey key, KeyAction action)
{
    if (m_source && (key.scanCode || key.keysym))
        m_source->sendKey(key, action);
}

GuestKeyboard::Outcome GuestKeyboard::handle(const QKeyEvent& event)
{
    if (event.type() == QEvent::KeyPress) {
        press(event);
        return Outcome::Sent;
    }
    // X11 lets go of a repeating key before each repeat; for the guest it stays down.
    if (event.isAutoRepeat())
        return Outcome::Sent;
    release(event);
    if (!m_down.empty())
        return Outcome::Sent;
    const bool complete = m_chord == Chord::Complete;
    m_chord = Chord::Idle;
    return complete ? Outcome::ReleaseKey : Outcome::Sent;
}

void GuestKeyboard::press(const QKeyEvent& event)
{
    const quint32 scanCode = event.nativeScanCode();
    const auto same = [&](const DownKey& down) {
        return scanCode ? down.scanCode == scanCode : down.qtKey == event.key();
    };
    if (const auto known = std::ranges::find_if(m_down, same); known != m_down.end()) {
        send(known->sent, KeyAction::Press); // a repeat
        return;
    }
    const bool partOfChord = event.key() == Qt::Key_Control || event.key() == Qt::Key_Alt;
    const bool second = m_chord == Chord::Partial && m_down.size() == 1 && m_down.front().qtKey != event.key();
    if (partOfChord && m_down.empty())
        m_chord = Chord::Partial;
    else
        m_chord = partOfChord && second ? Chord::Complete : Chord::Spoilt;

    const GuestKey key = guestKeyOf(event);
    m_down.push_back({scanCode, event.key(), key});
    send(key, KeyAction::Press);
}

void GuestKeyboard::release(const QKeyEvent& event)
{
    const quint32 scanCode = event.nativeScanCode();
    const auto known = std::ranges::find_if(m_down,
        [&](const DownKey& down) { return scanCode ? down.scanCode == scanCode : down.qtKey == event.key(); });
    if (known != m_down.end()) {
        send(known->sent, KeyAction::Release);
        m_down.erase(known);
        return;
    }
    // Without scan codes a key may come up as another one than it went down as (Shift+1, Shift let go first).
    if (scanCode)
        return;
    for (const DownKey& down : m_down) {
        if (!isModifier(down.qtKey))
            send(down.sent, KeyAction::Release);
    }
    std::erase_if(m_down, [](const DownKey& down) { return !isModifier(down.qtKey); });
}

void GuestKeyboard::releaseAll()
{
    for (const DownKey& down : m_down | std::views::reverse)
        send(down.sent, KeyAction::Release);
    forget();
}

void GuestKeyboard::forget()
{
    m_down.clear();
    m_chord = Chord::Idle;
}

} // namespace platter
