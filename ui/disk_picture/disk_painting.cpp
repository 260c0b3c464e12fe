// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/disk_picture/disk_painting.h"

#include "ui/shades.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>

namespace platter {

namespace {

using Kind = DiskSegment::Kind;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::DiskPicture)
};

constexpr int padding = 6;
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

// A line along the bottom, as long as the file system is full.
void paintSpace(QPainter& painter, const FileSystemSpace& space, const QRectF& place, const QPalette& palette)
{
    const QRectF whole(place.left() + padding, place.bottom() - 4, place.width() - 2 * padding, 3);
    if (space.size == 0 || whole.width() < 8) {
        return;
    }
    QColor rest = palette.color(QPalette::Text);
    rest.setAlphaF(0.14F);
    painter.fillRect(whole, rest);
    QRectF used = whole;
    used.setWidth(whole.width() * static_cast<double>(space.used) / static_cast<double>(space.size));
    painter.fillRect(used, palette.color(QPalette::Highlight));
}

} // namespace

double leastSegmentWidth(const QFontMetrics& metrics)
{
    return metrics.horizontalAdvance(QStringLiteral("999 MiB")) + 2.0 * padding + gap;
}

int diskBarHeight(const QFontMetrics& metrics)
{
    return 2 * metrics.lineSpacing() + 2 * padding;
}

QRectF segmentPlace(const Stretch& stretch, const QRectF& bar)
{
    const double width = stretch.width - gap;
    return width <= 1
        ? QRectF()
        : QRectF(bar.left() + stretch.begin + gap / 2 + 0.5, bar.top() + 0.5, width - 1, bar.height() - 1);
}

void paintSegment(QPainter& painter, const DiskSegment& segment, const QRectF& place, const QPalette& palette)
{
    const QFont font = painter.font();
    const QColor line = outline(palette, QPalette::Base);
    painter.setPen(
        segment.kind == Kind::Room || segment.kind == Kind::Removed ? QPen(line, 1, Qt::DashLine) : QPen(line, 1));
    painter.setBrush(segment.kind == Kind::Room ? QBrush(Qt::NoBrush) : QBrush(groundOf(palette, segment.kind)));
    painter.drawRoundedRect(place, 3, 3);
    const std::optional<Qt::BrushStyle> hatch = hatchOf(segment.kind);
    if (hatch) {
        QColor thin = palette.color(QPalette::Text);
        thin.setAlphaF(0.16F);
        painter.setPen(Qt::NoPen);
        painter.setBrush(QBrush(thin, *hatch));
        painter.drawRoundedRect(place, 3, 3);
    }
    if (segment.space) {
        paintSpace(painter, *segment.space, place, palette);
    }
    const QRectF inside = place.adjusted(padding, padding - 2, -padding, -(padding - 2));
    const QString size = ByteCount(segment.range.length).toString();
    const bool isNamed = !segment.name.isEmpty();
    const QString first = isNamed ? segment.name : segment.content;
    const QString second = isNamed && !segment.content.isEmpty()
        ? Texts::tr("%1 · %2", "content and size of a partition").arg(segment.content, size)
        : size;
    painter.setPen(palette.color(QPalette::Text));
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
            QColor ground = groundOf(palette, segment.kind);
            painter.fillRect(
                QRectF(row.left() - 2, row.top(), metrics.horizontalAdvance(shown) + 4, row.height()), ground);
        }
        painter.drawText(row, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, shown);
    };
    if (segment.kind == Kind::Room) {
        return;
    }
    const QFontMetricsF metrics(font);
    const double height = 2 * metrics.lineSpacing();
    const double top = place.center().y() - height / 2;
    QFont bold = font;
    if (isNamed) {
        bold.setWeight(QFont::DemiBold);
        painter.setFont(bold);
    }
    const bool fits = QFontMetricsF(painter.font()).horizontalAdvance(first) <= inside.width();
    put(first, !fits && !segment.content.isEmpty() ? segment.content : first, top);
    painter.setFont(font);
    put(second, size, top + metrics.lineSpacing());
}

void paintUnknownDisk(QPainter& painter, const QRectF& bar, const QPalette& palette)
{
    painter.setPen(QPen(outline(palette, QPalette::Base), 1, Qt::DashLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(bar.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
}

void paintDisk(
    QPainter& painter, const std::vector<DiskSegment>& segments, const QRectF& bar, const QPalette& palette)
{
    const std::vector<Stretch> stretches =
        stretchesOf(segments, bar.width(), leastSegmentWidth(QFontMetrics(painter.font())));
    for (std::size_t i = 0; i < stretches.size(); ++i) {
        const QRectF place = segmentPlace(stretches[i], bar);
        if (place.width() > 1) {
            paintSegment(painter, segments[i], place, palette);
        }
    }
}

} // namespace platter
