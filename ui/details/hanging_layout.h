// SPDX-License-Identifier: GPL-3.0-or-later
// Lays out the text of a QPlainTextEdit so that what is left of a wrapped line stands further in than its
// beginning: a list of options or nested JSON keeps its shape in a narrow window. GUI thread; owned by its
// document.
#pragma once

#include <QPlainTextDocumentLayout>

namespace platter {

class HangingLayout : public QPlainTextDocumentLayout {
    Q_OBJECT

public:
    using QPlainTextDocumentLayout::QPlainTextDocumentLayout;

    // Asked for each block before it is painted.
    QRectF blockBoundingRect(const QTextBlock& block) const override;

private:
    void hang(QTextBlock block);
};

} // namespace platter
