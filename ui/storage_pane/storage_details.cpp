// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage_pane/storage_details.h"

#include "ui/shades.h"

#include <QEvent>
#include <QScrollBar>
#include <QTextBlock>

namespace platter {

namespace {

constexpr int margin = 12;
constexpr int usualWidth = 280;

} // namespace

StorageDetails::StorageDetails(QWidget* parent)
    : QTextEdit(parent)
{
    setObjectName(QStringLiteral("storageDetails"));
    setAccessibleName(tr("Details of what is selected"));
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setTabChangesFocus(true);
    setFrameShape(QFrame::NoFrame);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere); // paths and identifiers have no spaces
    document()->setDocumentMargin(margin);
    viewport()->setBackgroundRole(QPalette::Window);
    setMinimumWidth(usualWidth / 2);
}

QSize StorageDetails::sizeHint() const
{
    return {usualWidth, 200};
}

void StorageDetails::setFacts(const StorageFacts& facts)
{
    if (facts == m_facts) {
        return;
    }
    const bool isSame = facts.title == m_facts.title;
    const QTextCursor before = textCursor();
    const int anchor = before.anchor();
    const int position = before.position();
    const int scrolled = verticalScrollBar()->value();
    m_facts = facts;
    fill();
    if (isSame) {
        const int end = document()->characterCount() - 1;
        QTextCursor cursor = textCursor();
        cursor.setPosition(qMin(anchor, end));
        cursor.setPosition(qMin(position, end), QTextCursor::KeepAnchor);
        setTextCursor(cursor);
        verticalScrollBar()->setValue(scrolled);
    }
}

void StorageDetails::fill()
{
    clear();
    QTextCursor cursor(document());
    const QColor plain = palette().color(QPalette::WindowText);
    bool isFirst = true;
    const auto add = [&](const QString& text, const QColor& colour, QFont::Weight weight, int above) {
        QTextBlockFormat block;
        block.setTopMargin(above);
        QTextCharFormat letters;
        letters.setForeground(colour);
        letters.setFontWeight(weight);
        if (isFirst) {
            cursor.setBlockFormat(block);
            cursor.setBlockCharFormat(letters);
            isFirst = false;
        } else {
            cursor.insertBlock(block, letters);
        }
        cursor.insertText(text, letters);
    };
    if (!m_facts.title.isEmpty()) {
        add(m_facts.title, plain, QFont::Bold, 0);
    }
    for (const QString& sentence : m_facts.sentences) {
        add(sentence, plain, QFont::Normal, 8);
    }
    for (const NamedFact& fact : m_facts.facts) {
        add(fact.name, quietText(palette(), QPalette::Window), QFont::Normal, 8);
        const QStringList lines = fact.value.split(QLatin1Char('\n'));
        for (const QString& line : lines) {
            add(line, plain, QFont::Normal, 0);
        }
    }
    moveCursor(QTextCursor::Start);
}

void StorageDetails::changeEvent(QEvent* event)
{
    QTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        fill();
    }
}

} // namespace platter
