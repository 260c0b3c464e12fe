// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/shell_words.h"

#include <QRegularExpression>

namespace platter {

QString shellQuoted(const QString& word)
{
    static const QRegularExpression needsQuotes(QStringLiteral("[^A-Za-z0-9_@%+=:,./-]"));
    return word.isEmpty() || word.contains(needsQuotes)
        ? QLatin1Char('\'') + QString(word).replace(QLatin1Char('\''), QLatin1String("'\\''")) + QLatin1Char('\'')
        : word;
}

} // namespace platter
