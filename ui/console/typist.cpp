// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/typist.h"

#include <ranges>

namespace platter {

using namespace std::chrono_literals;

namespace {
// A guest asks a USB keyboard for one event every 8 to 10 ms, and is late when its computer is busy: 16 events last
// it for a third of a second.
constexpr auto Pace = 20ms;
} // namespace

Typist::Typist(QObject* parent)
    : QObject(parent)
{
    m_pace.setInterval(Pace);
    m_pace.setTimerType(Qt::PreciseTimer);
    connect(&m_pace, &QTimer::timeout, this, &Typist::sendNext);
}

void Typist::setSource(ScreenSource* source)
{
    if (source == m_source)
        return;
    stop();
    m_source = source;
}

void Typist::press(const KeyCombination& combination)
{
    for (const GuestKey& key : combination.keys)
        m_strokes.push_back({key, KeyAction::Press});
    for (const GuestKey& key : combination.keys | std::views::reverse)
        m_strokes.push_back({key, KeyAction::Release});
    start();
}

QString Typist::type(const QString& text)
{
    QString untyped;
    QChar before;
    for (const QChar character : text) {
        const bool secondOfNewline = before == QLatin1Char('\r') && character == QLatin1Char('\n');
        before = character;
        if (secondOfNewline)
            continue;
        const auto typed = typedKeyOf(character);
        if (!typed) {
            untyped += character;
            continue;
        }
        if (typed->shifted)
            m_strokes.push_back({guest_keys::Shift, KeyAction::Press});
        m_strokes.push_back({typed->key, KeyAction::Press});
        m_strokes.push_back({typed->key, KeyAction::Release});
        if (typed->shifted)
            m_strokes.push_back({guest_keys::Shift, KeyAction::Release});
    }
    start();
    return untyped;
}

void Typist::start()
{
    if (!m_strokes.empty() && !m_pace.isActive())
        m_pace.start();
}

void Typist::stop()
{
    m_pace.stop();
    m_strokes.clear();
    for (const GuestKey& key : m_down | std::views::reverse) {
        if (m_source)
            m_source->sendKey(key, KeyAction::Release);
    }
    m_down.clear();
}

void Typist::sendNext()
{
    if (!m_source || m_source->state() != ScreenSource::State::Connected || m_strokes.empty()) {
        stop();
        Q_EMIT finished();
        return;
    }
    const Stroke stroke = m_strokes.front();
    m_strokes.pop_front();
    if (stroke.action == KeyAction::Press)
        m_down.push_back(stroke.key);
    else
        std::erase(m_down, stroke.key);
    m_source->sendKey(stroke.key, stroke.action);
    if (m_strokes.empty()) {
        m_pace.stop();
        Q_EMIT finished();
    }
}

} // namespace platter
