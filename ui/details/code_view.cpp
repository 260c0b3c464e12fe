// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/code_view.h"

#include "ui/details/highlighting.h"
#include "ui/shades.h"

#include <KSyntaxHighlighting/Definition>
#include <KSyntaxHighlighting/Format>
#include <KSyntaxHighlighting/SyntaxHighlighter>
#include <KSyntaxHighlighting/Theme>
#include <QEvent>
#include <QFontDatabase>
#include <QScrollBar>

namespace platter {

namespace {

// Leaves the beginning of each line in the palette's quiet colour, whatever the definition thinks of it.
class PrefixHighlighter : public KSyntaxHighlighting::SyntaxHighlighter {
public:
    PrefixHighlighter(QPlainTextEdit* view, int prefix)
        : SyntaxHighlighter(view->document())
        , m_view(view)
        , m_prefix(prefix)
    {
    }

protected:
    void applyFormat(int offset, int length, const KSyntaxHighlighting::Format& format) override
    {
        if (offset >= m_prefix) {
            SyntaxHighlighter::applyFormat(offset, length, format);
            return;
        }
        setFormat(offset, qMin(length, m_prefix - offset), quietText(m_view->palette(), QPalette::Base));
        if (offset + length > m_prefix) {
            SyntaxHighlighter::applyFormat(m_prefix, offset + length - m_prefix, format);
        }
    }

private:
    QPlainTextEdit* m_view;
    int m_prefix;
};

} // namespace

CodeView::CodeView(const Highlighting& highlighting, const QString& definition, int prefix)
    : m_highlighting(highlighting)
{
    setReadOnly(true);
    setUndoRedoEnabled(false);
    setTabChangesFocus(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setMaximumBlockCount(maximumLines);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_highlighter = new PrefixHighlighter(this, prefix);
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
