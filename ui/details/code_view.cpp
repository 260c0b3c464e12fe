// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/code_view.h"

#include "ui/details/hanging_layout.h"
#include "ui/details/highlighting.h"

#include <QFontDatabase>
#include <QScrollBar>
#include <QTextDocument>

namespace platter {

CodeView::CodeView(const QString& definition, int prefix)
{
    auto* text = new QTextDocument(this);
    text->setDocumentLayout(new HangingLayout(text));
    setDocument(text);
    setReadOnly(true);
    setUndoRedoEnabled(false);
    setTabChangesFocus(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setMaximumBlockCount(maximumLines);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    highlight(this, definition, prefix);
}

void CodeView::setText(const QString& text)
{
    if (text == toPlainText()) {
        return;
    }
    const int position = verticalScrollBar()->value();
    setPlainText(text);
    verticalScrollBar()->setValue(position);
}

void CodeView::appendText(const QString& text)
{
    const bool isAtEnd = verticalScrollBar()->value() >= verticalScrollBar()->maximum();
    QTextCursor cursor(document());
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(text);
    if (isAtEnd) {
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    }
}

} // namespace platter
