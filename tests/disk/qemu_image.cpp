// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/disk/qemu_image.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>

namespace platter {

namespace {

constexpr int patienceMs = 60'000;

QString withPattern(QLatin1StringView command, std::uint8_t byte, std::uint64_t offset, std::uint64_t length)
{
    return QStringLiteral("%1 -P %2 %3 %4").arg(command).arg(byte).arg(offset).arg(length);
}

} // namespace

Result<QByteArray> runQemuTool(const QString& program, const QStringList& arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    process.closeWriteChannel();
    const bool isFinished = process.waitForFinished(patienceMs);
    const QByteArray words = process.readAll();
    if (isFinished && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0) {
        return words;
    }
    const QString why = isFinished ? QStringLiteral("exit code %1").arg(process.exitCode()) : process.errorString();
    return std::unexpected(Error{ErrorKind::Qemu,
        QStringLiteral("%1 %2: %3: %4")
            .arg(program, arguments.join(u' '), why, QString::fromUtf8(words).trimmed())});
}

QemuImage::QemuImage(QString path, QString format)
    : m_path(std::move(path))
    , m_format(std::move(format))
{
}

Result<void> QemuImage::check() const
{
    return runQemuTool(
        QStringLiteral("qemu-img"), {QStringLiteral("check"), QStringLiteral("-f"), m_format, m_path})
        .transform([](const QByteArray&) { });
}

Result<void> QemuImage::repair() const
{
    return runQemuTool(QStringLiteral("qemu-img"),
        {QStringLiteral("check"), QStringLiteral("-r"), QStringLiteral("all"), QStringLiteral("-f"), m_format,
            m_path})
        .transform([](const QByteArray&) { });
}

Result<std::uint64_t> QemuImage::virtualSize() const
{
    return runQemuTool(QStringLiteral("qemu-img"),
        {QStringLiteral("info"), QStringLiteral("--output=json"), QStringLiteral("-f"), m_format, m_path})
        .transform([](const QByteArray& words) {
            const QJsonObject info = QJsonDocument::fromJson(words).object();
            return static_cast<std::uint64_t>(info.value(QLatin1String("virtual-size")).toInteger());
        });
}

Result<void> QemuImage::compareWith(const QemuImage& other) const
{
    return runQemuTool(QStringLiteral("qemu-img"),
        {QStringLiteral("compare"), QStringLiteral("-f"), m_format, QStringLiteral("-F"), other.m_format, m_path,
            other.m_path})
        .transform([](const QByteArray&) { });
}

Result<void> QemuImage::io(const QStringList& commands) const
{
    QStringList arguments{QStringLiteral("-f"), m_format};
    for (const QString& command : commands) {
        arguments << QStringLiteral("-c") << command;
    }
    return runQemuTool(QStringLiteral("qemu-io"), arguments << m_path).transform([](const QByteArray&) { });
}

QString writePattern(std::uint8_t byte, std::uint64_t offset, std::uint64_t length)
{
    return withPattern(QLatin1StringView("write"), byte, offset, length);
}

QString readPattern(std::uint8_t byte, std::uint64_t offset, std::uint64_t length)
{
    return withPattern(QLatin1StringView("read"), byte, offset, length);
}

} // namespace platter
