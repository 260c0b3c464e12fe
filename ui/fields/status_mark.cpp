// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/fields/status_mark.h"

#include "ui/shades.h"

#include <QPainter>
#include <QPainterPath>

#include <chrono>

namespace platter {

using namespace std::chrono_literals;

namespace {

constexpr int side = 16;

}

StatusMark::StatusMark(QWidget* parent)
    : QWidget(parent)
{
    setFixedSize(side, side);
    m_turning.setInterval(60ms);
    connect(&m_turning, &QTimer::timeout, this, [this] {
        m_angle = (m_angle + 30) % 360;
        update();
    });
}

void StatusMark::setSign(Sign sign)
{
    m_sign = sign;
    if (sign == Sign::Busy) {
        m_turning.start();
    } else {
        m_turning.stop();
    }
    update();
}

QSize StatusMark::sizeHint() const
{
    return {side, side};
}

void StatusMark::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area(1, 1, side - 2, side - 2);
    const QColor back = palette().color(QPalette::Window);
    const auto exclamation = [&](qreal top) {
        painter.setPen(QPen(back, 1.8, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(side / 2.0, top), QPointF(side / 2.0, top + 4));
        painter.setPen(Qt::NoPen);
        painter.setBrush(back);
        painter.drawEllipse(QPointF(side / 2.0, top + 6.8), 1.1, 1.1);
    };
    painter.setPen(Qt::NoPen);
    switch (m_sign) {
    case Sign::None:
        break;
    case Sign::Error:
        painter.setBrush(errorShade(palette()));
        painter.drawEllipse(area);
        exclamation(4.3);
        break;
    case Sign::Warning: {
        QPainterPath triangle;
        triangle.moveTo(side / 2.0, 1.5);
        triangle.lineTo(side - 1.2, side - 2);
        triangle.lineTo(1.2, side - 2);
        triangle.closeSubpath();
        painter.setBrush(warningShade(palette()));
        painter.setPen(QPen(warningShade(palette()), 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPath(triangle);
        exclamation(5.4);
        break;
    }
    case Sign::Good: {
        QPainterPath check;
        check.moveTo(3, 8.6);
        check.lineTo(6.6, 12.2);
        check.lineTo(13, 4.4);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(goodShade(palette()), 2.2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPath(check);
        break;
    }
    case Sign::Busy:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(palette().color(QPalette::Highlight), 2.2, Qt::SolidLine, Qt::RoundCap));
        painter.drawArc(area.adjusted(1, 1, -1, -1), -m_angle * 16, 270 * 16);
        break;
    }
}

} // namespace platter
