// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/byte_count.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>

#include <array>
#include <cmath>
#include <limits>

namespace platter {

namespace {

constexpr std::array unitLetters{u'K', u'M', u'G', u'T', u'P'};

Error invalid(const QString& text, const char* why)
{
    return Error{ErrorKind::InvalidInput, QCoreApplication::translate("platter::ByteCount", why).arg(text),
        QCoreApplication::translate("platter::ByteCount", "Write a size as in 40G, 40 GiB or 512M.")};
}

} // namespace

Result<ByteCount> ByteCount::parse(const QString& text)
{
    static const QRegularExpression pattern(
        QStringLiteral("^\\s*(\\d+)(?:[.,](\\d+))?\\s*(?:([KMGTP])(?:iB|B)?|bytes|B)?\\s*$"),
        QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch match = pattern.match(text);
    if (!match.hasMatch()) {
        return std::unexpected(invalid(text, QT_TRANSLATE_NOOP("platter::ByteCount", "“%1” is not a size.")));
    }
    const QString unit = match.captured(3).toUpper();
    std::uint64_t factor = 1;
    if (!unit.isEmpty()) {
        for (std::size_t i = 0; i < unitLetters.size(); ++i) {
            if (unit.at(0) == unitLetters[i]) {
                factor = std::uint64_t(1) << (10 * (i + 1));
            }
        }
    }
    const auto tooLarge = [&] {
        return invalid(text, QT_TRANSLATE_NOOP("platter::ByteCount", "%1 is larger than any disk can be."));
    };
    bool ok = false;
    const std::uint64_t whole = match.captured(1).toULongLong(&ok);
    std::uint64_t bytes = 0;
    if (!ok || __builtin_mul_overflow(whole, factor, &bytes)) {
        return std::unexpected(tooLarge());
    }
    if (const QString fraction = match.captured(2); !fraction.isEmpty()) {
        const long double part =
            QString(QLatin1String("0.") + fraction).toDouble() * static_cast<long double>(factor);
        if (part != std::floor(part)) {
            return std::unexpected(
                invalid(text, QT_TRANSLATE_NOOP("platter::ByteCount", "%1 is not a whole number of bytes.")));
        }
        if (__builtin_add_overflow(bytes, static_cast<std::uint64_t>(part), &bytes)) {
            return std::unexpected(tooLarge());
        }
    }
    if (bytes > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return std::unexpected(tooLarge());
    }
    return ByteCount(bytes);
}

QString ByteCount::toString() const
{
    if (m_bytes < 1024) {
        return QCoreApplication::translate("platter::ByteCount", "%n byte(s)", nullptr, static_cast<int>(m_bytes))
            .replace(QLatin1String("byte(s)"), m_bytes == 1 ? QLatin1String("byte") : QLatin1String("bytes"));
    }
    std::size_t unit = 0;
    double value = static_cast<double>(m_bytes) / 1024;
    while (value >= 1024 && unit + 1 < unitLetters.size()) {
        value /= 1024;
        ++unit;
    }
    const QLocale locale;
    QString number = locale.toString(value, 'f', 2);
    const QString point = locale.decimalPoint();
    while (number.contains(point) && (number.endsWith(QLatin1Char('0')) || number.endsWith(point))) {
        number.chop(number.endsWith(point) ? point.size() : 1);
    }
    return QStringLiteral("%1 %2iB").arg(number).arg(QChar(unitLetters[unit]));
}

QString ByteCount::toExactString() const
{
    std::uint64_t value = m_bytes;
    std::size_t unit = 0;
    while (value != 0 && value % 1024 == 0 && unit < unitLetters.size()) {
        value /= 1024;
        ++unit;
    }
    return unit == 0 ? QString::number(value) : QString::number(value) + QChar(unitLetters[unit - 1]);
}

} // namespace platter
