// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/machine_json.h"
#include "app/platterctl/option_values.h"
#include "core/live/disk_trouble.h"
#include "core/live/former_disk.h"
#include "core/live/new_disk.h"
#include "core/machine/disk_at.h"
#include "core/machine/disk_trim.h"

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
const QString optionForce = QStringLiteral("force");
const QString optionSlot = QStringLiteral("slot");
const QString optionDvd = QStringLiteral("dvd");
const QString optionReadOnly = QStringLiteral("read-only");
const QString optionNoTrim = QStringLiteral("no-trim");
const QString optionTrim = QStringLiteral("trim");
const QString optionNew = QStringLiteral("new");
const QString optionFormat = QStringLiteral("format");
const QString optionFile = QStringLiteral("file");

QString absolute(const QString& file)
{
    return QDir::cleanPath(QFileInfo(file).absoluteFilePath());
}

std::optional<ImageUser> otherUserOf(
    const std::vector<StoreEntry>& machines, const MachineId& machine, const QString& file)
{
    for (const StoreEntry& entry : machines) {
        if (entry.definition && entry.definition->id != machine) {
            if (auto user = imageUserIn({entry.name, entry.folder, *entry.definition}, file)) {
                return user;
            }
        }
    }
    return std::nullopt;
}

QCoro::Task<int> list(Context* context, Arguments arguments, Report report)
{
    Result<StoredMachine> machine = context->store.load(arguments.positional[0]);
    if (!machine) {
        co_return report.failed(machine.error());
    }
    const std::shared_ptr<MachineSession> session = co_await sessionOf(context, *machine);
    if (const Result<void> asked = co_await session->drives().read(); !asked) {
        report.remark(asked.error());
    }
    if (awaitsProof(session->machine().definition)) {
        co_await session->lookForReplaced();
    }
    const std::vector<StoreEntry> machines = context->store.list();
    std::vector<QStringList> rows;
    QJsonArray json;
    QStringList remarks;
    for (const Drive& drive : session->drives().list()) {
        const auto* disk = std::get_if<DiskDrive>(&drive.what);
        const QString file = drive.where();
        const QString kind = disk ? QStringLiteral("disk") : QStringLiteral("dvd");
        rows.push_back({drive.slot.toString(), disk ? tr("disk") : tr("DVD drive"),
            disk ? displayName(disk->format) : QString(), file.isEmpty() ? tr("(no medium)") : file});
        QJsonObject object{{QStringLiteral("slot"), drive.slot.toString()}, {QStringLiteral("kind"), kind},
            {QStringLiteral("file"), file}};
        if (disk) {
            const TrimReach trim = trimOf(*disk);
            object[QStringLiteral("source")] = nameOf(disk->source);
            object[QStringLiteral("format")] = nameOf(disk->format);
            object[QStringLiteral("readOnly")] = disk->isReadOnly;
            object[QStringLiteral("trim")] = QJsonObject{
                {QStringLiteral("reaches"), nameOf(trim.verdict)}, {QStringLiteral("sentence"), trim.sentence()}};
            remarks << tr("%1: %2").arg(drive.slot.toString(), trim.sentence());
            const QString where = disk->where();
            if (const auto trouble = drive.isOnNetwork()
                    ? std::nullopt
                    : troubleOf(*disk, accessTo(where), otherUserOf(machines, machine->definition.id, where))) {
                object[QStringLiteral("trouble")] = QJsonObject{{QStringLiteral("kind"), nameOf(trouble->kind)},
                    {QStringLiteral("sentence"), trouble->sentence}, {QStringLiteral("advice"), trouble->advice}};
                remarks << tr("%1: %2 %3").arg(drive.slot.toString(), trouble->sentence, trouble->advice);
            }
            if (disk->former) {
                object[QStringLiteral("former")] = QJsonObject{{QStringLiteral("file"), disk->former->file},
                    {QStringLiteral("format"), nameOf(disk->former->format)},
                    {QStringLiteral("replaced"), disk->former->isReplaced}};
                remarks << (disk->former->isReplaced
                        ? tr("%1: The system has run from it, so the disk before, %2, is not needed any more; "
                             "drive delete-old deletes it.")
                        : tr("%1: The disk before was %2, which is kept to go back to (drive go-back) until the "
                             "system has run from this one."))
                               .arg(drive.slot.toString(), disk->former->file);
            }
        }
        json.append(object);
    }
    const QStringList differences = session->drives().differences();
    if (!differences.isEmpty()) {
        remarks << differences << tr("drive keep makes the machine's definition say what it has now.");
    }
    co_return report.done(rows.empty()
            ? tr("%1 has no drive.").arg(machine->name)
            : (QStringList{table({tr("SLOT"), tr("DRIVE"), tr("FORMAT"), tr("WHERE")}, rows)} + remarks)
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

RemovalWay removalWay(const Arguments& arguments)
{
    return arguments.isSet(optionForce) ? RemovalWay::Forcibly : RemovalWay::Safely;
}

// Inserts ISO into the DVD drive that the arguments name; an empty ISO ejects.
QCoro::Task<int> setMedium(Context* context, Arguments arguments, Report report, QString iso)
{
    const Result<Place> place = co_await placeIn(context, arguments);
    if (!place) {
        co_return report.failed(place.error());
    }
    const auto& [session, slot] = *place;
    const Result<void> outcome = co_await session->setMedium(
        slot, iso, arguments.isSet(optionForce) ? TrayOpening::ByForce : TrayOpening::IfUnlocked);
    if (!outcome) {
        co_return report.failed(outcome.error());
    }
    co_return report.done(iso.isEmpty() ? tr("The DVD drive in slot %1 is empty.").arg(slot.toString())
                                        : tr("%1 is in the DVD drive in slot %2.").arg(iso, slot.toString()),
        toJson(*session));
}

QCoro::Task<int> insert(Context* context, Arguments arguments, Report report)
{
    return setMedium(context, arguments, report, absolute(arguments.positional[2]));
}

QCoro::Task<int> eject(Context* context, Arguments arguments, Report report)
{
    return setMedium(context, arguments, report, {});
}

// What the arguments name as it is attached: an ISO into a DVD drive, anything else as a disk.
Result<std::variant<DiskDrive, DvdDrive>> driveFrom(const Arguments& arguments, std::optional<DiskFormat> format)
{
    const QString named = arguments.positional.size() > 1 ? arguments.positional[1] : QString();
    if (arguments.isSet(optionDvd) || named.endsWith(QLatin1String(".iso"), Qt::CaseInsensitive)) {
        if (isLocation(named)) {
            return std::unexpected(Error{ErrorKind::Unsupported,
                tr("A DVD drive takes ISO files of this computer only, not %1.").arg(named),
                tr("Copy the ISO to this computer first."), {}});
        }
        return DvdDrive{named.isEmpty() ? named : absolute(named)};
    }
    if (named.isEmpty()) {
        return std::unexpected(Error{ErrorKind::InvalidInput, tr("There is no file to add."),
            tr("Name a disk image or an ISO, make one with --new SIZE, or add an empty DVD drive with --dvd."),
            {}});
    }
    return diskAt(named, format).transform([&](DiskDrive disk) -> std::variant<DiskDrive, DvdDrive> {
        disk.isReadOnly = disk.isReadOnly || arguments.isSet(optionReadOnly);
        disk.discards = !arguments.isSet(optionNoTrim);
        return disk;
    });
}

Result<std::optional<DiskFormat>> formatIn(const Arguments& arguments)
{
    const std::optional<DiskFormat> format = diskFormatFromString(arguments.value(optionFormat));
    if (arguments.isSet(optionFormat) && !format) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            tr("--%1 cannot be “%2”.").arg(optionFormat, arguments.value(optionFormat)),
            tr("Write vhdx, qcow2 or raw."), {}});
    }
    return format;
}

