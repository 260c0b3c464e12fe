// SPDX-License-Identifier: GPL-3.0-or-later
// A screen source without a guest: shows what it is told to and writes down what it is sent.
#pragma once

#include "ui/console/screen_source.h"

#include <QList>

namespace platter {

struct SentKey {
    GuestKey key;
    KeyAction action;

    friend bool operator==(const SentKey&, const SentKey&) = default;
};

class RecordingSource : public ScreenSource {
    Q_OBJECT

public:
    using ScreenSource::ScreenSource;

    State state() const override { return m_state; }

    std::optional<Error> lastError() const override { return {}; }

    QImage frame() const override { return m_frame; }

    std::optional<GuestCursor> cursor() const override { return m_cursor; }

    void sendKey(GuestKey key, KeyAction action) override { keys.append({key, action}); }

    void sendPointer(QPoint position, PointerButtons buttons) override { pointers.append({position, buttons}); }

    void setUpdateInterval(std::chrono::milliseconds interval) override { intervals.append(interval); }

    void setState(State state)
    {
        m_state = state;
        Q_EMIT stateChanged();
    }

    void show(const QImage& frame)
    {
        m_frame = frame;
        Q_EMIT frameSizeChanged(frame.size());
        Q_EMIT frameChanged(frame.rect());
    }

    void setCursor(std::optional<GuestCursor> cursor)
    {
        m_cursor = std::move(cursor);
        Q_EMIT cursorChanged();
    }

    QList<SentKey> keys;
    QList<std::pair<QPoint, PointerButtons>> pointers;
    QList<std::chrono::milliseconds> intervals;

private:
    State m_state = State::Connected;
    QImage m_frame;
    std::optional<GuestCursor> m_cursor;
};

} // namespace platter
