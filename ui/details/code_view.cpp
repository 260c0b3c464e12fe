// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/code_view.h"

#include "ui/details/highlighting.h"

#include <KSyntaxHighlighting/Definition>
#include <KSyntaxHighlighting/SyntaxHighlighter>
#include <KSyntaxHighlighting/Theme>
#include <QEvent>
#include <QFontDatabase>
#include <QScrollBar>

namespace platter {

CodeView::CodeView(const Highlighting& highlighting, const QString& definition, QWidget* parent)
    : QPlainTextEdit(parent)
    , m_highlighting(highlighting)
{
    setReadOnly(true);
    setUndoRedoEnabled(false);
    setTabChangesFocus(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setMaximumBlockCount(maximumLines);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_highlighter = new KSyntaxHighlighting::SyntaxHighlighter(document());
    m_highlighter->setTheme(highlighting.theme(palette()));
    m_highlighter->setDefinition(highlighting.definition(definition));
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

void CodeView::changeEvent(QEvent* event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_highlighter != nullptr) {
        const KSyntaxHighlighting::Theme theme = m_highlighting.theme(palette());
        if (theme.name() != m_highlighter->theme().name()) {
            m_highlighter->setTheme(theme);
            m_highlighter->rehighlight();
        }
    }
}

} // namespace platter
