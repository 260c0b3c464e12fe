// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/frame_canvas.h"

#include <cstring>

namespace platter {

namespace {
constexpr quint32 Opaque = 0xff000000;
// More rectangles cost more to keep apart than their union costs to paint.
constexpr int MaxRectangles = 64;

void simplify(QRegion& region)
{
    if (region.rectCount() > MaxRectangles)
        region = region.boundingRect();
}
} // namespace

bool FrameCanvas::resize(int width, int height)
{
    m_front = m_back = {};
    m_changed = m_behind = {};
    if (width < 0 || height < 0 || width > MaxSide || height > MaxSide || qint64(width) * height > MaxPixels)
        return false;
    if (width == 0 || height == 0)
        return true;
    m_front = QImage(width, height, QImage::Format_RGB32);
    if (m_front.isNull())
        return false;
    m_front.fill(Qt::black);
    return true;
}

uchar* FrameCanvas::prepare()
{
    if (m_front.isNull())
        return nullptr;
    if (!m_front.isDetached()) {
        if (m_back.isNull() || !m_back.isDetached()) {
            m_back = m_front.copy();
        } else {
            for (const QRect& rect : m_behind) {
                const auto offset = rect.x() * qsizetype(sizeof(quint32));
                const auto length = std::size_t(rect.width()) * sizeof(quint32);
                for (int y = rect.top(); y <= rect.bottom(); ++y)
                    std::memcpy(m_back.scanLine(y) + offset, m_front.constScanLine(y) + offset, length);
            }
        }
        m_behind = {};
        m_front.swap(m_back);
    }
    return m_front.bits();
}

void FrameCanvas::markChanged(const QRect& rect)
{
    m_changed += rect;
    m_behind += rect;
    simplify(m_changed);
    simplify(m_behind);
}

void FrameCanvas::draw(const QRect& rect, const void* pixels)
{
    const QRect inside = rect & m_front.rect();
    if (inside.isEmpty())
        return;
    const auto* source = static_cast<const uchar*>(pixels);
    const auto rowBytes = std::size_t(rect.width()) * sizeof(quint32);
    source += std::size_t(inside.y() - rect.y()) * rowBytes + std::size_t(inside.x() - rect.x()) * sizeof(quint32);
    for (int y = inside.top(); y <= inside.bottom(); ++y, source += rowBytes) {
        auto* target = reinterpret_cast<quint32*>(m_front.scanLine(y)) + inside.x();
        // The fourth byte is anything on the wire, and must be opaque in a QImage.
        for (int x = 0; x < inside.width(); ++x) {
            quint32 pixel = 0;
            std::memcpy(&pixel, source + std::size_t(x) * sizeof pixel, sizeof pixel);
            target[x] = pixel | Opaque;
        }
    }
    markChanged(inside);
}

void FrameCanvas::fill(const QRect& rect, quint32 colour)
{
    const QRect inside = rect & m_front.rect();
    if (inside.isEmpty())
        return;
    for (int y = inside.top(); y <= inside.bottom(); ++y) {
        auto* target = reinterpret_cast<quint32*>(m_front.scanLine(y)) + inside.x();
        std::fill_n(target, inside.width(), colour | Opaque);
    }
    markChanged(inside);
}

void FrameCanvas::copy(QPoint from, const QRect& to)
{
    const QRect inside =
        to & m_front.rect() & QRect(from, to.size()).intersected(m_front.rect()).translated(to.topLeft() - from);
    if (inside.isEmpty())
        return;
    const QPoint delta = from - to.topLeft();
    const auto length = std::size_t(inside.width()) * sizeof(quint32);
    // Source and target may overlap: away from the direction of the movement.
    const bool down = delta.y() < 0;
    for (int row = 0; row < inside.height(); ++row) {
        const int y = down ? inside.bottom() - row : inside.top() + row;
        const auto* source =
            reinterpret_cast<const quint32*>(m_front.constScanLine(y + delta.y())) + inside.x() + delta.x();
        auto* target = reinterpret_cast<quint32*>(m_front.scanLine(y)) + inside.x();
        std::memmove(target, source, length);
    }
    markChanged(inside);
}

QRegion FrameCanvas::takeChanges()
{
    return std::exchange(m_changed, {});
}

} // namespace platter
