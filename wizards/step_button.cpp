// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/step_button.h"

#include "ui/shades.h"

#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QStyleOptionFocusRect>

namespace platter {

namespace {

constexpr int margin = 8;
constexpr int disc = 22;

} // namespace

StepButton::StepButton(int number, const QString& name, QWidget* parent)
    : QAbstractButton(parent)
    , m_number(number)
{
    setText(name);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    describe();
}

void StepButton::setChoice(const QString& choice)
{
    m_choice = choice;
    describe();
    update();
}

void StepButton::setProgress(Progress progress)
{
    m_progress = progress;
    describe();
    update();
}

void StepButton::describe()
{
    setToolTip(m_choice.isEmpty() ? text() : text() + QLatin1Char('\n') + m_choice);
    switch (m_progress) {
    case Progress::Done:
        setAccessibleName(tr("Step %1, done: %2").arg(m_number).arg(text()));
        break;
    case Progress::Current:
        setAccessibleName(tr("Step %1, shown now: %2").arg(m_number).arg(text()));
        break;
    case Progress::Ahead:
        setAccessibleName(tr("Step %1: %2").arg(m_number).arg(text()));
        break;
    }
    setAccessibleDescription(m_choice);
}

int StepButton::widthFor(const QFont& font, const QString& name)
{
    return margin + disc + margin + QFontMetrics(font).horizontalAdvance(name) + 2 + margin;
}

QSize StepButton::sizeHint() const
{
    return {16 * fontMetrics().averageCharWidth(), 2 * fontMetrics().lineSpacing() + 2 * margin};
}

void StepButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QPalette& colours = palette();
    const bool current = m_progress == Progress::Current;
    if (current || underMouse()) {
        QColor shade = colours.color(QPalette::Highlight);
        shade.setAlphaF(current ? 0.16F : 0.08F);
        painter.setPen(Qt::NoPen);
        painter.setBrush(shade);
        painter.drawRoundedRect(rect(), 6, 6);
    }

    const QRectF circle(margin, (height() - disc) / 2.0, disc, disc);
    const QColor quiet = quietText(colours, QPalette::Base);
    painter.setPen(QPen(current ? colours.color(QPalette::Highlight) : quiet, 1.2));
    painter.setBrush(current ? colours.brush(QPalette::Highlight) : Qt::NoBrush);
    painter.drawEllipse(circle.adjusted(0.6, 0.6, -0.6, -0.6));
    if (m_progress == Progress::Done) {
        QPainterPath check;
        check.moveTo(circle.left() + disc * 0.28, circle.center().y());
        check.lineTo(circle.left() + disc * 0.44, circle.top() + disc * 0.67);
        check.lineTo(circle.left() + disc * 0.73, circle.top() + disc * 0.34);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colours.color(QPalette::Text), 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPath(check);
    } else {
        painter.setPen(current ? colours.color(QPalette::HighlightedText) : quiet);
        painter.drawText(circle, Qt::AlignCenter, locale().toString(m_number));
    }

    const int left = margin + disc + margin;
    const QRect words(left, margin, width() - left - margin, height() - 2 * margin);
    QFont bold = font();
    bold.setWeight(current ? QFont::DemiBold : QFont::Normal);
    painter.setFont(bold);
    painter.setPen(m_progress == Progress::Ahead ? quiet : colours.color(QPalette::Text));
    const bool two = !m_choice.isEmpty();
    painter.drawText(words, Qt::AlignLeft | (two ? Qt::AlignTop : Qt::AlignVCenter),
        QFontMetrics(bold).elidedText(text(), Qt::ElideRight, words.width()));
    if (two) {
        painter.setFont(font());
        painter.setPen(quiet);
        painter.drawText(words, Qt::AlignLeft | Qt::AlignBottom,
            fontMetrics().elidedText(m_choice, Qt::ElideMiddle, words.width()));
    }

    if (hasFocus()) {
        QStyleOptionFocusRect focus;
        focus.initFrom(this);
        focus.rect = rect().adjusted(1, 1, -1, -1);
        focus.backgroundColor = colours.color(QPalette::Base);
        style()->drawPrimitive(QStyle::PE_FrameFocusRect, &focus, &painter, this);
    }
}

void StepButton::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        click();
        return;
    }
    QAbstractButton::keyPressEvent(event);
}

} // namespace platter
