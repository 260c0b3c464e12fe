// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/kvm_trial.h"

#include <QCoreApplication>
#include <QCoroProcess>
#include <QCoroTimer>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>

#include <chrono>
#include <csignal>
#include <sys/prctl.h>

namespace platter {

namespace {

using namespace std::chrono_literals;

constexpr auto pollInterval = 20ms;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::KvmTrial)
};

QString blockdev(const QString& node, const QString& format, const QString& file, bool readOnly)
{
    const QJsonObject protocol{
        {QStringLiteral("driver"), QStringLiteral("file")}, {QStringLiteral("filename"), file}};
    return QString::fromUtf8(
        QJsonDocument(QJsonObject{{QStringLiteral("driver"), format}, {QStringLiteral("node-name"), node},
                          {QStringLiteral("read-only"), readOnly}, {QStringLiteral("file"), protocol}})
            .toJson(QJsonDocument::Compact));
}

QStringList trialArguments(const Firmware& firmware, const QString& nvram)
{
    QStringList arguments{QStringLiteral("-no-user-config"), QStringLiteral("-nodefaults"),
        QStringLiteral("-sandbox"),
        QStringLiteral("on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"),
        QStringLiteral("-display"), QStringLiteral("none"), QStringLiteral("-machine"),
        QStringLiteral("q35,usb=off,vmport=off,sata=off,i8042=off,hpet=off,smm=%1,pflash0=firmware,pflash1=nvram")
            .arg(firmware.needsSmm ? QStringLiteral("on") : QStringLiteral("off")),
        QStringLiteral("-accel"), QStringLiteral("kvm"), QStringLiteral("-cpu"), QStringLiteral("host"),
        QStringLiteral("-m"), QStringLiteral("size=256M"), QStringLiteral("-blockdev"),
        blockdev(QStringLiteral("firmware"), firmware.codeFormat, firmware.code, true), QStringLiteral("-blockdev"),
        blockdev(QStringLiteral("nvram"), firmware.varsFormat, nvram, false), QStringLiteral("-qmp"),
        QStringLiteral("stdio")};
    if (firmware.needsSmm) {
        arguments << QStringLiteral("-global") << QStringLiteral("driver=cfi.pflash01,property=secure,value=on");
    }
    return arguments;
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// The first line of what QEMU said, without its own name in front.
QString complaint(const QByteArray& words)
{
    static const QRegularExpression pattern(QStringLiteral("(?:^|\\n)(?:qemu[^:\\n]*: )?(?:error: )?([^\\n]+)"));
    return pattern.match(QString::fromUtf8(words)).captured(1).trimmed();
}

KvmTrial failed(const QString& reason)
{
    return {KvmTrial::Outcome::Failed, reason};
}

// What the trial's QEMU has come to by now; nothing while that is open.
std::optional<KvmTrial> verdict(QProcess& qemu, const QByteArray& nvramBefore, const QString& nvram)
{
    const QByteArray events = qemu.peek(qemu.bytesAvailable());
    if (events.contains("\"STOP\"")) {
        return failed(Texts::tr("KVM stopped with an internal error while it ran the firmware."));
    }
    if (contentOf(nvram) != nvramBefore) {
        return KvmTrial{KvmTrial::Outcome::Worked, {}};
    }
    if (events.contains("\"RESET\"") || events.contains("\"SHUTDOWN\"")) {
        return failed(Texts::tr("Under KVM the firmware crashed at once."));
    }
    if (qemu.state() == QProcess::NotRunning) {
        const QString words = complaint(qemu.readAllStandardError());
        return failed(words.isEmpty() ? Texts::tr("QEMU ended at once under KVM.")
                                      : Texts::tr("QEMU ended at once under KVM: %1.").arg(words));
    }
    return std::nullopt;
}

} // namespace

QCoro::Task<KvmTrial> tryFirmwareUnderKvm(
    QString qemuProgram, Firmware firmware, std::chrono::milliseconds deadline)
{
    const QTemporaryDir folder;
    const QString nvram = folder.filePath(QStringLiteral("nvram.fd"));
    const QByteArray before = contentOf(firmware.varsTemplate);
    QFile copy(nvram);
    if (!folder.isValid() || before.isEmpty() || !copy.open(QIODevice::WriteOnly)
        || copy.write(before) != before.size() || !copy.flush()) {
        co_return KvmTrial{KvmTrial::Outcome::Unknown,
            Texts::tr("Whether KVM works could not be tried: no copy of %1 could be made in %2.")
                .arg(firmware.varsTemplate, folder.path())};
    }
    copy.close();

    QProcess qemu;
    qemu.setProgram(qemuProgram);
    qemu.setArguments(trialArguments(firmware, nvram));
    qemu.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
    const bool started = co_await qCoro(qemu).start(QIODevice::ReadWrite, 5s);
    if (!started) {
        co_return KvmTrial{KvmTrial::Outcome::Unknown,
            Texts::tr("Whether KVM works could not be tried: %1 cannot be run.").arg(qemuProgram)};
    }
    // Before this QEMU reports no events.
    qemu.write("{\"execute\": \"qmp_capabilities\"}\n");
    QElapsedTimer time;
    time.start();
    std::optional<KvmTrial> trial;
    while (!trial) {
        co_await QCoro::sleepFor(pollInterval);
        trial = verdict(qemu, before, nvram);
        if (!trial && time.durationElapsed() > deadline) {
            trial = failed(Texts::tr("Under KVM the firmware got nowhere within %1 seconds.")
                    .arg(std::chrono::ceil<std::chrono::seconds>(deadline).count()));
        }
    }
    if (qemu.state() != QProcess::NotRunning) {
        qemu.kill();
        co_await qCoro(qemu).waitForFinished(5s);
    }
    co_return *trial;
}

} // namespace platter
