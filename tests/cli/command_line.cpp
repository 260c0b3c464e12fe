// SPDX-License-Identifier: GPL-3.0-or-later
#include "command_line.h"

#include <QDir>
#include <QFile>

CommandLine::CommandLine()
    : m_home(QStringLiteral("/tmp/pctl-XXXXXX"))
    , m_environment(QProcessEnvironment::systemEnvironment())
{
    for (const char* name : {"DATA_HOME", "CACHE_HOME", "CONFIG_HOME", "RUNTIME_DIR"}) {
        const QString folder = path(QString::fromLatin1(name));
        QDir().mkdir(folder);
        QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        m_environment.insert(QLatin1String("XDG_") + QLatin1String(name), folder);
    }
}

Outcome CommandLine::run(const QString& words) const
{
    return run(words.split(QLatin1Char(' ')));
}

Outcome CommandLine::run(const QStringList& arguments) const
{
    QProcess process;
    process.setProcessEnvironment(m_environment);
    process.setWorkingDirectory(m_home.path());
    process.start(QStringLiteral(PLATTER_BINARY_DIR "/bin/platterctl"), arguments);
    if (!process.waitForFinished(120'000)) {
        process.kill();
        process.waitForFinished();
        return {};
    }
    return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
        QString::fromUtf8(process.readAllStandardError())};
}
