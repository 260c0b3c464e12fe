// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/guest_script.h"

#include <QCoreApplication>

#include <memory>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::GuestScript)
};

// A disk is named in many ways in a guest, and by its serial number, the page 80 of what a SCSI disk says of
// itself, always.
constexpr auto findScript = R"sh(
name=
for block in /sys/block/*; do
    page=$block/device/vpd_pg80
    [ -r "$page" ] && [ "$(tail -c +5 "$page" | tr -d '\000 ')" = "%1" ] || continue
    name=${block##*/}
    break
done
)sh";

GuestCommand commandFor(GuestSystem system, const QString& script)
{
    switch (system) {
    case GuestSystem::Linux:
        // A service may run without the folders where an administrator's programs are.
        return {QStringLiteral("/bin/sh"),
            {QStringLiteral("-c"), QStringLiteral("PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\n") + script}};
    case GuestSystem::Windows:
        return {QStringLiteral("powershell.exe"),
            {QStringLiteral("-NoProfile"), QStringLiteral("-NonInteractive"), QStringLiteral("-Command"), script}};
    }
    Q_UNREACHABLE_RETURN({});
}

Error failed(const QString& command, const GuestCommandOutcome& outcome)
{
    return {ErrorKind::Qemu, Texts::tr("A command failed in the guest: %1").arg(command),
        Texts::tr("Its own words are in the details; try it in the guest."),
        QString::fromUtf8(outcome.errors + outcome.output).trimmed()};
}

} // namespace

QCoro::Task<Result<GuestSystem>> guestSystem(RuntimeFolder runtime)
{
    const auto agent = std::make_unique<GuestAgent>(runtime);
    const Result<void> opened = co_await agent->open();
    if (!opened) {
        co_return std::unexpected(opened.error());
    }
    const Result<QJsonValue> info = co_await agent->execute(QStringLiteral("guest-get-osinfo"));
    if (!info && info.error().kind != ErrorKind::Qemu && info.error().kind != ErrorKind::Unsupported) {
        co_return std::unexpected(info.error());
    }
    // One that does not know what it is (no os-release, an old agent) is most often a Linux.
    const QString id = info ? info->toObject().value(QLatin1String("id")).toString() : QString();
    if (id == QLatin1String("mswindows")) {
        co_return GuestSystem::Windows;
    }
    if (id.endsWith(QLatin1String("bsd"))) {
        co_return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("Platter knows its way in Linux and Windows only; this guest is %1.").arg(id),
            Texts::tr("Do it in the guest, by its own tools."), {}});
    }
    co_return GuestSystem::Linux;
}

QCoro::Task<Result<QByteArray>> runScript(
    RuntimeFolder runtime, GuestSystem system, QString script, QString what, std::chrono::milliseconds deadline)
{
    const Result<GuestCommandOutcome> outcome = co_await runInGuest(runtime, commandFor(system, script), deadline);
    if (!outcome) {
        co_return std::unexpected(outcome.error());
    }
    if (outcome->exitCode != 0) {
        co_return std::unexpected(failed(what, *outcome));
    }
    co_return outcome->output;
}

QString findDiskScript(const QString& serial)
{
    return QString::fromLatin1(findScript).arg(serial);
}

QString unescapedMountPoint(const QByteArray& text)
{
    QByteArray plain;
    for (qsizetype at = 0; at < text.size(); ++at) {
        bool isOctal = false;
        const int value = text.mid(at + 1, 3).toInt(&isOctal, 8);
        if (text[at] == '\\' && isOctal && at + 3 < text.size()) {
            plain += static_cast<char>(value);
            at += 3;
        } else {
            plain += text[at];
        }
    }
    return QString::fromUtf8(plain);
}

} // namespace platter
