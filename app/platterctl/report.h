// SPDX-License-Identifier: GPL-3.0-or-later
// What platterctl prints: results on stdout (text, or one JSON document with --json), everything else on stderr.
#pragma once

#include "core/error.h"

#include <QJsonValue>
#include <QStringList>

#include <vector>

namespace platter::ctl {

// Exit codes, part of the command line's contract.
inline constexpr int exitDone = 0;
inline constexpr int exitFailed = 1; // said why on stderr
inline constexpr int exitUsage = 2; // the words on the command line are off

enum class OutputFormat { Text, Json };

class Report {
public:
    explicit Report(OutputFormat format)
        : m_format(format)
    {
    }

    // The result: TEXT for people, JSON for programs. Returns exitDone.
    int done(const QString& text, const QJsonValue& json) const;
    // "platterctl: summary advice", with the detail on lines of its own. Returns exitFailed.
    int failed(const Error& error) const;
    int failed(const std::vector<Error>& errors) const;
    // What is wrong beside the verb's own matter, as failed() says it; the verb goes on.
    void remark(const Error& error) const;
    // What is going on, for people who wait; only where stderr is a terminal.
    void progress(const QString& text) const;

private:
    OutputFormat m_format;
};

// The lines of DETAIL, set apart from the sentence before them.
QString indented(const QString& detail);
// Left-aligned columns under a heading, two spaces apart.
QString table(const QStringList& heading, const std::vector<QStringList>& rows);

} // namespace platter::ctl