// The new disk that the arguments ask for; nothing: none.
Result<std::optional<NewDisk>> newDiskIn(const Arguments& arguments, std::optional<DiskFormat> format)
{
    if (!arguments.isSet(optionNew)) {
        return std::nullopt;
    }
    if (arguments.isSet(optionDvd) || arguments.isSet(optionReadOnly) || arguments.isSet(optionNoTrim)) {
        return std::unexpected(Error{ErrorKind::InvalidInput, tr("A new disk is one that the guest writes to."),
            tr("Leave out --dvd, --read-only and --no-trim; drive set changes the disk afterwards."), {}});
    }
    return ByteCount::parse(arguments.value(optionNew)).transform([&](ByteCount size) {
        return std::optional(NewDisk{.format = format.value_or(DiskFormat::Vhdx),
            .size = size,
            .file = arguments.positional.size() > 1 ? absolute(arguments.positional[1]) : QString()});
    });
}

QCoro::Task<int> add(Context* context, Arguments arguments, Report report)
{
    std::optional<SlotId> slot;
    if (arguments.isSet(optionSlot)) {
        const Result<SlotId> parsed = SlotId::parse(arguments.value(optionSlot));
        if (!parsed) {
            co_return report.failed(parsed.error());
        }
        slot = *parsed;
    }
    const Result<std::optional<DiskFormat>> format = formatIn(arguments);
    if (!format) {
        co_return report.failed(format.error());
    }
    Result<std::optional<NewDisk>> made = newDiskIn(arguments, *format);
    if (!made) {
        co_return report.failed(made.error());
    }
    const Result<std::shared_ptr<MachineSession>> session = co_await sessionOf(context, arguments.positional[0]);
    if (!session) {
        co_return report.failed(session.error());
    }
    QString file;
    Result<SlotId> added;
    if (NewDisk* disk = made->has_value() ? &**made : nullptr) {
        if (disk->file.isEmpty()) {
            disk->file = fileForNewDisk((*session)->machine(), disk->format);
        }
        file = disk->file;
        added = co_await addNewDisk(session->get(), slot, *disk);
    } else {
        const Result<std::variant<DiskDrive, DvdDrive>> what = driveFrom(arguments, *format);
        if (!what) {
            co_return report.failed(what.error());
        }
        file = Drive{slot.value_or(SlotId()), *what}.where();
        added = co_await (*session)->drives().add(slot, *what, *format);
    }
    if (!added) {
        co_return report.failed(added.error());
    }
    QJsonObject json = toJson(**session);
    json.insert(QStringLiteral("slot"), added->toString());
    co_return report.done(file.isEmpty() ? tr("An empty DVD drive is in slot %1.").arg(added->toString())
                                         : tr("%1 is in slot %2.").arg(file, added->toString()),
        json);
}

