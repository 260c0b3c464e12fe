// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/qemu_program.h"

#include <QCoreApplication>
#include <QCoroProcess>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QSaveFile>
#include <QStandardPaths>
#include <QVersionNumber>

#include <chrono>

namespace platter {

namespace {

using namespace std::chrono_literals;

const QString programName = QStringLiteral("qemu-system-x86_64");

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::QemuProgram)
};

// The cache: {"path", "size", "modified", "version"} of the program asked last.
QString cacheFile(const QString& folder)
{
    return folder + QStringLiteral("/qemu-version.json");
}

QJsonObject identityOf(const QString& path)
{
    const QFileInfo file(path);
    return {{QStringLiteral("path"), path}, {QStringLiteral("size"), QString::number(file.size())},
        {QStringLiteral("modified"), QString::number(file.lastModified().toMSecsSinceEpoch())}};
}

QString versionFromCache(const QString& folder, const QString& path)
{
    QFile file(cacheFile(folder));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    QJsonObject entry = QJsonDocument::fromJson(file.readAll()).object();
    const QString version = entry.take(QStringLiteral("version")).toString();
    return entry == identityOf(path) ? version : QString();
}

// A cache that cannot be written costs time, and nothing else.
void rememberVersion(const QString& folder, const QString& path, const QString& version)
{
    QJsonObject entry = identityOf(path);
    entry.insert(QStringLiteral("version"), version);
    QSaveFile file(cacheFile(folder));
    if (QDir().mkpath(folder) && file.open(QIODevice::WriteOnly)) {
        file.write(QJsonDocument(entry).toJson());
        file.commit();
    }
}

QCoro::Task<Result<QString>> ask(QString path)
{
    QProcess process;
    process.setProgram(path);
    process.setArguments({QStringLiteral("--version")});
    process.setProcessChannelMode(QProcess::MergedChannels);
    const bool started = co_await qCoro(process).start(QIODevice::ReadOnly, 5s);
    if (!started) {
        co_return std::unexpected(Error{ErrorKind::Qemu, Texts::tr("QEMU cannot be run: %1.").arg(path),
            Texts::tr("Install the package qemu-system-x86 anew."), process.errorString()});
    }
    if (process.state() != QProcess::NotRunning && !co_await qCoro(process).waitForFinished(10s)) {
        process.kill();
        process.waitForFinished(1000);
        co_return std::unexpected(
            Error{ErrorKind::TimedOut, Texts::tr("QEMU did not say its version within 10 seconds: %1.").arg(path),
                Texts::tr("Try again when the computer is less busy."), {}});
    }
    const QString words = QString::fromUtf8(process.readAll());
    static const QRegularExpression pattern(QStringLiteral("QEMU emulator version ([0-9]+(?:\\.[0-9]+)+)"));
    const QRegularExpressionMatch match = pattern.match(words);
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0 || !match.hasMatch()) {
        co_return std::unexpected(Error{ErrorKind::Qemu, Texts::tr("QEMU does not say its version: %1.").arg(path),
            Texts::tr("Install the package qemu-system-x86 anew."), words.trimmed()});
    }
    co_return match.captured(1);
}

} // namespace

QCoro::Task<Result<QemuProgram>> findQemu(QString cacheFolder)
{
    const QString path = QStandardPaths::findExecutable(programName);
    if (path.isEmpty()) {
        co_return std::unexpected(Error{ErrorKind::MissingProgram,
            Texts::tr("QEMU is not installed: there is no program %1.").arg(programName),
            Texts::tr("Install the package that brings it: qemu-system-x86 on Debian, Ubuntu and Fedora, "
                      "qemu-x86 on openSUSE, qemu-system-x86 on Arch."),
            Texts::tr("Searched in PATH: %1").arg(qEnvironmentVariable("PATH"))});
    }
    QString version = versionFromCache(cacheFolder, path);
    if (version.isEmpty()) {
        const Result<QString> answer = co_await ask(path);
        if (!answer) {
            co_return std::unexpected(answer.error());
        }
        version = *answer;
        rememberVersion(cacheFolder, path, version);
    }
    if (QVersionNumber::fromString(version) < QVersionNumber(7, 2)) {
        co_return std::unexpected(
            Error{ErrorKind::Unsupported, Texts::tr("QEMU %1 is too old; Platter needs 7.2 or later.").arg(version),
                Texts::tr("Update the package qemu-system-x86."), path});
    }
    co_return QemuProgram{path, version};
}

} // namespace platter
