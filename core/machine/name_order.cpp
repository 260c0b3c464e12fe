// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/name_order.h"

#include <QLocale>

namespace platter {

namespace {

// Printable ASCII in the order of CLDR's root collation (https://www.unicode.org/charts/collation/), letters in
// lower case.
constexpr QLatin1StringView rootOrder(" _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz");

QLocale locale()
{
    // The C locale has no such order.
    return QLocale::system().language() == QLocale::C ? QLocale(QLocale::English) : QLocale::system();
}

// Others move letters or pairs of them: Lithuanian has y beside i, Danish aa at the end.
bool sortsAsRoot(QLocale::Language language)
{
    switch (language) {
    case QLocale::English:
    case QLocale::French:
    case QLocale::German:
    case QLocale::Italian:
    case QLocale::Dutch:
    case QLocale::Portuguese:
        return true;
    default:
        return false;
    }
}

bool isDigit(QChar c)
{
    return c >= QLatin1Char('0') && c <= QLatin1Char('9');
}

// The number that TEXT begins with, without leading zeros; TEXT goes on behind it.
QStringView takeNumber(QStringView& text)
{
    const auto* const end = std::ranges::find_if_not(text, isDigit);
    QStringView number(text.begin(), end);
    text = QStringView(end, text.end());
    while (number.size() > 1 && number.front() == QLatin1Char('0')) {
        number = number.sliced(1);
    }
    return number;
}

// Negative, zero or positive, like the collator's.
qsizetype compareAscii(QStringView a, QStringView b)
{
    while (!a.isEmpty() && !b.isEmpty()) {
        if (isDigit(a.front()) && isDigit(b.front())) {
            const QStringView one = takeNumber(a);
            const QStringView other = takeNumber(b);
            const qsizetype order = one.size() != other.size() ? one.size() - other.size() : one.compare(other);
            if (order != 0) {
                return order;
            }
            continue;
        }
        const qsizetype order = rootOrder.indexOf(a.front().toLower()) - rootOrder.indexOf(b.front().toLower());
        if (order != 0) {
            return order;
        }
        a = a.sliced(1);
        b = b.sliced(1);
    }
    return a.size() - b.size();
}

} // namespace

NameOrder::NameOrder(Alphabet alphabet)
{
    if (alphabet == Alphabet::Any || !sortsAsRoot(locale().language())) {
        m_collator.emplace(locale());
        m_collator->setNumericMode(true);
        m_collator->setCaseSensitivity(Qt::CaseInsensitive);
    }
}

NameOrder::Alphabet NameOrder::alphabetOf(const QString& name)
{
    const bool isPlain =
        std::ranges::all_of(name, [](QChar c) { return c >= QLatin1Char(' ') && c <= QLatin1Char('~'); });
    return isPlain ? Alphabet::Ascii : Alphabet::Any;
}

bool NameOrder::operator()(const QString& a, const QString& b) const
{
    const qsizetype order = m_collator ? m_collator->compare(a, b) : compareAscii(a, b);
    return order != 0 ? order < 0 : a < b;
}

} // namespace platter
