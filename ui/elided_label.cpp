// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/elided_label.h"

#include <QEvent>

namespace platter {

ElidedLabel::ElidedLabel(QWidget* parent)
    : ElidedLabel(QStringLiteral("%1"), parent)
{
}

ElidedLabel::ElidedLabel(const QString& spoken, QWidget* parent)
    : QLabel(parent)
    , m_spoken(spoken)
{
    setTextFormat(Qt::PlainText);
}

void ElidedLabel::setFullText(const QString& text)
{
    if (text == m_text) {
        return;
    }
    m_text = text;
    setAccessibleName(m_spoken.arg(text));
    updateGeometry();
    elide();
}

void ElidedLabel::elide()
{
    const QString shown = fontMetrics().elidedText(m_text, Qt::ElideMiddle, contentsRect().width());
    setText(shown);
    setToolTip(shown == m_text ? QString() : m_text);
}

QSize ElidedLabel::minimumSizeHint() const
{
    return {fontMetrics().averageCharWidth() * 4, fontMetrics().height()};
}

QSize ElidedLabel::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(m_text) + 1, fontMetrics().height()};
}

void ElidedLabel::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        elide();
    }
}

void ElidedLabel::resizeEvent(QResizeEvent* event)
{
    QLabel::resizeEvent(event);
    elide();
}

} // namespace platter
