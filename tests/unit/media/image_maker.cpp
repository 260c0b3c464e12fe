// SPDX-License-Identifier: GPL-3.0-or-later
#include "image_maker.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QSet>

namespace platter {

QString ImageMaker::write(const QString& name, const QByteArray& bytes) const
{
    QDir().mkpath(QFileInfo(path(name)).path());
    QFile file(path(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.flush()) {
        return file.errorString();
    }
    return {};
}

QByteArray ImageMaker::bytes(const QString& name) const
{
    QFile file(path(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString ImageMaker::run(const QString& program, const QStringList& arguments) const
{
    QProcess process;
    process.setWorkingDirectory(m_folder.path());
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    if (!process.waitForFinished(30000)) {
        return program + QLatin1String(": ") + process.errorString();
    }
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        return program + QLatin1String(": ") + QString::fromLocal8Bit(process.readAll());
    }
    return {};
}

QString ImageMaker::makeFat(const QString& name, int kibibytes, const QStringList& format,
    const QList<QPair<QString, QByteArray>>& files) const
{
    QString fault = run(
        QStringLiteral("mkfs.vfat"), format + QStringList{QStringLiteral("-C"), name, QString::number(kibibytes)});
    QSet<QString> made;
    for (const auto& [file, contents] : files) {
        const QStringList parts = file.split(QLatin1Char('/'));
        for (qsizetype depth = 1; depth < parts.size() && fault.isEmpty(); ++depth) {
            const QString folder = parts.first(depth).join(QLatin1Char('/'));
            if (!made.contains(folder)) {
                made.insert(folder);
                fault = run(QStringLiteral("mmd"), {QStringLiteral("-i"), name, QStringLiteral("::/") + folder});
            }
        }
        if (fault.isEmpty()) {
            fault = write(QStringLiteral("contents"), contents);
        }
        if (fault.isEmpty()) {
            fault = run(QStringLiteral("mcopy"),
                {QStringLiteral("-i"), name, QStringLiteral("contents"), QStringLiteral("::/") + file});
        }
    }
    return fault;
}

QString ImageMaker::makeIso(const QString& name, const QStringList& options) const
{
    return run(QStringLiteral("xorriso"),
        QStringList{QStringLiteral("-as"), QStringLiteral("mkisofs"), QStringLiteral("-o"), name} + options
            + QStringList{QStringLiteral("disc")});
}

} // namespace platter
