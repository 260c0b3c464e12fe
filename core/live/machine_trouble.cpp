// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_trouble.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonDocument>
#include <QLocale>
#include <QRegularExpression>

#include <chrono>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::MachineTrouble)
};

// The last lines of QEMU's log that are about this run.
QString lastWords(const StoredMachine& machine, const std::optional<LaunchRecord>& record)
{
    constexpr qint64 most = 16384;
    constexpr qsizetype lines = 20;
    QFile file(machine.qemuLog());
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    // A log that is shorter than it was has been put aside since.
    const qint64 start = record && record->logOffset <= file.size() ? record->logOffset : 0;
    file.seek(std::max(start, file.size() - most));
    const QStringList all = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    return all.mid(std::max<qsizetype>(0, all.size() - lines)).join(QLatin1Char('\n'));
}

bool ranUnderKvm(const std::optional<LaunchRecord>& record)
{
    return record && record->accelerator.accelerator == Accelerator::Kvm;
}

QString imageIn(const StoredMachine& machine, std::optional<SlotId> slot)
{
    const Drive* drive = slot ? machine.definition.driveAt(*slot) : nullptr;
    return drive != nullptr ? drive->where() : QString();
}

} // namespace

Error crashed(const StoredMachine& machine, const std::optional<LaunchRecord>& record)
{
    const QString words = lastWords(machine, record);
    return {ErrorKind::Qemu, Texts::tr("QEMU ended without being asked, and “%1” with it.").arg(machine.name),
        ranUnderKvm(record)
            ? Texts::tr(
                  "Start the machine again. If it ends again at once, start it without KVM. What QEMU said last is "
                  "in the details.")
            : Texts::tr(
                  "Start the machine again. QEMU may have been killed, by hand or because the host ran out of "
                  "memory; what it said last is in the details."),
        words.isEmpty() ? Texts::tr("QEMU said nothing (%1).").arg(machine.qemuLog())
                        : machine.qemuLog() + QStringLiteral(":\n") + words};
}

bool blamesKvm(const QString& words)
{
    // More than the name of a machine, in the path of its log: what QEMU's accel/kvm says, at the start and later.
    static const QRegularExpression pattern(QStringLiteral(
        "KVM internal error|failed to set MSR|failed to initialize kvm|KVM kernel module|ioctl\\(KVM_|"
        ": kvm_\\w+: |/kvm/kvm\\.c"));
    return words.contains(pattern);
}

Error stoppedByDisk(
    const StoredMachine& machine, std::optional<SlotId> slot, DiskTrouble trouble, const QString& words)
{
    const QString image = imageIn(machine, slot);
    if (trouble == DiskTrouble::NoSpace) {
        return {ErrorKind::NoSpace,
            image.isEmpty()
                ? Texts::tr("“%1” waits: the host has no space left for one of its disks.").arg(machine.name)
                : Texts::tr("“%1” waits: there is no space left for %2.").arg(machine.name, image),
            Texts::tr("Free some space there, then resume the machine: nothing is lost."), words};
    }
    return {ErrorKind::InputOutput,
        image.isEmpty() ? Texts::tr("“%1” waits: one of its images cannot be read or written.").arg(machine.name)
                        : Texts::tr("“%1” waits: %2 cannot be read or written.").arg(machine.name, image),
        Texts::tr("Check the storage that holds the image, then resume the machine: it repeats what failed."),
        words};
}

Error stoppedByAccelerator(const StoredMachine& machine, const std::optional<LaunchRecord>& record)
{
    const bool kvm = ranUnderKvm(record);
    return {ErrorKind::Qemu,
        kvm ? Texts::tr("KVM failed under “%1”, and QEMU stopped the machine.").arg(machine.name)
            : Texts::tr("QEMU stopped “%1” after an internal error.").arg(machine.name),
        kvm ? Texts::tr("Power it off and start it without KVM: slower, but it works on every host.")
            : Texts::tr("Reset the machine, or power it off and start it again."),
        lastWords(machine, record)};
}

Error guestPanicked(const StoredMachine& machine, const QJsonObject& information)
{
    return {ErrorKind::Qemu, Texts::tr("The system in “%1” says that it has crashed.").arg(machine.name),
        Texts::tr("Its last words are on its screen and in the serial log. Reset the machine to start the system "
                  "again."),
        information.isEmpty() ? QString()
                              : QString::fromUtf8(QJsonDocument(information).toJson(QJsonDocument::Compact))};
}

Error folderIsGone(const StoredMachine& machine)
{
    return {ErrorKind::NotFound,
        Texts::tr("The folder of “%1” has been deleted while the machine runs.").arg(machine.name),
        Texts::tr("Save what matters from inside the guest, then shut it down: it cannot be started again."),
        machine.folder};
}

Error guestDidNotReact(const StoredMachine& machine, std::chrono::milliseconds patience)
{
    return {ErrorKind::TimedOut,
        Texts::tr("The system in “%1” did not react to the power button within %2 s.")
            .arg(machine.name, QLocale().toString(static_cast<double>(patience.count()) / 1000, 'g', 3)),
        Texts::tr("Shut it down inside, or power the machine off."), {}};
}

Error doesNotAnswer(const StoredMachine& machine, const Error& why)
{
    return {why.kind, Texts::tr("“%1” runs, but its QEMU does not answer.").arg(machine.name),
        Texts::tr("QEMU may hang, or another program may be connected to it. It is taken up as soon as it answers; "
                  "powering it off ends it in any case."),
        why.summary + QLatin1Char(' ') + why.detail};
}

} // namespace platter
