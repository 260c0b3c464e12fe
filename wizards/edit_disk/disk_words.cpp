// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/disk_words.h"

#include "ui/jobs/progress_text.h"
#include "wizards/edit_disk/guest_advice.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::EditDisk)
};

// What is copied in a second by a hard disk and by a fast SSD. Nothing is measured before the work begins, since
// that would write; the work itself says how fast it goes.
constexpr ByteCount slowRate = ByteCount::mebibytes(100);
constexpr ByteCount fastRate = ByteCount::gibibytes(1);

QString kindOf(const ImageDetails& image)
{
    QString format;
    switch (image.format) {
    case ImageKind::Vhdx:
        format = QStringLiteral("VHDX");
        break;
    case ImageKind::Vhd:
        format = QStringLiteral("VHD");
        break;
    case ImageKind::Raw:
        return Texts::tr("Raw image");
    case ImageKind::Qcow2:
        return QStringLiteral("qcow2");
    case ImageKind::Vmdk:
        return QStringLiteral("VMDK");
    case ImageKind::Vdi:
        return QStringLiteral("VDI");
    }
    if (!image.type) {
        return format;
    }
    switch (*image.type) {
    case ImageDetails::Type::Fixed:
        return Texts::tr("%1, fixed size", "a format").arg(format);
    case ImageDetails::Type::Dynamic:
        return Texts::tr("%1, dynamic", "a format").arg(format);
    case ImageDetails::Type::Differencing:
        return Texts::tr("%1, differencing", "a format").arg(format);
    }
    Q_UNREACHABLE_RETURN({});
}

QString machineSentence(const EditRequest& request, const DiskUse& use)
{
    const bool onlyReads = request.action == EditAction::Check && !request.mends;
    if (!use.isUsed()) {
        return Texts::tr("No machine of yours has this disk, so none is interrupted.");
    }
    if (!use.isRunning()) {
        return onlyReads || makesNewImage(request.action)
            ? Texts::tr("The machine “%1” is off; leave it off until this is done.").arg(use.machine)
            : Texts::tr("The machine “%1” is off; it cannot start until this is done.").arg(use.machine);
    }
    return {}; // the plan of what goes through the machine says what it does to it
}

QString timeSentence(const OperationPlan& plan)
{
    const auto timeAt = [&](ByteCount rate) {
        return std::chrono::seconds((plan.bytesToCopy.bytes() + rate.bytes() - 1) / rate.bytes());
    };
    if (plan.bytesToCopy <= slowRate) {
        return Texts::tr("It takes a moment.");
    }
    return Texts::tr(
        "%1 are to be gone through: between %2 on a fast SSD and %3 on a hard disk. How long it really "
        "takes is measured as soon as it runs.")
        .arg(plan.bytesToCopy.toString(), durationText(timeAt(fastRate)), durationText(timeAt(slowRate)));
}

QString spaceSentence(const EditRequest& request, const OperationPlan& plan, ByteCount free)
{
    const QString folder = QFileInfo(makesNewImage(request.action) ? request.target : request.file).absolutePath();
    if (plan.spaceNeeded.bytes() == 0) {
        return Texts::tr("It needs no more space; %1 are free in %2.").arg(free.toString(), folder);
    }
    return Texts::tr("It needs up to %1 of space; %2 are free in %3.")
        .arg(plan.spaceNeeded.toString(), free.toString(), folder);
}

} // namespace

bool growsInGuest(const EditRequest& request, const DiskUse& use)
{
    return request.growsInGuest && use.isRunning();
}

QString factsOf(const DiskInspection& disk)
{
    QStringList lines;
    lines << Texts::tr("%1. The disk has %2; the file takes %3 on the host.", "kind, sizes")
                 .arg(kindOf(disk.image), disk.virtualSize.toString(), disk.image.sizeOnHost.toString());
    lines << disk.bootability.sentence();
    for (const PartitionProblem& problem : disk.partitions.problems) {
        lines << problem.sentence();
    }
    return lines.join(QLatin1Char('\n'));
}

QString lostParentSentence(const ImageDetails& image)
{
    const QString child = image.fileWithoutParent();
    const QString parent = image.parents.empty() ? QString() : image.parents.back().storedAs;
    if (image.format == ImageKind::Vhd) {
        return Texts::tr("The parent of %1, “%2”, is not there: put it into the same folder.").arg(child, parent);
    }
    if (child == image.file) {
        return Texts::tr(
            "Its parent “%1” is not there. “Reconnect parent” on the next page tells it where the parent is.")
            .arg(parent);
    }
    return Texts::tr(
        "It stands on %1, whose parent “%2” is not there. Choose %1 here: “Reconnect parent” on the next "
        "page tells it where the parent is.")
        .arg(child, parent);
}

QString useSentence(const DiskUse& use)
{
    switch (use.state) {
    case MachineState::Off:
    case MachineState::Crashed:
        return Texts::tr("It is disk %1 of the machine “%2”, which is off.").arg(use.slot.toString(), use.machine);
    case MachineState::Paused:
        return Texts::tr("It is disk %1 of the machine “%2”, which is paused.")
            .arg(use.slot.toString(), use.machine);
    default:
        return Texts::tr("It is disk %1 of the machine “%2”, which is running.")
            .arg(use.slot.toString(), use.machine);
    }
}

QString planText(const EditRequest& request, const DiskLook& look, const DiskUse& use, const QString& title,
    const OperationPlan& plan, ByteCount free)
{
    QStringList lines{title, {}};
    lines << plan.steps << QString();
    if (const QString machine = machineSentence(request, use); !machine.isEmpty()) {
        lines << machine;
    }
    lines << timeSentence(plan) << spaceSentence(request, plan, free);
    if (request.action == EditAction::Expand && !growsInGuest(request, use)) {
        const QStringList advice = afterExpanding(look.disk);
        if (!advice.isEmpty()) {
            lines << QString() << advice;
        }
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace platter
