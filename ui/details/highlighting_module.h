// SPDX-License-Identifier: GPL-3.0-or-later
// The module platter-highlighting, which brings KDE's syntax highlighting and, below it, Qt Network:
// highlighting.cpp loads it.
#pragma once

#include <QString>
#include <QtCompilerDetection>

class QPlainTextEdit;

// As platter::highlight(). False where there is no such definition.
extern "C" Q_DECL_EXPORT bool platterHighlight(QPlainTextEdit* view, const QString& definition, int prefix);
