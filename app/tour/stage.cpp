// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tour/stage.h"

#include <QDir>
#include <QStandardPaths>

namespace platter::tour {

namespace {

constexpr int startMilliseconds = 30'000;

Result<QString> program(const QString& name, const QString& package)
{
    const QString path = QStandardPaths::findExecutable(name);
    if (path.isEmpty()) {
        return std::unexpected(
            Error{ErrorKind::MissingProgram, QStringLiteral("The tour needs %1, which is not installed.").arg(name),
                QStringLiteral("Install the package %1.").arg(package)});
    }
    return path;
}

// The first line that PROCESS writes; without its end where none comes.
QByteArray firstLine(QProcess& process)
{
    QByteArray line;
    while (!line.endsWith('\n') && process.waitForReadyRead(startMilliseconds)) {
        line += process.readAllStandardOutput();
    }
    return line;
}

void stop(QProcess& process)
{
    if (process.state() != QProcess::NotRunning) {
        process.terminate();
        if (!process.waitForFinished(startMilliseconds)) {
            process.kill();
            process.waitForFinished();
        }
    }
}

} // namespace

Result<std::unique_ptr<Stage>> Stage::build()
{
    std::unique_ptr<Stage> stage(new Stage);
    if (!stage->m_home.isValid()) {
        return std::unexpected(Error{ErrorKind::InputOutput,
            QStringLiteral("The tour could not make a folder in /tmp."), {}, stage->m_home.errorString()});
    }
    for (const char* name : {"DATA", "RUNTIME", "CACHE", "CONFIG"}) {
        const QByteArray folder = QFile::encodeName(stage->m_home.filePath(QString::fromLatin1(name).toLower()));
        QDir().mkdir(QFile::decodeName(folder));
        QFile::setPermissions(QFile::decodeName(folder), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        const QByteArray variable = QByteArray("XDG_") + name + (qstrcmp(name, "RUNTIME") == 0 ? "_DIR" : "_HOME");
        qputenv(variable.constData(), folder);
    }
    if (const Result<QString> hand = program(QStringLiteral("xdotool"), QStringLiteral("xdotool")); !hand) {
        return std::unexpected(hand.error());
    }
    qputenv("QT_QPA_PLATFORM", "xcb");
    if (qEnvironmentVariableIsEmpty("DISPLAY")) {
        if (const Result<void> up = stage->raiseDisplay(); !up) {
            return std::unexpected(up.error());
        }
    }
    return stage;
}

Result<void> Stage::raiseDisplay()
{
    const Result<QString> server = program(QStringLiteral("Xvfb"), QStringLiteral("xvfb"));
    if (!server) {
        return std::unexpected(server.error());
    }
    const Result<QString> manager = program(QStringLiteral("openbox"), QStringLiteral("openbox"));
    if (!manager) {
        return std::unexpected(manager.error());
    }
    // Xvfb chooses a free display and writes its number when it is ready.
    m_display.setProcessChannelMode(QProcess::SeparateChannels);
    m_display.start(*server,
        {QStringLiteral("-displayfd"), QStringLiteral("1"), QStringLiteral("-screen"), QStringLiteral("0"),
            QStringLiteral("1440x900x24"), QStringLiteral("-nolisten"), QStringLiteral("tcp"),
            QStringLiteral("-noreset")});
    const QByteArray number = firstLine(m_display);
    if (!number.endsWith('\n')) {
        return std::unexpected(Error{ErrorKind::MissingProgram,
            QStringLiteral("The virtual display did not come up."), QStringLiteral("Try whether 'Xvfb :99' runs."),
            QString::fromLocal8Bit(m_display.readAllStandardError())});
    }
    qputenv("DISPLAY", ":" + number.trimmed());
    // A window that is there before its manager never becomes active: wait until it manages.
    m_windowManager.start(*manager, {QStringLiteral("--startup"), QStringLiteral("echo ready")});
    if (!firstLine(m_windowManager).endsWith('\n')) {
        return std::unexpected(Error{ErrorKind::MissingProgram,
            QStringLiteral("The window manager of the virtual display did not come up."),
            QStringLiteral("Try whether openbox runs."),
            QString::fromLocal8Bit(m_windowManager.readAllStandardError())});
    }
    return {};
}

Stage::~Stage()
{
    stop(m_windowManager);
    stop(m_display);
}

} // namespace platter::tour