QCoro::Task<int> remove(Context* context, Arguments arguments, Report report)
{
    const Result<Place> place = co_await placeIn(context, arguments);
    if (!place) {
        co_return report.failed(place.error());
    }
    const auto& [session, slot] = *place;
    const Result<DriveRemoval> removed = co_await session->drives().remove(slot, removalWay(arguments));
    if (!removed) {
        co_return report.failed(removed.error());
    }
    QJsonObject json = toJson(*session);
    json.insert(QStringLiteral("safe"), removed->isSafe);
    co_return report.done(
        (QStringList{tr("Slot %1 is empty. The file that was in it is untouched.").arg(slot.toString())}
            + removed->sentences)
            .join(QLatin1Char(' ')),
        json);
}

QCoro::Task<int> move(Context* context, Arguments arguments, Report report)
{
    const Result<Place> place = co_await placeIn(context, arguments);
    if (!place) {
        co_return report.failed(place.error());
    }
    const auto& [session, slot] = *place;
    const Result<SlotId> to = SlotId::parse(arguments.positional[2]);
    if (!to) {
        co_return report.failed(to.error());
    }
    co_await session->drives().read();
    const Result<void> moved = co_await session->drives().move(slot, *to);
    if (!moved) {
        co_return report.failed(moved.error());
    }
    co_return report.done(
        tr("What was in slot %1 is in slot %2.").arg(slot.toString(), to->toString()), toJson(*session));
}

QCoro::Task<int> set(Context* context, Arguments arguments, Report report)
{
    const Result<Place> place = co_await placeIn(context, arguments);
    if (!place) {
        co_return report.failed(place.error());
    }
    const auto& [session, slot] = *place;
    const Drive* drive = session->machine().definition.driveAt(slot);
    const auto* disk = drive != nullptr ? std::get_if<DiskDrive>(&drive->what) : nullptr;
    const Result<bool> isReadOnly = yesOrNo(arguments, optionReadOnly, disk != nullptr && disk->isReadOnly);
    const Result<bool> discards = yesOrNo(arguments, optionTrim, disk == nullptr || disk->discards);
    if (!isReadOnly || !discards) {
        co_return report.failed(isReadOnly ? discards.error() : isReadOnly.error());
    }
    if (arguments.isSet(optionFile)) {
        const Result<void> changed =
            co_await session->drives().setImage(slot, absolute(arguments.value(optionFile)), *isReadOnly);
        if (!changed) {
            co_return report.failed(changed.error());
        }
    }
    const Result<void> done = session->drives().setAttachment(slot, *isReadOnly, *discards);
    if (!done) {
        co_return report.failed(done.error());
    }
    co_return report.done((*isReadOnly ? tr("The disk in slot %1 is read-only.")
                                       : tr("The disk in slot %1 can be "
                                            "written to."))
                              .arg(slot.toString())
            + QLatin1Char(' ')
            + (*discards ? tr("What the guest frees on it (TRIM) is passed on.")
                         : tr("What the guest frees on it (TRIM) is kept.")),
        toJson(*session));
}

