// SPDX-License-Identifier: GPL-3.0-or-later
// Sends rows of keys to a guest at a pace that its keyboard keeps up with: QEMU's USB and PS/2 keyboards hold 16
// events and drop what comes on top. GUI thread; owned by the console.
#pragma once

#include "ui/console/key_map.h"

#include <QPointer>
#include <QTimer>

#include <deque>

namespace platter {

class Typist : public QObject {
    Q_OBJECT

public:
    explicit Typist(QObject* parent = nullptr);

    // Where the keys go; what was still to be typed is dropped.
    void setSource(ScreenSource* source);

    void press(const KeyCombination& combination);
    // Returns the characters that a US keyboard cannot type; the others are typed.
    QString type(const QString& text);
    // Drops what is still to be typed and lets go of what is down.
    void stop();

    bool isBusy() const { return !m_strokes.empty(); }

Q_SIGNALS:
    void finished();

private:
    struct Stroke {
        GuestKey key;
        KeyAction action;
    };

    void start();
    void sendNext();

    QPointer<ScreenSource> m_source;
    QTimer m_pace;
    std::deque<Stroke> m_strokes;
    std::vector<GuestKey> m_down;
};

} // namespace platter
