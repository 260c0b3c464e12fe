// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/block_drivers.h"

#include "core/qemu/network_node.h"

#include <QCoreApplication>
#include <QCoroProcess>
#include <QJsonDocument>
#include <QProcess>
#include <QSet>

#include <chrono>

namespace platter {

namespace {

using namespace std::chrono_literals;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::BlockDrivers)
};

// Where every driver has a package of its own, curl's is that of https.
QString moduleOf(const QString& driver)
{
    return driver == QLatin1String("https") ? QStringLiteral("curl") : driver;
}

// What QEMU says when it is to open the disk as a node whose name cannot be: it looks for the driver before it
// looks at the name, and gives up before it opens anything.
QCoro::Task<Result<QString>> wordsAbout(QString program, NetworkLocation location)
{
    QJsonObject node = networkNode(location);
    node.insert(QStringLiteral("node-name"), QStringLiteral("!"));
    QProcess process;
    process.setProgram(program);
    process.setArguments({QStringLiteral("-machine"), QStringLiteral("none"), QStringLiteral("-nodefaults"),
        QStringLiteral("-display"), QStringLiteral("none"), QStringLiteral("-blockdev"),
        QString::fromUtf8(QJsonDocument(node).toJson(QJsonDocument::Compact))});
    process.setProcessChannelMode(QProcess::MergedChannels);
    const bool started = co_await qCoro(process).start(QIODevice::ReadOnly, 5s);
    if (!started) {
        co_return std::unexpected(Error{ErrorKind::Qemu, Texts::tr("QEMU cannot be run: %1.").arg(program),
            Texts::tr("Install the package qemu-system-x86 anew."), process.errorString()});
    }
    if (process.state() != QProcess::NotRunning && !co_await qCoro(process).waitForFinished(10s)) {
        process.kill();
        process.waitForFinished(1000);
        co_return std::unexpected(Error{ErrorKind::TimedOut,
            Texts::tr("QEMU did not say its drivers within 10 seconds: %1.").arg(program),
            Texts::tr("Try again when the computer is less busy."), {}});
    }
    co_return QString::fromUtf8(process.readAll());
}

} // namespace

QCoro::Task<Result<void>> checkBlockDrivers(QString program, std::vector<Drive> drives)
{
    QSet<QString> asked;
    for (const Drive& drive : drives) {
        const auto* disk = std::get_if<DiskDrive>(&drive.what);
        const auto* location = disk != nullptr ? std::get_if<NetworkLocation>(&disk->source) : nullptr;
        if (location == nullptr || asked.contains(driverOf(*location))) {
            continue;
        }
        const QString driver = driverOf(*location);
        asked.insert(driver);
        const Result<QString> words = co_await wordsAbout(program, *location);
        if (!words) {
            co_return std::unexpected(words.error());
        }
        if (words->contains(QStringLiteral("Unknown driver"))) {
            co_return std::unexpected(Error{ErrorKind::Unsupported,
                Texts::tr("This QEMU has no driver for %1, which the disk at %2 needs.").arg(driver, disk->where()),
                Texts::tr("Install the package that brings it: qemu-block-extra on Debian and Ubuntu, "
                          "qemu-block-%1 on Fedora, openSUSE and Arch.")
                    .arg(moduleOf(driver)),
                words->trimmed()});
        }
    }
    co_return Result<void>();
}

} // namespace platter
