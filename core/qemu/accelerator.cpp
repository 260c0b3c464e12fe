// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/accelerator.h"

#include "core/qemu/kvm_device.h"
#include "core/qemu/kvm_trial.h"
#include "core/unique_fd.h"

#include <QCoreApplication>
#include <QCoroTimer>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/file.h>
#include <utility>

namespace platter {

namespace {

using namespace std::chrono_literals;

// Longer than any trial takes.
constexpr auto longestTrial = 30s;
constexpr auto pollInterval = 50ms;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::Accelerator)
};

QString cacheFile(const QString& folder)
{
    return folder + QStringLiteral("/accelerator.json");
}

QString bootOfHost()
{
    QFile file(QStringLiteral("/proc/sys/kernel/random/boot_id"));
    return file.open(QIODevice::ReadOnly) ? QString::fromLatin1(file.readAll().trimmed()) : QString();
}

AcceleratorReport broken(const QString& reason)
{
    return {Accelerator::Tcg, reason,
        Texts::tr("This is known from virtual machines whose host passes virtualisation on incompletely: enable "
                  "nested virtualisation there, or update its kernel.")};
}

std::optional<AcceleratorReport> answerFromCache(const QString& folder, const QString& qemuVersion)
{
    QFile file(cacheFile(folder));
    if (!file.open(QIODevice::ReadOnly)) {
        return std::nullopt;
    }
    const QJsonObject entry = QJsonDocument::fromJson(file.readAll()).object();
    if (entry[QStringLiteral("qemu")] != qemuVersion || entry[QStringLiteral("boot")] != bootOfHost()
        || !entry[QStringLiteral("works")].isBool()) {
        return std::nullopt;
    }
    return entry[QStringLiteral("works")].toBool() ? AcceleratorReport{Accelerator::Kvm}
                                                   : broken(entry[QStringLiteral("reason")].toString());
}

// A cache that cannot be written costs a trial at the next start, and nothing else.
void remember(const QString& folder, const QString& qemuVersion, const AcceleratorReport& report)
{
    const QJsonObject entry{{QStringLiteral("qemu"), qemuVersion}, {QStringLiteral("boot"), bootOfHost()},
        {QStringLiteral("works"), report.accelerator == Accelerator::Kvm},
        {QStringLiteral("reason"), report.reason}};
    QSaveFile file(cacheFile(folder));
    if (QDir().mkpath(folder) && file.open(QIODevice::WriteOnly)) {
        file.write(QJsonDocument(entry).toJson());
        file.commit();
    }
}

// Held during a trial, against other callers in this program and in others alike.
UniqueFd openLockFile(const QString& folder)
{
    QDir().mkpath(folder);
    const QByteArray name = QFile::encodeName(folder + QStringLiteral("/accelerator.lock"));
    return UniqueFd(::open(name.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
}

} // namespace

QString nameOf(Accelerator accelerator)
{
    return accelerator == Accelerator::Kvm ? QStringLiteral("kvm") : QStringLiteral("tcg");
}

QString displayName(Accelerator accelerator)
{
    return accelerator == Accelerator::Kvm ? Texts::tr("KVM") : Texts::tr("Software emulation");
}

AcceleratorProbe::AcceleratorProbe(QString cacheFolder)
    : AcceleratorProbe(std::move(cacheFolder), [] { return refusalOfKvmDevice(QStringLiteral("/dev/kvm")); })
{
}

AcceleratorProbe::AcceleratorProbe(QString cacheFolder, DeviceCheck deviceCheck)
    : m_cacheFolder(std::move(cacheFolder))
    , m_deviceCheck(std::move(deviceCheck))
{
}

QCoro::Task<AcceleratorReport> AcceleratorProbe::probe(QString qemuProgram, QString qemuVersion, Firmware firmware)
{
    if (const std::optional<AcceleratorReport> refusal = m_deviceCheck()) {
        co_return *refusal;
    }
    const QString folder = m_cacheFolder;
    const UniqueFd lock = openLockFile(folder);
    for (auto waited = 0ms; lock && waited < longestTrial; waited += pollInterval) {
        if (const std::optional<AcceleratorReport> answer = answerFromCache(folder, qemuVersion)) {
            co_return *answer;
        }
        if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) {
            break;
        }
        co_await QCoro::sleepFor(pollInterval);
    }
    // Who held the lock until just now has left an answer.
    if (const std::optional<AcceleratorReport> answer = answerFromCache(folder, qemuVersion)) {
        co_return *answer;
    }
    const KvmTrial trial = co_await tryFirmwareUnderKvm(qemuProgram, firmware);
    AcceleratorReport report{Accelerator::Kvm};
    if (trial.outcome != KvmTrial::Outcome::Worked) {
        report = broken(trial.reason);
    }
    if (trial.outcome == KvmTrial::Outcome::Unknown) {
        report.cure = Texts::tr("Start the machine again once that is mended.");
    } else {
        remember(folder, qemuVersion, report);
    }
    co_return report;
}

void AcceleratorProbe::rememberFailure(const QString& qemuVersion, const QString& reason)
{
    remember(m_cacheFolder, qemuVersion, broken(reason));
}

} // namespace platter
