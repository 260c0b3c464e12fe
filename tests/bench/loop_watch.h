// SPDX-License-Identifier: GPL-3.0-or-later
// The longest time in which the event loop did not come round. The thread that it is made in.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <algorithm>
#include <chrono>

namespace platter {

class LoopWatch : public QObject {
public:
    LoopWatch()
    {
        m_beat.setInterval(std::chrono::milliseconds(1));
        m_beat.setTimerType(Qt::PreciseTimer);
        connect(&m_beat, &QTimer::timeout, this, [this] {
            longest = std::max(longest, m_since.nsecsElapsed());
            m_since.restart();
        });
    }

    void start()
    {
        m_since.start();
        m_beat.start();
    }

    void reset()
    {
        longest = 0;
        m_since.restart();
    }

    qint64 longest = 0; // ns

private:
    QTimer m_beat;
    QElapsedTimer m_since;
};

} // namespace platter
