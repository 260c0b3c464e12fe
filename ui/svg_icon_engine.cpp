// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/svg_icon_engine.h"

#include <QFile>
#include <QGuiApplication>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace platter {

namespace {

QColor colourFor(QIcon::Mode mode)
{
    const QPalette palette = QGuiApplication::palette();
    switch (mode) {
    case QIcon::Disabled:
        return palette.color(QPalette::Disabled, QPalette::ButtonText);
    case QIcon::Selected:
        return palette.color(QPalette::Active, QPalette::HighlightedText);
    case QIcon::Normal:
    case QIcon::Active:
        break;
    }
    return palette.color(QPalette::Active, QPalette::ButtonText);
}

} // namespace

SvgIconEngine::SvgIconEngine(QString file, Colours colours)
    : m_file(std::move(file))
    , m_colours(colours)
{
}

void SvgIconEngine::paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state)
{
    const qreal ratio = painter->device() != nullptr ? painter->device()->devicePixelRatio() : 1.0;
    QPixmap drawn = pixmap((QSizeF(rect.size()) * ratio).toSize(), mode, state);
    drawn.setDevicePixelRatio(ratio);
    painter->drawPixmap(rect, drawn);
}

QPixmap SvgIconEngine::pixmap(const QSize& size, QIcon::Mode mode, QIcon::State)
{
    if (size.isEmpty()) {
        return {};
    }
    const QColor colour = colourFor(mode);
    const QString cacheKey = QStringLiteral("%1/%2x%3/%4")
                                 .arg(m_file)
                                 .arg(size.width())
                                 .arg(size.height())
                                 .arg(m_colours == Colours::OfPalette ? colour.name(QColor::HexArgb) : QString());
    QPixmap drawn;
    if (QPixmapCache::find(cacheKey, &drawn)) {
        return drawn;
    }
    QFile file(m_file);
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    QByteArray svg = file.readAll();
    if (m_colours == Colours::OfPalette) {
        svg.replace("currentColor", colour.name(QColor::HexRgb).toLatin1());
    }
    QSvgRenderer renderer(svg);
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_colours == Colours::OfPalette && colour.alpha() < 255) {
        painter.setOpacity(colour.alphaF());
    }
    const int side = qMin(size.width(), size.height());
    renderer.render(&painter, QRectF((size.width() - side) / 2.0, (size.height() - side) / 2.0, side, side));
    painter.end();
    drawn = QPixmap::fromImage(image);
    QPixmapCache::insert(cacheKey, drawn);
    return drawn;
}

QSize SvgIconEngine::actualSize(const QSize& size, QIcon::Mode, QIcon::State)
{
    return size;
}

bool SvgIconEngine::isNull()
{
    return !QFile::exists(m_file);
}

QString SvgIconEngine::key() const
{
    return QStringLiteral("platter-svg");
}

QIconEngine* SvgIconEngine::clone() const
{
    return new SvgIconEngine(*this);
}

} // namespace platter
