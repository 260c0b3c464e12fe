// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/disk_picture/disk_picture.h"

#include "ui/shades.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>
#include <bit>

namespace platter {

namespace {

using Kind = DiskSegment::Kind;

constexpr int padding = 6;
constexpr double handleWidth = 10;
constexpr double gap = 2; // between segments

QColor mixed(const QColor& over, const QColor& under, float weight)
{
    return QColor::fromRgbF(over.redF() * weight + under.redF() * (1 - weight),
        over.greenF() * weight + under.greenF() * (1 - weight),
        over.blueF() * weight + under.blueF() * (1 - weight));
}

// Text on it stays text on Base.
QColor groundOf(const QPalette& palette, Kind kind)
{
    const QColor base = palette.color(QPalette::Base);
    switch (kind) {
    case Kind::EfiSystem:
        return mixed(warningShade(palette), base, 0.28F);
    case Kind::Partition:
    case Kind::Data:
        return mixed(palette.color(QPalette::Highlight), base, 0.30F);
    case Kind::Added:
        return mixed(goodShade(palette), base, 0.24F);
    case Kind::Removed:
        return mixed(errorShade(palette), base, 0.16F);
    case Kind::Free:
    case Kind::Room:
        break;
    }
    return base;
}

std::optional<Qt::BrushStyle> hatchOf(Kind kind)
{
    switch (kind) {
    case Kind::Free:
        return Qt::BDiagPattern;
    case Kind::Removed:
        return Qt::DiagCrossPattern;
    case Kind::Added:
        return Qt::FDiagPattern;
    default:
        return std::nullopt;
    }
}

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
    return {200, 2 * fontMetrics().lineSpacing() + 2 * padding + 8};
}

QRectF DiskPicture::bar() const
{
    const double side = hasHandle() ? handleWidth / 2 : 1;
    return QRectF(rect()).adjusted(side, 4, -side, -4);
}

std::vector<Stretch> DiskPicture::stretches() const
{
    return stretchesOf(m_segments, bar().width(),
        fontMetrics().horizontalAdvance(QStringLiteral("999 MiB")) + 2.0 * padding + gap);
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

void DiskPicture::paintSegment(QPainter& painter, const DiskSegment& segment, const QRectF& place) const
{
    const QColor line = outline(palette(), QPalette::Base);
    painter.setPen(
        segment.kind == Kind::Room || segment.kind == Kind::Removed ? QPen(line, 1, Qt::DashLine) : QPen(line, 1));
    painter.setBrush(segment.kind == Kind::Room ? QBrush(Qt::NoBrush) : QBrush(groundOf(palette(), segment.kind)));
    painter.drawRoundedRect(place, 3, 3);
    const std::optional<Qt::BrushStyle> hatch = hatchOf(segment.kind);
    if (hatch) {
        QColor thin = palette().color(QPalette::Text);
        thin.setAlphaF(0.16F);
        painter.setPen(Qt::NoPen);
        painter.setBrush(QBrush(thin, *hatch));
        painter.drawRoundedRect(place, 3, 3);
    }
    const QRectF inside = place.adjusted(padding, padding - 2, -padding, -(padding - 2));
    const QString size = ByteCount(segment.range.length).toString();
    const bool isNamed = !segment.name.isEmpty();
    const QString first = isNamed ? segment.name : segment.content;
    const QString second = isNamed && !segment.content.isEmpty()
        ? tr("%1 · %2", "content and size of a partition").arg(segment.content, size)
        : size;
    painter.setPen(palette().color(QPalette::Text));
    const auto put = [&](const QString& text, const QString& shorter, double top) {
        const QFontMetricsF metrics(painter.font());
        const QString fits = metrics.horizontalAdvance(text) <= inside.width() ? text : shorter;
        if (metrics.horizontalAdvance(fits) > inside.width()
            && inside.width() < metrics.horizontalAdvance(QStringLiteral("mmm…"))) {
            return; // an ellipsis alone says nothing; the tool tip says it all
        }
        const QString shown = metrics.elidedText(fits, Qt::ElideRight, inside.width());
        const QRectF row(inside.left(), top, inside.width(), metrics.height());
        if (hatch) { // legible on the hatching
            QColor ground = groundOf(palette(), segment.kind);
            painter.fillRect(
                QRectF(row.left() - 2, row.top(), metrics.horizontalAdvance(shown) + 4, row.height()), ground);
        }
        painter.drawText(row, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, shown);
    };
    if (segment.kind == Kind::Room) {
        return;
    }
    const QFontMetricsF metrics(font());
    const double height = 2 * metrics.lineSpacing();
    const double top = place.center().y() - height / 2;
    QFont bold = font();
    if (isNamed) {
        bold.setWeight(QFont::DemiBold);
        painter.setFont(bold);
    }
    const bool fits = QFontMetricsF(painter.font()).horizontalAdvance(first) <= inside.width();
    put(first, !fits && !segment.content.isEmpty() ? segment.content : first, top);
    painter.setFont(font());
    put(second, size, top + metrics.lineSpacing());
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
        painter.setPen(QPen(outline(palette(), QPalette::Base), 1, Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(whole.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        return;
    }
    const std::vector<Stretch> places = stretches();
    for (std::size_t i = 0; i < places.size(); ++i) {
        const double width = places[i].width - gap;
        if (width <= 1) {
            continue;
        }
        QRectF place(
            whole.left() + places[i].begin + gap / 2 + 0.5, whole.top() + 0.5, width - 1, whole.height() - 1);
        // The handle covers nothing that is written.
        if (hasHandle() && qAbs(place.left() - handleAt()) < handleWidth / 2) {
            place.setLeft(place.left() + handleWidth / 2);
        }
        if (hasHandle() && qAbs(place.right() - handleAt()) < handleWidth / 2) {
            place.setRight(place.right() - handleWidth / 2);
        }
        if (place.width() > 1) {
            paintSegment(painter, m_segments[i], place);
        }
    }
    if (hasHandle()) {
        paintHandle(painter);
    }
}

} // namespace platter
