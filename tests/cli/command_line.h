// SPDX-License-Identifier: GPL-3.0-or-later
// Runs platterctl as a user's shell does, in folders of its own.
#pragma once

#include <QJsonDocument>
#include <QProcess>
#include <QTemporaryDir>

struct Outcome {
    int code = -1;
    QString out;
    QString err;

    QJsonDocument json() const { return QJsonDocument::fromJson(out.toUtf8()); }
};

class CommandLine {
public:
    CommandLine();

    // "disk info FILE": words at spaces; what has spaces itself goes through run(QStringList).
    Outcome run(const QString& words) const;
    Outcome run(const QStringList& arguments) const;

    QString path(const QString& name) const { return m_home.filePath(name); }

    // A variable of the environment from now on.
    void set(const QString& variable, const QString& value) { m_environment.insert(variable, value); }

    const QProcessEnvironment& environment() const { return m_environment; }

private:
    QTemporaryDir m_home;
    QProcessEnvironment m_environment;
};