// A change of the machine as a whole.
QCoro::Task<int> changeWith(
    Context* context, Arguments arguments, Report report, Result<void> (MachineDrives::*change)(), QString done)
{
    const Result<std::shared_ptr<MachineSession>> session = co_await sessionOf(context, arguments.positional[0]);
    if (!session) {
        co_return report.failed(session.error());
    }
    co_await (*session)->drives().read();
    const Result<void> changed = ((*session)->drives().*change)();
    if (!changed) {
        co_return report.failed(changed.error());
    }
    co_return report.done(done.arg((*session)->machine().definition.controllers), toJson(**session));
}

QCoro::Task<int> keep(Context* context, Arguments arguments, Report report)
{
    return changeWith(context, arguments, report, &MachineDrives::keepRunning,
        tr("The machine's definition has its drives as they are now."));
}

QCoro::Task<int> addController(Context* context, Arguments arguments, Report report)
{
    return changeWith(
        context, arguments, report, &MachineDrives::addController, tr("The machine has %1 SCSI controllers."));
}

QCoro::Task<int> removeController(Context* context, Arguments arguments, Report report)
{
    return changeWith(context, arguments, report, &MachineDrives::removeController,
        tr("SCSI controllers of the machine that are left: %1."));
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
    const QCommandLineOption openByForce{
        optionForce, tr("Open the tray even if the guest has locked it; what reads from it gets errors.")};
    return {
        {QStringLiteral("drive list"), {machine}, tr("lists a machine's drives"), {}, &list},
        {QStringLiteral("drive add"), {machine, QStringLiteral("[DISK]")},
            tr("adds a disk, new or there already, or a DVD drive with an ISO; while the machine runs, too. DISK "
               "is an image file, a disk of this computer (/dev/disk/by-id/…) or a location on the network (%1)")
                .arg(locationExamples().join(QStringLiteral(", "))),
            {{optionSlot, tr("Where: controller and target. The first free slot unless given."), tr("0:3")},
                {optionDvd, tr("A DVD drive, empty where no ISO is given.")},
                {optionNew, tr("Makes a disk of that size, in FILE or in the machine's folder."), tr("40G")},
                {optionFormat,
                    tr("Of the disk. VHDX for a new one unless given; of an image what it looks like, which of a "
                       "raw one is what its guest has written; of a disk on the network what its name ends in, "
                       "or raw."),
                    tr("vhdx|qcow2|raw")},
                {optionReadOnly, tr("The guest cannot write to the disk.")},
                {optionNoTrim, tr("What the guest frees is kept in the image.")}},
            &add},
        {QStringLiteral("drive insert"), {machine, slot, QStringLiteral("ISO")}, tr("puts an ISO into a DVD drive"),
            {openByForce}, &insert},
        {QStringLiteral("drive eject"), {machine, slot}, tr("takes the ISO out of a DVD drive"), {openByForce},
            &eject},
        {QStringLiteral("drive remove"), {machine, slot},
            tr("takes a drive out; of a running machine once its guest has let go of it; its file stays"),
            {{optionForce, tr("Also where the guest may lose what it has not written.")}}, &remove},
        {QStringLiteral("drive move"), {machine, slot, QStringLiteral("SLOT")},
            tr("moves a drive to another slot; a disk while the machine is off"), {}, &move},
        {QStringLiteral("drive set"), {machine, slot}, tr("says how a disk is attached, while the machine is off"),
            {{optionFile, tr("Its image: where that is now, or another one in its stead."), tr("FILE")},
                {optionReadOnly, tr("Whether the guest can only read it."), tr("yes|no")},
                {optionTrim, tr("Whether what the guest frees is passed on to the image."), tr("yes|no")}},
            &set},
        {QStringLiteral("drive keep"), {machine},
            tr("makes a machine's definition say what drives it has while it runs"), {}, &keep},
        {QStringLiteral("drive add-controller"), {machine}, tr("adds a SCSI controller, while the machine is off"),
            {}, &addController},
        {QStringLiteral("drive remove-controller"), {machine},
            tr("removes the last SCSI controller, which must be empty, while the machine is off"), {},
            &removeController},
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
