// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/accelerator.h"
#include "core/qemu/kvm_device.h"
#include "core/qemu/kvm_trial.h"

#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace platter;
using namespace std::chrono_literals;

namespace {

// A program that stands for a QEMU whose KVM works, or does not; each run adds a line to "runs".
class ScriptedQemu {
public:
    explicit ScriptedQemu(const QByteArray& body)
    {
        QFile script(path());
        if (script.open(QIODevice::WriteOnly)) {
            script.write("#!/bin/sh\necho run >> " + QFile::encodeName(runs()) + "\n" + body);
        }
        script.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }

    QString path() const { return m_folder.filePath(QStringLiteral("qemu")); }

    QString cache() const { return m_folder.filePath(QStringLiteral("cache")); }

    qsizetype count() const
    {
        QFile file(runs());
        return file.open(QIODevice::ReadOnly) ? file.readAll().count('\n') : 0;
    }

private:
    QString runs() const { return m_folder.filePath(QStringLiteral("runs")); }

    QTemporaryDir m_folder;
};

// The real QEMU and the real firmware, by software: what a KVM that works looks like from outside.
const QByteArray works = R"sh(
for argument; do
    shift
    case $argument in
    kvm) set -- "$@" tcg ;;
    host) set -- "$@" max ;;
    *) set -- "$@" "$argument" ;;
    esac
done
exec qemu-system-x86_64 "$@"
)sh";
const QByteArray aborts = "echo 'qemu-system-x86_64: error: failed to set MSR 0x10a to 0x69' >&2; kill -ABRT $$\n";
const QByteArray stops = R"sh(
read -r capabilities
echo '{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}'
exec sleep 600
)sh";
const QByteArray hangs = "exec sleep 600\n";

Firmware firmware()
{
    return findFirmware({QStringLiteral("/usr/share/qemu/firmware")}, SecureBoot::Off).value();
}

AcceleratorProbe probeWithDevice(const ScriptedQemu& qemu)
{
    return AcceleratorProbe(qemu.cache(), [] { return std::optional<AcceleratorReport>(); });
}

AcceleratorReport probed(AcceleratorProbe& probe, const ScriptedQemu& qemu, const QString& version)
{
    return QCoro::waitFor(probe.probe(qemu.path(), version, firmware()));
}

} // namespace

class AcceleratorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void triesTheFirmware_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("outcome");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* name, const QByteArray& body, KvmTrial::Outcome outcome,
                             const char* reason) {
            QTest::newRow(name) << body << int(outcome) << QString::fromLatin1(reason);
        };
        row("works", works, KvmTrial::Outcome::Worked, "");
        row("aborts", aborts, KvmTrial::Outcome::Failed, "failed to set MSR 0x10a to 0x69");
        row("internal error", stops, KvmTrial::Outcome::Failed, "internal error");
        row("gets nowhere", hangs, KvmTrial::Outcome::Failed, "got nowhere");
        row("ends silently", "exit 1", KvmTrial::Outcome::Failed, "ended at once");
    }

    void triesTheFirmware()
    {
        QFETCH(QByteArray, body);
        QFETCH(int, outcome);
        QFETCH(QString, reason);
        const ScriptedQemu qemu(body);
        const auto deadline = KvmTrial::Outcome(outcome) == KvmTrial::Outcome::Worked ? 50s : 1s;
        const KvmTrial trial = QCoro::waitFor(tryFirmwareUnderKvm(qemu.path(), firmware(), deadline));
        QCOMPARE(int(trial.outcome), outcome);
        QVERIFY2(trial.reason.contains(reason), qPrintable(trial.reason));
        QCOMPARE(trial.reason.isEmpty(), reason.isEmpty());
    }

    void aTrialThatCannotBeMadeSaysNothingAboutKvm()
    {
        const ScriptedQemu qemu(works);
        Firmware gone = firmware();
        gone.varsTemplate = QStringLiteral("/nowhere/vars.fd");
        QCOMPARE(QCoro::waitFor(tryFirmwareUnderKvm(qemu.path(), gone)).outcome, KvmTrial::Outcome::Unknown);
        AcceleratorProbe probe = probeWithDevice(qemu);
        const AcceleratorReport report = QCoro::waitFor(probe.probe(qemu.path(), QStringLiteral("1"), gone));
        QCOMPARE(report.accelerator, Accelerator::Tcg);
        QVERIFY(!report.reason.isEmpty() && !report.cure.isEmpty());
        QVERIFY(!QFileInfo::exists(qemu.cache() + QStringLiteral("/accelerator.json")));
    }

    void remembersTheAnswerPerVersion()
    {
        const ScriptedQemu qemu(aborts);
        AcceleratorProbe probe = probeWithDevice(qemu);
        const AcceleratorReport first = probed(probe, qemu, QStringLiteral("10.0.1"));
        QCOMPARE(first.accelerator, Accelerator::Tcg);
        QVERIFY(first.reason.contains(QStringLiteral("MSR")));
        QVERIFY(!first.cure.isEmpty());
        QCOMPARE(probed(probe, qemu, QStringLiteral("10.0.1")), first);
        AcceleratorProbe otherProgram = probeWithDevice(qemu);
        QCOMPARE(probed(otherProgram, qemu, QStringLiteral("10.0.1")), first);
        QCOMPARE(qemu.count(), 1);
        probed(probe, qemu, QStringLiteral("10.0.2"));
        QCOMPARE(qemu.count(), 2);
    }

    void callersAtOnceShareOneTrial()
    {
        const ScriptedQemu qemu(works);
        AcceleratorProbe probe = probeWithDevice(qemu);
        AcceleratorProbe otherProgram = probeWithDevice(qemu);
        QCoro::Task<AcceleratorReport> first = probe.probe(qemu.path(), QStringLiteral("1"), firmware());
        QCoro::Task<AcceleratorReport> second = probe.probe(qemu.path(), QStringLiteral("1"), firmware());
        QCoro::Task<AcceleratorReport> third = otherProgram.probe(qemu.path(), QStringLiteral("1"), firmware());
        const AcceleratorReport report = QCoro::waitFor(first);
        QCOMPARE(QCoro::waitFor(second), report);
        QCOMPARE(QCoro::waitFor(third), report);
        QCOMPARE(qemu.count(), 1);
    }

    void aFailureUnderARunningMachineCounts()
    {
        const ScriptedQemu qemu(works);
        AcceleratorProbe probe = probeWithDevice(qemu);
        probe.rememberFailure(QStringLiteral("1"), QStringLiteral("KVM died."));
        const AcceleratorReport report = probed(probe, qemu, QStringLiteral("1"));
        QCOMPARE(report.accelerator, Accelerator::Tcg);
        QCOMPARE(report.reason, QStringLiteral("KVM died."));
        QCOMPARE(qemu.count(), 0);
    }

    void looksAtTheDeviceEachTime()
    {
        const ScriptedQemu qemu(aborts);
        bool isDenied = true;
        AcceleratorProbe probe(qemu.cache(), [&isDenied] {
            return isDenied ? std::optional(AcceleratorReport{
                                  Accelerator::Tcg, QStringLiteral("denied"), QStringLiteral("allow")})
                            : std::nullopt;
        });
        QCOMPARE(probed(probe, qemu, QStringLiteral("1")).reason, QStringLiteral("denied"));
        isDenied = false;
        QVERIFY(probed(probe, qemu, QStringLiteral("1")).reason.contains(QStringLiteral("MSR")));
        QCOMPARE(qemu.count(), 1);
    }

    void saysWhyTheDeviceCannotBeUsed()
    {
        const QTemporaryDir folder;
        const QString absent = folder.filePath(QStringLiteral("kvm"));
        const std::optional<AcceleratorReport> missing = refusalOfKvmDevice(absent);
        QVERIFY(missing && missing->reason.contains(absent) && !missing->cure.isEmpty());

        QFile file(absent);
        QVERIFY(file.open(QIODevice::WriteOnly));
        const std::optional<AcceleratorReport> noDevice = refusalOfKvmDevice(absent);
        QVERIFY(noDevice && noDevice->reason.contains(QStringLiteral("not the kernel's")));

        QVERIFY(file.setPermissions(QFile::Permissions()));
        // Root may everything: look as somebody else.
        const bool isRoot = ::geteuid() == 0;
        QVERIFY(QFile::setPermissions(folder.path(), QFile::Permissions(0x7777)));
        QVERIFY(!isRoot || ::seteuid(65534) == 0);
        const std::optional<AcceleratorReport> denied = refusalOfKvmDevice(absent);
        QVERIFY(!isRoot || ::seteuid(0) == 0);
        QVERIFY(denied && denied->reason.contains(QStringLiteral("permission")));
        QVERIFY2(denied->cure.contains(QStringLiteral("usermod -aG")), qPrintable(denied->cure));
    }

    // Whatever this computer's KVM is like, the answer is definite and its QEMU is gone.
    void judgesThisComputer()
    {
        const QTemporaryDir cache;
        AcceleratorProbe probe(cache.path());
        const QString qemu = QStandardPaths::findExecutable(QStringLiteral("qemu-system-x86_64"));
        const AcceleratorReport report = QCoro::waitFor(probe.probe(qemu, QStringLiteral("1"), firmware()));
        QCOMPARE(report.accelerator == Accelerator::Tcg, !report.reason.isEmpty());
        QCOMPARE(report.reason.isEmpty(), report.cure.isEmpty());
        qInfo("%s %s", qPrintable(displayName(report.accelerator)), qPrintable(report.reason));
        QCOMPARE(QCoro::waitFor(probe.probe(QStringLiteral("/nowhere"), QStringLiteral("1"), firmware())), report);
    }
};

QTEST_GUILESS_MAIN(AcceleratorTest)
#include "accelerator_test.moc"
