// SPDX-License-Identifier: GPL-3.0-or-later
// Read-only text in a fixed-width font, highlighted in the palette's theme. Text that is appended keeps the end in
// sight as long as nobody has scrolled away from it; the oldest lines go when there are too many. GUI thread.
#pragma once

#include <QPlainTextEdit>

namespace platter {

class CodeView : public QPlainTextEdit {
    Q_OBJECT

public:
    static constexpr int maximumLines = 5000;

    // DEFINITION is the name of a syntax definition; it does not concern the first PREFIX characters of each line.
    explicit CodeView(const QString& definition, int prefix = 0);

    // Replaces the text where it differs; the scroll position stays.
    void setText(const QString& text);
    // Adds text at the end, which may begin or end amid a line.
    void appendText(const QString& text);
};

} // namespace platter
