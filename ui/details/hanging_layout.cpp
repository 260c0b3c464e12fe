// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/hanging_layout.h"

#include <QFontMetricsF>
#include <QTextBlock>
#include <QTextDocument>
#include <QTextLayout>

#include <algorithm>

namespace platter {

namespace {

constexpr int furtherIn = 4; // characters
constexpr double most = 0.5; // of the width: a narrow window keeps room for text

bool hangs(const QTextLayout& lines)
{
    return lines.lineCount() < 2 || lines.lineAt(1).x() > lines.lineAt(0).x();
}

double indentation(const QTextBlock& block)
{
    const QString text = block.text();
    const auto begin = std::ranges::find_if_not(text, [](QChar c) { return c.isSpace(); });
    const auto characters = furtherIn + std::distance(text.begin(), begin);
    return QFontMetricsF(block.document()->defaultFont()).horizontalAdvance(QLatin1Char(' '))
        * static_cast<double>(characters);
}

} // namespace

QRectF HangingLayout::blockBoundingRect(const QTextBlock& block) const
{
    const QRectF plain = QPlainTextDocumentLayout::blockBoundingRect(block);
    if (!block.isValid() || !block.isVisible() || hangs(*block.layout())) {
        return plain;
    }
    // As the class below does: a block is laid out when somebody wants to know where it is.
    const_cast<HangingLayout*>(this)->hang(block);
    return QPlainTextDocumentLayout::blockBoundingRect(block);
}

void HangingLayout::hang(QTextBlock block)
{
    QTextLayout& lines = *block.layout();
    const double width = lines.lineAt(0).width();
    const double margin = lines.lineAt(0).x();
    const double in = std::min(indentation(block), width * most);
    double height = lines.lineAt(0).y();
    lines.beginLayout();
    for (QTextLine line = lines.createLine(); line.isValid(); line = lines.createLine()) {
        const bool isFirst = line.lineNumber() == 0;
        line.setLeadingIncluded(true);
        line.setLineWidth(isFirst ? width : width - in);
        line.setPosition({isFirst ? margin : margin + in, height});
        height += line.height();
    }
    lines.endLayout();
    const int before = document()->lineCount();
    block.setLineCount(lines.lineCount());
    if (document()->lineCount() != before) {
        Q_EMIT documentSizeChanged(documentSize());
    }
}

} // namespace platter
