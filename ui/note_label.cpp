// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/note_label.h"

#include "ui/shades.h"

#include <QApplication>
#include <QEvent>

namespace platter {

NoteLabel::NoteLabel(const QString& text, QWidget* parent)
    : QLabel(text, parent)
{
    setWordWrap(true);
    setTextFormat(Qt::PlainText);
    colour();
}

void NoteLabel::setShade(Shade shade)
{
    m_shade = shade;
    colour();
}

QSize NoteLabel::sizeHint() const
{
    // As wide as it likes to be; the layout asks heightForWidth() for the rest.
    return {fontMetrics().averageCharWidth() * 40, fontMetrics().lineSpacing()};
}

QSize NoteLabel::minimumSizeHint() const
{
    return {1, fontMetrics().lineSpacing()};
}

void NoteLabel::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::ApplicationPaletteChange) {
        colour();
    }
}

void NoteLabel::colour()
{
    if (m_colouring) {
        return; // setting the palette comes back here
    }
    m_colouring = true;
    QPalette colours = QApplication::palette(this);
    if (m_shade != Shade::Plain) {
        const QColor shade = m_shade == Shade::Error ? errorShade(colours) : quietText(colours, QPalette::Window);
        colours.setColor(QPalette::Active, QPalette::WindowText, shade);
        colours.setColor(QPalette::Inactive, QPalette::WindowText, shade);
    }
    setPalette(colours);
    m_colouring = false;
}

} // namespace platter
