// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/file_attacher.h"

#include <QFileInfo>

#include <ranges>

namespace platter {

namespace {

Error sessionGone()
{
    return {ErrorKind::Interrupted, FileAttacher::tr("The machine has gone."), {}, {}};
}

const DvdDrive* dvdAt(const MachineSession& session, SlotId slot)
{
    const Drive* drive = session.drives().at(slot);
    return drive != nullptr ? std::get_if<DvdDrive>(&drive->what) : nullptr;
}

// A slot without a drive; what holds a disk is no place for another one.
std::optional<SlotId> ifEmpty(const MachineSession& session, std::optional<SlotId> slot)
{
    return slot && session.drives().at(*slot) == nullptr ? slot : std::nullopt;
}

} // namespace

void FileAttacher::attach(
    MachineSession* session, const std::vector<DroppedFile>& files, std::optional<SlotId> slot)
{
    QCoro::connect(attachAll(session, files, slot), this, [] { });
}

QCoro::Task<void> FileAttacher::attachAll(
    QPointer<MachineSession> session, std::vector<DroppedFile> files, std::optional<SlotId> slot)
{
    const QPointer<FileAttacher> self(this);
    const QString machine = session->name();
    QStringList said;
    std::vector<Place> places;
    for (const DroppedFile& dropped : files) {
        const QString name = QFileInfo(dropped.file).fileName();
        Result<Place> place;
        switch (dropped.kind) {
        case DroppedFile::Kind::Other:
            Q_EMIT failed(machine, {ErrorKind::Unsupported, whyNotAttachable(dropped.file), {}, {}});
            continue;
        case DroppedFile::Kind::ForeignDisk:
            Q_EMIT failed(machine,
                {ErrorKind::Unsupported, tr("%1 is of a format that a machine cannot have as a disk.").arg(name),
                    tr("Convert it first: Edit Disk is open for it."), {}});
            Q_EMIT conversionNeeded(dropped.file);
            continue;
        case DroppedFile::Kind::Iso:
            place = co_await attachIso(session, dropped.file, slot);
            break;
        case DroppedFile::Kind::Disk:
            place = co_await attachDisk(session, dropped.file, slot);
            break;
        }
        if (!self) {
            co_return;
        }
        if (!place) {
            Q_EMIT failed(machine, place.error());
            continue;
        }
        slot.reset(); // the others find places of their own
        const QString where = place->slot.toString();
        said << (dropped.kind == DroppedFile::Kind::Disk ? tr("%1 is a disk in slot %2.").arg(name, where)
                : place->mediumBefore                    ? tr("%1 is in DVD drive %2.").arg(name, where)
                                      : tr("%1 is in a new DVD drive in slot %2.").arg(name, where));
        places.push_back(*place);
    }
    if (!places.empty()) {
        Q_EMIT attached(machine, said.join(QLatin1Char(' ')), [self, session, places] {
            if (self && session) {
                QCoro::connect(self->takeBack(session, places), self.data(), [] { });
            }
        });
    }
}

QCoro::Task<Result<FileAttacher::Place>> FileAttacher::attachIso(
    QPointer<MachineSession> session, QString iso, std::optional<SlotId> slot)
{
    if (!session) {
        co_return std::unexpected(sessionGone());
    }
    const DvdDrive* chosen = slot ? dvdAt(*session, *slot) : nullptr;
    const std::optional<SlotId> wanted = ifEmpty(*session, slot);
    if (chosen == nullptr && !wanted) {
        for (const Drive& drive : session->drives().list()) {
            const DvdDrive* candidate = dvdAt(*session, drive.slot);
            if (candidate != nullptr && candidate->medium.isEmpty()) {
                chosen = candidate;
                slot = drive.slot;
                break;
            }
        }
    }
    if (chosen != nullptr) {
        const Place place{*slot, chosen->medium};
        const Result<void> inserted = co_await session->setMedium(*slot, iso);
        co_return inserted.transform([&] { return place; });
    }
    const Result<SlotId> added = co_await session->drives().add(wanted, DvdDrive{iso});
    co_return added.transform([](SlotId where) { return Place{where}; });
}

QCoro::Task<Result<FileAttacher::Place>> FileAttacher::attachDisk(
    QPointer<MachineSession> session, QString file, std::optional<SlotId> slot)
{
    if (!session) {
        co_return std::unexpected(sessionGone());
    }
    const Result<SlotId> added = co_await session->drives().add(ifEmpty(*session, slot), DiskDrive{file});
    co_return added.transform([](SlotId where) { return Place{where}; });
}

QCoro::Task<void> FileAttacher::takeBack(QPointer<MachineSession> session, std::vector<Place> places)
{
    const QPointer<FileAttacher> self(this);
    const QString machine = session->name();
    for (const Place& place : places | std::views::reverse) {
        if (!session || !self) {
            co_return;
        }
        Result<void> done;
        if (place.mediumBefore) {
            done = co_await session->setMedium(place.slot, *place.mediumBefore);
        } else {
            const Result<DriveRemoval> removed = co_await session->drives().remove(place.slot, RemovalWay::Safely);
            done = removed.transform([](const DriveRemoval&) { });
        }
        if (self && !done) {
            Q_EMIT failed(machine, done.error());
        }
    }
}

} // namespace platter
