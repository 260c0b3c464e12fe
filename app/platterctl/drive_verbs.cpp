// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/machine_json.h"
#include "app/platterctl/verb.h"
#include "core/disk/trim_reach.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>

namespace platter::ctl {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("platterctl", text);
}

const QString optionForGood = QStringLiteral("for-good");

bool awaitsSuccessor(const Drive& drive)
{
    const auto* disk = std::get_if<DiskDrive>(&drive.what);
    return disk != nullptr && disk->former && !disk->former->isReplaced;
}

QCoro::Task<int> list(Context* context, Arguments arguments, Report report)
{
    Result<StoredMachine> machine = context->store.load(arguments.positional[0]);
    if (!machine) {
        co_return report.failed(machine.error());
    }
    if (std::ranges::any_of(machine->definition.drives, awaitsSuccessor)
        && RuntimeFolder::of(context->places.runtime, machine->definition.id).runningQemu()) {
        const std::shared_ptr<MachineSession> session = co_await sessionOf(context, *machine);
        co_await session->lookForReplaced();
        machine = session->machine();
    }
    std::vector<QStringList> rows;
    QJsonArray json;
    QStringList remarks;
    for (const Drive& drive : machine->definition.drives) {
        const auto* disk = std::get_if<DiskDrive>(&drive.what);
        const QString file = disk ? disk->file : std::get<DvdDrive>(drive.what).medium;
        const QString kind = disk ? QStringLiteral("disk") : QStringLiteral("dvd");
        rows.push_back({drive.slot.toString(), disk ? tr("disk") : tr("DVD drive"),
            disk ? displayName(disk->format) : QString(), file.isEmpty() ? tr("(no medium)") : file});
        QJsonObject object{{QStringLiteral("slot"), drive.slot.toString()}, {QStringLiteral("kind"), kind},
            {QStringLiteral("file"), file}};
        if (disk) {
            const TrimReach trim = trimReach(disk->format, holesIn(disk->file));
            object[QStringLiteral("format")] = nameOf(disk->format);
            object[QStringLiteral("trim")] = QJsonObject{
                {QStringLiteral("reaches"), nameOf(trim.verdict)}, {QStringLiteral("sentence"), trim.sentence()}};
            remarks << tr("%1: %2").arg(drive.slot.toString(), trim.sentence());
            if (disk->former) {
                object[QStringLiteral("former")] = QJsonObject{{QStringLiteral("file"), disk->former->file},
                    {QStringLiteral("format"), nameOf(disk->former->format)},
                    {QStringLiteral("replaced"), disk->former->isReplaced}};
                remarks << (disk->former->isReplaced
                        ? tr("%1: The system has run from it, so the disk before, %2, is not needed any more; "
                             "drive "
                             "delete-old deletes it.")
                        : tr("%1: The disk before was %2, which is kept to go back to (drive go-back) until the "
                             "system has run from this one."))
                               .arg(drive.slot.toString(), disk->former->file);
            }
        }
        json.append(object);
    }
    co_return report.done(rows.empty()
            ? tr("%1 has no drive.").arg(machine->name)
            : (QStringList{table({tr("SLOT"), tr("DRIVE"), tr("FORMAT"), tr("FILE")}, rows)} + remarks)
                  .join(QLatin1Char('\n')),
        json);
}

// The machine and the slot that the arguments name.
struct Place {
    std::shared_ptr<MachineSession> session;
    SlotId slot;
};

QCoro::Task<Result<Place>> placeIn(Context* context, Arguments arguments)
{
    const Result<SlotId> slot = SlotId::parse(arguments.positional[1]);
    if (!slot) {
        co_return std::unexpected(slot.error());
    }
    Result<std::shared_ptr<MachineSession>> session = co_await sessionOf(context, arguments.positional[0]);
    if (!session) {
        co_return std::unexpected(std::move(session).error());
    }
    co_return Place{*std::move(session), *slot};
}

// Inserts ISO into the DVD drive that the arguments name; an empty ISO ejects.
QCoro::Task<int> setMedium(Context* context, Arguments arguments, Report report, QString iso)
{
    const Result<Place> place = co_await placeIn(context, arguments);
    if (!place) {
        co_return report.failed(place.error());
    }
    const auto& [session, slot] = *place;
    const Result<void> outcome = co_await session->setMedium(slot, iso);
    if (!outcome) {
        co_return report.failed(outcome.error());
    }
    co_return report.done(iso.isEmpty() ? tr("The DVD drive in slot %1 is empty.").arg(slot.toString())
                                        : tr("%1 is in the DVD drive in slot %2.").arg(iso, slot.toString()),
        toJson(*session));
}

