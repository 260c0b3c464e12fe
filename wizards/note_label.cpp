// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/note_label.h"

#include "wizards/shades.h"

#include <QApplication>
#include <QEvent>

namespace platter {

NoteLabel::NoteLabel(const QString& text, QWidget* parent)
    : QLabel(text, parent)
{
    setWordWrap(true);
    setTextFormat(Qt::PlainText);
    setMinimumWidth(1);
    colour();
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
    colours.setColor(QPalette::Active, QPalette::WindowText, quietText(colours, QPalette::Window));
    colours.setColor(QPalette::Inactive, QPalette::WindowText, quietText(colours, QPalette::Window));
    setPalette(colours);
    m_colouring = false;
}

} // namespace platter
