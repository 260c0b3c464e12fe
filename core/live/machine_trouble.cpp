// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_trouble.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QLocale>

#include <chrono>

namespace platter {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("platter::MachineTrouble", text);
}

// The last lines of a log, at most LINES of them.
QString tailOf(const QString& path, qsizetype lines)
{
    constexpr qint64 most = 16384;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    file.seek(std::max<qint64>(0, file.size() - most));
    const QStringList all = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    return all.mid(std::max<qsizetype>(0, all.size() - lines)).join(QLatin1Char('\n'));
}

QString imageIn(const StoredMachine& machine, std::optional<SlotId> slot)
{
    const Drive* drive = slot ? machine.definition.driveAt(*slot) : nullptr;
    if (drive == nullptr) {
        return {};
    }
    const auto* disk = std::get_if<DiskDrive>(&drive->what);
    return disk ? disk->file : std::get<DvdDrive>(drive->what).medium;
}

} // namespace

Error crashed(const StoredMachine& machine, Accelerator accelerator)
{
    const QString log = tailOf(machine.qemuLog(), 20);
    return {ErrorKind::Qemu,
        tr(QT_TRANSLATE_NOOP("platter::MachineTrouble", "QEMU ended without being asked, and “%1” with it."))
            .arg(machine.name),
        accelerator == Accelerator::Kvm ? tr(QT_TRANSLATE_NOOP("platter::MachineTrouble",
                                              "Start the machine again. If it happens again at once, start it "
                                              "without KVM; QEMU's last words are in "
                                              "the details."))
                                        : tr(QT_TRANSLATE_NOOP("platter::MachineTrouble",
                                              "Start the machine again. It may have been killed, by hand or "
                                              "because the host ran out of memory; "
                                              "QEMU's last words are in the details.")),
        log.isEmpty()
            ? tr(QT_TRANSLATE_NOOP("platter::MachineTrouble", "%1: QEMU wrote nothing.")).arg(machine.qemuLog())
            : machine.qemuLog() + QStringLiteral(":\n") + log};
}

Error stoppedByDisk(
    const StoredMachine& machine, std::optional<SlotId> slot, DiskTrouble trouble, const QString& words)
{
    const QString image = imageIn(machine, slot);
    if (trouble == DiskTrouble::NoSpace) {
        return {ErrorKind::NoSpace,
            image.isEmpty()
                ? tr(QT_TRANSLATE_NOOP(
                         "platter::MachineTrouble", "“%1” waits: the host has no space left for one of its disks."))
                      .arg(machine.name)
                : tr(QT_TRANSLATE_NOOP("platter::MachineTrouble", "“%1” waits: there is no space left for %2."))
                      .arg(machine.name, image),
            tr(QT_TRANSLATE_NOOP(
                "platter::MachineTrouble", "Free some space there, then resume the machine: nothing is lost.")),
            words};
    }
    return {ErrorKind::InputOutput,
        image.isEmpty()
            ? tr(QT_TRANSLATE_NOOP(
                     "platter::MachineTrouble", "“%1” waits: one of its images cannot be read or written."))
                  .arg(machine.name)
            : tr(QT_TRANSLATE_NOOP("platter::MachineTrouble", "“%1” waits: %2 cannot be read or written."))
                  .arg(machine.name, image),
        tr(QT_TRANSLATE_NOOP("platter::MachineTrouble",
            "Check the storage that holds the image, then resume the machine: it repeats what failed.")),
        words};
}

Error stoppedByAccelerator(const StoredMachine& machine, Accelerator accelerator)
{
    const bool kvm = accelerator == Accelerator::Kvm;
    return {ErrorKind::Qemu,
        kvm ? tr(QT_TRANSLATE_NOOP(
                     "platter::MachineTrouble", "KVM failed under “%1”, and QEMU stopped the machine."))
                  .arg(machine.name)
            : tr(QT_TRANSLATE_NOOP("platter::MachineTrouble", "QEMU stopped “%1” after an internal error."))
                  .arg(machine.name),
        kvm ? tr(QT_TRANSLATE_NOOP("platter::MachineTrouble",
                  "Power it off and start it without KVM: slower, but it works on every host."))
            : tr(QT_TRANSLATE_NOOP(
                  "platter::MachineTrouble", "Reset the machine, or power it off and start it again.")),
        tailOf(machine.qemuLog(), 20)};
}

Error guestPanicked(const StoredMachine& machine, const QJsonObject& information)
{
    return {ErrorKind::Qemu,
        tr(QT_TRANSLATE_NOOP("platter::MachineTrouble", "The system in “%1” says that it has crashed."))
            .arg(machine.name),
        tr(QT_TRANSLATE_NOOP("platter::MachineTrouble",
            "Its last words are on its screen and in the serial log. Reset the machine to start the system "
            "again.")),
        information.isEmpty() ? QString()
                              : QString::fromUtf8(QJsonDocument(information).toJson(QJsonDocument::Compact))};
}

Error guestDidNotReact(const StoredMachine& machine, std::chrono::milliseconds patience)
{
    return {ErrorKind::TimedOut,
        tr(QT_TRANSLATE_NOOP(
               "platter::MachineTrouble", "The system in “%1” did not react to the power button within %2 s."))
            .arg(machine.name, QLocale().toString(static_cast<double>(patience.count()) / 1000, 'g', 3)),
        tr(QT_TRANSLATE_NOOP("platter::MachineTrouble", "Shut it down inside, or power the machine off.")), {}};
}

Error doesNotAnswer(const StoredMachine& machine, const Error& why)
{
    return {why.kind,
        tr(QT_TRANSLATE_NOOP("platter::MachineTrouble", "“%1” runs, but its QEMU does not answer."))
            .arg(machine.name),
        tr(QT_TRANSLATE_NOOP("platter::MachineTrouble",
            "QEMU may hang, or another program may be connected to it. It is taken up as soon as it answers; "
            "powering it "
            "off ends it in any case.")),
        why.summary + QLatin1Char(' ') + why.detail};
}

} // namespace platter
