// SPDX-License-Identifier: GPL-3.0-or-later
// Draws frames that somebody else looks at: two buffers of which one is shown while the other is drawn on, kept
// alike by copying only what changed. A frame that was handed out never changes. One thread at a time; a frame may
// be let go by another one, as long as that happens before prepare() is called here.
#pragma once

#include <QImage>
#include <QRegion>

namespace platter {

class FrameCanvas {
public:
    // Larger screens are refused: 8K, two buffers of 127 MiB.
    static constexpr int MaxPixels = 7680 * 4320;
    static constexpr int MaxSide = 16384;

    // Black; anything that was drawn is forgotten. False, and no canvas, for sizes beyond the limits.
    bool resize(int width, int height);

    // The pixels to draw on, in rows of width() * 4 bytes; null without a canvas. To be called before drawing, as
    // the buffer may have been handed out since.
    uchar* prepare();

    // RECT must be inside the canvas (what is outside is left out); the pixels are 0x??RRGGBB, row after row.
    void draw(const QRect& rect, const void* pixels);
    void fill(const QRect& rect, quint32 colour);
    void copy(QPoint from, const QRect& to);

    bool isChanged() const { return !m_changed.isEmpty(); }

    QRegion takeChanges();

    QImage frame() const { return m_front; }

private:
    void markChanged(const QRect& rect);

    QImage m_front; // what is drawn on, and shown once it is complete
    QImage m_back; // what was shown before
    QRegion m_changed; // since the last takeChanges()
    QRegion m_behind; // where the back still has older pixels
};

} // namespace platter
