// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/machine_json.h"
#include "app/platterctl/verb.h"

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

QCoro::Task<int> list(Context* context, Arguments arguments, Report report)
{
    const Result<StoredMachine> machine = context->store.load(arguments.positional[0]);
    if (!machine) {
        co_return report.failed(machine.error());
    }
    std::vector<QStringList> rows;
    QJsonArray json;
    for (const Drive& drive : machine->definition.drives) {
        const auto* disk = std::get_if<DiskDrive>(&drive.what);
        const QString file = disk ? disk->file : std::get<DvdDrive>(drive.what).medium;
        const QString kind = disk ? QStringLiteral("disk") : QStringLiteral("dvd");
        rows.push_back({drive.slot.toString(), disk ? tr("disk") : tr("DVD drive"),
            disk ? displayName(disk->format) : QString(), file.isEmpty() ? tr("(no medium)") : file});
        QJsonObject object{{QStringLiteral("slot"), drive.slot.toString()}, {QStringLiteral("kind"), kind},
            {QStringLiteral("file"), file}};
        if (disk) {
            object[QStringLiteral("format")] = nameOf(disk->format);
        }
        json.append(object);
    }
    co_return report.done(rows.empty() ? tr("%1 has no drive.").arg(machine->name)
                                       : table({tr("SLOT"), tr("DRIVE"), tr("FORMAT"), tr("FILE")}, rows),
        json);
}

// Inserts ISO into the DVD drive that the arguments name; an empty ISO ejects.
QCoro::Task<int> setMedium(Context* context, Arguments arguments, Report report, QString iso)
{
    const Result<SlotId> slot = SlotId::parse(arguments.positional[1]);
    if (!slot) {
        co_return report.failed(slot.error());
    }
    const auto session = co_await sessionOf(context, arguments.positional[0]);
    if (!session) {
        co_return report.failed(session.error());
    }
    const Result<void> outcome = co_await (*session)->setMedium(*slot, iso);
    if (!outcome) {
        co_return report.failed(outcome.error());
    }
    co_return report.done(iso.isEmpty() ? tr("The DVD drive in slot %1 is empty.").arg(slot->toString())
                                        : tr("%1 is in the DVD drive in slot %2.").arg(iso, slot->toString()),
        toJson(**session));
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
    const Result<SlotId> slot = SlotId::parse(arguments.positional[1]);
    if (!slot) {
        co_return report.failed(slot.error());
    }
    const auto session = co_await sessionOf(context, arguments.positional[0]);
    if (!session) {
        co_return report.failed(session.error());
    }
    const Result<void> outcome = (*session)->removeDrive(*slot);
    if (!outcome) {
        co_return report.failed(outcome.error());
    }
    co_return report.done(
        tr("Slot %1 is empty. The file that was in it is untouched.").arg(slot->toString()), toJson(**session));
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
    };
}

} // namespace platter::ctl
