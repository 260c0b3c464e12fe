// SPDX-License-Identifier: GPL-3.0-or-later
// Runs one of the tools that people partition and format disks with.
#pragma once

#include <QProcess>

namespace platter {

struct ToolRun {
    bool isGood = false;
    QString output; // standard output and error
};

inline ToolRun runTool(const QString& program, const QStringList& arguments, const QByteArray& input = {})
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60000)) {
        return {false, program + QLatin1String(": ") + process.errorString()};
    }
    return {process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0,
        QString::fromLocal8Bit(process.readAll())};
}

} // namespace platter