QCoro::Task<int> insert(Context* context, Arguments arguments, Report report)
{
    return setMedium(
        context, arguments, report, QDir::cleanPath(QFileInfo(arguments.positional[2]).absoluteFilePath()));
}

QCoro::Task<int> eject(Context* context, Arguments arguments, Report report)
{
    return setMedium(context, arguments, report, {});
}

QCoro::Task<int> remove(Context* context, Arguments arguments, Report report)
{
    const Result<Place> place = co_await placeIn(context, arguments);
    if (!place) {
        co_return report.failed(place.error());
    }
    const auto& [session, slot] = *place;
    const Result<void> outcome = session->removeDrive(slot);
    if (!outcome) {
        co_return report.failed(outcome.error());
    }
    co_return report.done(
        tr("Slot %1 is empty. The file that was in it is untouched.").arg(slot.toString()), toJson(*session));
}

// What CHANGE does to the former disk of the slot that the arguments name; DONE says it.
QCoro::Task<int> changeFormer(Context* context, Arguments arguments, Report report,
    QCoro::Task<Result<void>> (*change)(std::shared_ptr<MachineSession>, SlotId, Removal), Removal removal,
    QString done)
{
    const Result<Place> place = co_await placeIn(context, arguments);
    if (!place) {
        co_return report.failed(place.error());
    }
    const auto& [session, slot] = *place;
    co_await session->lookForReplaced();
    const Drive* drive = session->machine().definition.driveAt(slot);
    const auto* disk = drive != nullptr ? std::get_if<DiskDrive>(&drive->what) : nullptr;
    const QString former = disk != nullptr && disk->former ? disk->former->file : QString();
    const Result<void> outcome = co_await change(session, slot, removal);
    if (!outcome) {
        co_return report.failed(outcome.error());
    }
    co_return report.done(done.arg(former), toJson(*session));
}

QCoro::Task<Result<void>> goBackOf(std::shared_ptr<MachineSession> session, SlotId slot, Removal)
{
    co_return session->goBackToFormerDisk(slot);
}

QCoro::Task<Result<void>> keepOf(std::shared_ptr<MachineSession> session, SlotId slot, Removal)
{
    co_return session->keepFormerDisk(slot);
}

QCoro::Task<Result<void>> deleteOf(std::shared_ptr<MachineSession> session, SlotId slot, Removal removal)
{
    co_return co_await session->deleteFormerDisk(slot, removal);
}

QCoro::Task<int> goBack(Context* context, Arguments arguments, Report report)
{
    return changeFormer(context, arguments, report, &goBackOf, Removal::ToTrash, tr("%1 is in its place again."));
}

QCoro::Task<int> keepOld(Context* context, Arguments arguments, Report report)
{
    return changeFormer(context, arguments, report, &keepOf, Removal::ToTrash, tr("%1 stays where it is."));
}

QCoro::Task<int> deleteOld(Context* context, Arguments arguments, Report report)
{
    return arguments.isSet(optionForGood)
        ? changeFormer(context, arguments, report, &deleteOf, Removal::ForGood, tr("%1 is deleted."))
        : changeFormer(context, arguments, report, &deleteOf, Removal::ToTrash, tr("%1 is in the trash."));
}

} // namespace

std::vector<Verb> driveVerbs()
{
    const QString machine = QStringLiteral("MACHINE");
    const QString slot = QStringLiteral("SLOT");
    return {
        {QStringLiteral("drive list"), {machine}, tr("lists a machine's drives"), {}, &list},
        {QStringLiteral("drive insert"), {machine, slot, QStringLiteral("ISO")}, tr("puts an ISO into a DVD drive"),
            {}, &insert},
        {QStringLiteral("drive eject"), {machine, slot}, tr("takes the ISO out of a DVD drive"), {}, &eject},
        {QStringLiteral("drive remove"), {machine, slot},
            tr("takes a drive out of a machine that is off; its file stays"), {}, &remove},
        {QStringLiteral("drive go-back"), {machine, slot},
            tr("puts the disk back that another one has taken the place of"), {}, &goBack},
        {QStringLiteral("drive keep-old"), {machine, slot},
            tr("says no more of the disk that another one has taken the place of; its file stays"), {}, &keepOld},
        {QStringLiteral("drive delete-old"), {machine, slot},
            tr("moves the disk to the trash that another one has taken the place of, once that has proved itself"),
            {{optionForGood, tr("Delete it now, past the trash.")}}, &deleteOld},
    };
}

} // namespace platter::ctl
