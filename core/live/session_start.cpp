// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/session_start.h"

#include "core/durable_file.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include <algorithm>
#include <cerrno>
#include <unistd.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::SessionStart)
};

// As the Desktop Entry Specification has it for Exec: in quotes, and the escapes of a string on top of its own.
QString asExecWord(const QString& word)
{
    QString quoted;
    for (const QChar c : word) {
        if (c == u'"' || c == u'`' || c == u'$' || c == u'\\') {
            quoted += u'\\';
        }
        quoted += c == u'%' ? QStringLiteral("%%") : QString(c);
    }
    return QLatin1Char('"') + quoted.replace(QLatin1Char('\\'), QStringLiteral("\\\\")) + QLatin1Char('"');
}

} // namespace

QString sessionStartFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
        + QStringLiteral("/autostart/org.platter.Platter.machines.desktop");
}

Result<void> keepSessionStart(const MachineStore& store, const QString& program, const QString& file)
{
    const QString what = Texts::tr("Having machines started when you log in");
    const std::vector<StoreEntry> machines = store.list();
    const bool isWanted = std::ranges::any_of(
        machines, [](const StoreEntry& entry) { return entry.definition && entry.definition->startsWithSession; });
    if (!isWanted) {
        if (::unlink(QFile::encodeName(file).constData()) != 0 && errno != ENOENT) {
            return std::unexpected(systemError(what, file, errno));
        }
        return {};
    }
    if (!QDir().mkpath(QFileInfo(file).path())) {
        return std::unexpected(systemError(what, QFileInfo(file).path(), ENOTDIR));
    }
    return replaceContent(what, file,
        QStringLiteral("[Desktop Entry]\nType=Application\nName=%1\nExec=%2 machine start --with-session\n"
                       "Icon=org.platter.Platter\nNoDisplay=true\n")
            .arg(Texts::tr("Virtual machines that start with the session"), asExecWord(program))
            .toUtf8());
}

} // namespace platter
