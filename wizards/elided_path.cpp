// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/elided_path.h"

#include <QPainter>

namespace platter {

ElidedPath::ElidedPath(const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_name(name)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(name);
}

void ElidedPath::setText(const QString& text)
{
    m_text = text;
    setToolTip(text);
    setAccessibleName(m_name + QStringLiteral(": ") + text);
    updateGeometry();
    update();
}

QSize ElidedPath::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(m_text), fontMetrics().height()};
}

QSize ElidedPath::minimumSizeHint() const
{
    return {fontMetrics().averageCharWidth() * 12, fontMetrics().height()};
}

void ElidedPath::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(
        rect(), Qt::AlignLeft | Qt::AlignVCenter, fontMetrics().elidedText(m_text, Qt::ElideMiddle, width()));
}

} // namespace platter
