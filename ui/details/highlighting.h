// SPDX-License-Identifier: GPL-3.0-or-later
// Colours for text, by KDE's syntax definitions and themes. They are a module (core/module.h) that is loaded when
// the first text is shown: most sessions never look at one. GUI thread.
#pragma once

#include <QString>

class QPlainTextEdit;

namespace platter {

// VIEW's text gets the colours of a syntax definition ("JSON", "Bash") in the theme that fits VIEW's palette, now
// and when that changes; the first PREFIX characters of each line stay quiet. Where the module is missing the text
// stays plain.
void highlight(QPlainTextEdit* view, const QString& definition, int prefix);

} // namespace platter
