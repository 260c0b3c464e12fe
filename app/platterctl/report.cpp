// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/report.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace platter::ctl {

namespace {

// Names on disks and in signatures are strangers' words, which must not command the terminal.
QString withoutControls(QString text)
{
    for (QChar& c : text) {
        if (c.category() == QChar::Other_Control && c != u'\n' && c != u'\t') {
            c = QChar::ReplacementCharacter;
        }
    }
    return text;
}

void write(std::FILE* file, const QString& text)
{
    const QByteArray bytes = withoutControls(text).toUtf8();
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), file);
    if (!bytes.isEmpty() && !bytes.endsWith('\n')) {
        std::fputc('\n', file);
    }
    std::fflush(file);
}

QString jsonText(const QJsonValue& value)
{
    const QJsonDocument document =
        value.isArray() ? QJsonDocument(value.toArray()) : QJsonDocument(value.toObject());
    return QString::fromUtf8(document.toJson(QJsonDocument::Indented));
}

} // namespace

int Report::done(const QString& text, const QJsonValue& json) const
{
    write(stdout, m_format == OutputFormat::Json ? jsonText(json) : text);
    return exitDone;
}

int Report::failed(const Error& error) const
{
    return failed(std::vector{error});
}

int Report::failed(const std::vector<Error>& errors) const
{
    QJsonArray list;
    for (const Error& error : errors) {
        remark(error);
        list.append(
            QJsonObject{{QStringLiteral("kind"), nameOf(error.kind)}, {QStringLiteral("summary"), error.summary},
                {QStringLiteral("advice"), error.advice}, {QStringLiteral("detail"), error.detail}});
    }
    if (m_format == OutputFormat::Json) {
        write(stdout, jsonText(QJsonObject{{QStringLiteral("errors"), list}}));
    }
    return exitFailed;
}

void Report::remark(const Error& error) const
{
    write(stderr, QStringLiteral("platterctl: ") + error.text());
    if (!error.detail.isEmpty()) {
        write(stderr, indented(error.detail));
    }
}

void Report::progress(const QString& text) const
{
    if (isatty(STDERR_FILENO) != 0) {
        write(stderr, text);
    }
}

QString indented(const QString& detail)
{
    return QStringLiteral("    ") + detail.trimmed().replace(QLatin1Char('\n'), QLatin1String("\n    "));
}

QString table(const QStringList& heading, const std::vector<QStringList>& rows)
{
    std::vector<QStringList> lines{heading};
    lines.insert(lines.end(), rows.begin(), rows.end());
    std::vector<qsizetype> widths(static_cast<std::size_t>(heading.size()), 0);
    for (const QStringList& line : lines) {
        for (qsizetype i = 0; i < line.size(); ++i) {
            auto& width = widths[static_cast<std::size_t>(i)];
            width = std::max(width, line[i].size());
        }
    }
    QString text;
    for (const QStringList& line : lines) {
        QString row;
        for (qsizetype i = 0; i < line.size(); ++i) {
            row += line[i].leftJustified(widths[static_cast<std::size_t>(i)] + 2);
        }
        text += row.trimmed() + QLatin1Char('\n');
    }
    return text;
}

} // namespace platter::ctl
