// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/disk_picture/disk_picture.h"

#include "ui/disk_picture/disk_painting.h"
#include "ui/shades.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <bit>

namespace platter {

namespace {

using Kind = DiskSegment::Kind;

constexpr double handleWidth = 10;

} // namespace

DiskPicture::DiskPicture(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("diskPicture"));
    setAccessibleName(tr("Picture of the disk"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void DiskPicture::setDisk(const std::optional<DiskInspection>& disk)
{
    m_disk = disk;
    m_proposed = {};
    m_reach = m_least = m_most = {};
    m_dragging = false;
    refresh();
}

void DiskPicture::setProposed(ByteCount size)
{
    m_proposed = hasHandle() ? std::clamp(size, m_least, m_most) : size;
    refresh();
}

void DiskPicture::setReach(ByteCount size)
{
    m_reach = size;
    refresh();
}

void DiskPicture::setRange(ByteCount least, ByteCount most)
{
    m_least = least;
    m_most = std::max(least, most);
    if (hasHandle()) {
        m_proposed = std::clamp(m_proposed, m_least, m_most);
    }
    refresh();
}

void DiskPicture::setName(const QString& name)
{
    setAccessibleName(tr("Picture of %1").arg(name));
}

void DiskPicture::refresh()
{
    const bool grows = m_disk && hasHandle() && m_most > m_disk->virtualSize;
    m_segments = m_disk ? segmentsOf(*m_disk, m_proposed, grows ? m_most : m_reach) : std::vector<DiskSegment>();
    setFocusPolicy(hasHandle() ? Qt::StrongFocus : Qt::NoFocus);
    setCursor(Qt::ArrowCursor);
    setMouseTracking(hasHandle());
    setAccessibleDescription(description());
    updateGeometry();
    update();
}

QString DiskPicture::description() const
{
    QStringList parts;
    for (const DiskSegment& segment : m_segments) {
        const QString sentence = sentenceOf(segment);
        if (!sentence.isEmpty()) {
            parts << sentence;
        }
    }
    QString all = parts.join(QStringLiteral("; "));
    if (hasHandle()) {
        all = tr("%1. The size is %2; the arrow keys change it.").arg(all, m_proposed.toString());
    }
    return all;
}

QSize DiskPicture::sizeHint() const
{
    return {480, minimumSizeHint().height()};
}

QSize DiskPicture::minimumSizeHint() const
{
    return {200, diskBarHeight(fontMetrics()) + 8};
}

QRectF DiskPicture::bar() const
{
    const double side = hasHandle() ? handleWidth / 2 : 1;
    return QRectF(rect()).adjusted(side, 4, -side, -4);
}

std::vector<Stretch> DiskPicture::stretches() const
{
    return stretchesOf(
        m_segments, bar().width(), leastSegmentWidth(fontMetrics()), hasHandle() ? EndHandle::Yes : EndHandle::No);
}

double DiskPicture::handleAt() const
{
    const std::vector<Stretch> places = stretches();
    double end = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (m_segments[i].kind != Kind::Removed && m_segments[i].kind != Kind::Room) {
            end = places[i].begin + places[i].width;
        }
    }
    return bar().left() + end;
}

// The handle's way is the last 45 %, from LEAST to MOST, at one scale.
ByteCount DiskPicture::sizeAt(double x) const
{
    // What lies before the way does not change while the handle moves.
    const std::vector<Stretch> places = stretches();
    double begin = 0;
    std::uint64_t from = 0;
    const bool grows = m_disk && m_most > m_disk->virtualSize;
    if (grows) {
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (m_segments[i].kind != Kind::Added && m_segments[i].kind != Kind::Room) {
                begin = places[i].begin + places[i].width;
            }
        }
        from = m_disk->virtualSize.bytes();
    } else {
        std::size_t first = m_segments.size();
        while (first > 0
            && (m_segments[first - 1].kind == Kind::Removed || m_segments[first - 1].kind == Kind::Free)) {
            --first;
        }
        begin = first == 0 ? 0 : places[first - 1].begin + places[first - 1].width;
        from = first == 0 ? 0 : m_segments[first - 1].range.end();
    }
    const std::uint64_t to = grows ? m_most.bytes() : m_disk ? m_disk->virtualSize.bytes() : from;
    const double way = bar().width() - begin;
    const double share = way > 0 ? std::clamp((x - bar().left() - begin) / way, 0.0, 1.0) : 0;
    const double bytes = static_cast<double>(from) + share * static_cast<double>(to - std::min(to, from));
    const std::uint64_t unit = step();
    const auto rounded = static_cast<std::uint64_t>(bytes / static_cast<double>(unit) + 0.5) * unit;
    return std::clamp(ByteCount(rounded), m_least, m_most);
}

// A power of two of which some hundred go into the range.
std::uint64_t DiskPicture::step() const
{
    const std::uint64_t hundredth = (m_most.bytes() - m_least.bytes()) / 128;
    return std::max(std::bit_floor(std::max<std::uint64_t>(hundredth, 1)), std::uint64_t(1) << 20);
}

void DiskPicture::choose(ByteCount size)
{
    const ByteCount chosen = std::clamp(size, m_least, m_most);
    if (chosen == m_proposed) {
        return;
    }
    setProposed(chosen);
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
    Q_EMIT dragged(chosen);
}

void DiskPicture::mousePressEvent(QMouseEvent* event)
{
    // Only the handle: a click elsewhere must not give the disk a size.
    if (hasHandle() && event->button() == Qt::LeftButton
        && qAbs(event->position().x() - handleAt()) <= handleWidth) {
        m_dragging = true;
        event->accept();
        return;
    }
    QWidget::mousePressEvent(event);
}

void DiskPicture::mouseMoveEvent(QMouseEvent* event)
{
    if (m_dragging) {
        choose(sizeAt(event->position().x()));
    }
    if (hasHandle()) {
        const bool near = m_dragging || qAbs(event->position().x() - handleAt()) <= handleWidth;
        setCursor(near ? Qt::SizeHorCursor : Qt::ArrowCursor);
    }
}

void DiskPicture::mouseReleaseEvent(QMouseEvent* event)
{
    m_dragging = false;
    QWidget::mouseReleaseEvent(event);
}

void DiskPicture::keyPressEvent(QKeyEvent* event)
{
    if (!hasHandle()) {
        QWidget::keyPressEvent(event);
        return;
    }
    const auto moveBy = [this](int steps) {
        const std::uint64_t unit = step();
        const std::uint64_t way = unit * static_cast<std::uint64_t>(qAbs(steps));
        const std::uint64_t now = m_proposed.bytes();
        if (steps > 0) {
            choose(ByteCount((now + way) / unit * unit));
        } else {
            choose(ByteCount(now > way ? (now - way + unit - 1) / unit * unit : 0));
        }
    };
    switch (event->key()) {
    case Qt::Key_Right:
    case Qt::Key_Up:
        moveBy(1);
        break;
    case Qt::Key_Left:
    case Qt::Key_Down:
        moveBy(-1);
        break;
    case Qt::Key_PageUp:
        moveBy(10);
        break;
    case Qt::Key_PageDown:
        moveBy(-10);
        break;
    case Qt::Key_Home:
        choose(m_least);
        break;
    case Qt::Key_End:
        choose(m_most);
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

bool DiskPicture::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const std::vector<Stretch> places = stretches();
        for (std::size_t i = 0; i < places.size(); ++i) {
            const QRectF place(bar().left() + places[i].begin, bar().top(), places[i].width, bar().height());
            if (place.contains(help->pos())) {
                QToolTip::showText(help->globalPos(), sentenceOf(m_segments[i]), this);
                return true;
            }
        }
    }
    return QWidget::event(event);
}

void DiskPicture::paintHandle(QPainter& painter) const
{
    const double x = handleAt();
    const QRectF grip(x - handleWidth / 2, 1, handleWidth, height() - 2);
    painter.setPen(QPen(palette().color(hasFocus() ? QPalette::Highlight : QPalette::Text), hasFocus() ? 2 : 1));
    painter.setBrush(palette().color(QPalette::Button));
    painter.drawRoundedRect(grip.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    painter.setPen(QPen(palette().color(QPalette::ButtonText), 1));
    for (const double dx : {-1.5, 1.5}) {
        painter.drawLine(QPointF(x + dx, grip.center().y() - 6), QPointF(x + dx, grip.center().y() + 6));
    }
}

void DiskPicture::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF whole = bar();
    if (!m_disk) {
        paintUnknownDisk(painter, whole, palette());
        return;
    }
    const std::vector<Stretch> places = stretches();
    for (std::size_t i = 0; i < places.size(); ++i) {
        QRectF place = segmentPlace(places[i], whole);
        // The handle covers nothing that is written.
        if (hasHandle() && qAbs(place.left() - handleAt()) < handleWidth / 2) {
            place.setLeft(place.left() + handleWidth / 2);
        }
        if (hasHandle() && qAbs(place.right() - handleAt()) < handleWidth / 2) {
            place.setRight(place.right() - handleWidth / 2);
        }
        if (place.width() > 1) {
            paintSegment(painter, m_segments[i], place, palette());
        }
    }
    if (hasHandle()) {
        paintHandle(painter);
    }
}

} // namespace platter
