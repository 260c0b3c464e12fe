// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/drive_removal.h"

#include "core/disk/inspect_file.h"
#include "core/live/drive_change.h"
#include "core/live/guest_disk_use.h"
#include "core/live/guest_script.h"
#include "core/qemu/block_graph.h"
#include "core/qemu/drive_device.h"
#include "core/qemu/qmp_error.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QCoroTimer>
#include <QJsonArray>
#include <QtConcurrentRun>

#include <memory>

namespace platter {

namespace {

using Monitor = QPointer<MachineMonitor>;

constexpr std::chrono::seconds lookDeadline{30}; // PowerShell takes seconds to start
constexpr std::chrono::minutes releaseDeadline{2}; // the guest may have much to write
// A file system that something is written to shows it within: Linux writes out after 5 s, journals included.
constexpr std::chrono::seconds quietTime{6};

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::DriveRemoval)
};

std::unexpected<Error> isSystemDisk(SlotId slot, const QString& why)
{
    return std::unexpected(Error{ErrorKind::WrongState,
        Texts::tr("The disk in slot %1 cannot be removed while the machine runs, for the system runs from it: %2.")
            .arg(slot.toString(), why),
        Texts::tr("Shut the machine down first."), {}});
}

// What the image says of the disk, for what the guest does not.
struct DiskContents {
    bool canBoot = false; // there is a boot loader on it
    QStringList partitionIds;
    bool isElsewhere = false; // on a server, and not looked at
};

DiskContents contentsOf(const DiskDrive& disk)
{
    DiskContents contents;
    if (std::holds_alternative<NetworkLocation>(disk.source)) {
        contents.isElsewhere = true;
        return contents;
    }
    const Result<DiskInspection> inspected = inspectFile(disk.where(), {}, InspectAccess::Shared);
    if (!inspected) {
        return contents;
    }
    contents.canBoot = !inspected->bootability.loaders.empty();
    for (const Partition& partition : inspected->partitions.partitions) {
        contents.partitionIds << partition.uuid;
    }
    return contents;
}

// The write requests and flushes that a drive has had, and whether the guest holds its tray.
struct DriveNow {
    std::int64_t writes = 0;
    bool isLocked = false;
    bool hasMedium = false;
};

QCoro::Task<Result<DriveNow>> lookAt(Monitor monitor, SlotId slot)
{
    if (!monitor) {
        co_return std::unexpected(qmpInterrupted(QStringLiteral("query-blockstats")));
    }
    const MachineMonitor::Hold hold(monitor);
    const Result<QJsonValue> stats = co_await monitor->execute(QStringLiteral("query-blockstats"));
    if (!stats || !monitor) {
        co_return std::unexpected(stats ? qmpInterrupted(QStringLiteral("query-block")) : stats.error());
    }
    const Result<QJsonValue> block = co_await monitor->execute(QStringLiteral("query-block"));
    if (!block) {
        co_return std::unexpected(block.error());
    }
    DriveNow now;
    const QJsonArray devices = stats->toArray();
    for (const QJsonValue& device : devices) {
        if (device[QLatin1String("qdev")].toString() == driveName(slot)) {
            const QJsonValue counted = device[QLatin1String("stats")];
            for (const QLatin1String key : {QLatin1String("wr_operations"), QLatin1String("flush_operations"),
                     QLatin1String("unmap_operations")}) {
                now.writes += counted[key].toInteger();
            }
        }
    }
    const QJsonArray drives = block->toArray();
    for (const QJsonValue& drive : drives) {
        if (drive[QLatin1String("qdev")].toString() == driveName(slot)) {
            now.isLocked = drive[QLatin1String("locked")].toBool();
            now.hasMedium =
                !drive[QLatin1String("inserted")].isUndefined() && !drive[QLatin1String("tray_open")].toBool();
        }
    }
    co_return now;
}

// What to type in a guest that cannot be asked.
QString byHand(SlotId slot)
{
    return Texts::tr(
        "in Linux, unmount what is on /dev/disk/by-id/*%1, then write 1 to device/delete of the disk in "
        "/sys/block; in Windows, take the disk offline in Disk Management")
        .arg(driveSerial(slot));
}

QCoro::Task<Result<DriveRemoval>> removeDvd(Monitor monitor, RuntimeFolder runtime, SlotId slot, RemovalWay way)
{
    const Result<DriveNow> now = co_await lookAt(monitor, slot);
    if (!now) {
        co_return std::unexpected(now.error());
    }
    const bool isUsed = now->isLocked && now->hasMedium;
    if (isUsed && way == RemovalWay::Safely) {
        co_return std::unexpected(Error{ErrorKind::InUse,
            Texts::tr("The guest uses the medium in DVD drive %1 and holds its tray locked.").arg(slot.toString()),
            Texts::tr("Unmount it in the guest first, or remove the drive by force: programs that read from it "
                      "get errors then."),
            {}});
    }
    const Result<void> gone = co_await pullOut(monitor, runtime, slot);
    co_return gone.transform([isUsed] {
        return DriveRemoval{!isUsed,
            isUsed ? QStringList{Texts::tr("The guest was using the medium; what reads from it gets errors.")}
                   : QStringList()};
    });
}

// The guest cannot be asked: WHY.
QCoro::Task<Result<DriveRemoval>> removeUnasked(
    Monitor monitor, RuntimeFolder runtime, Drive drive, RemovalWay way, DiskContents contents, Error why)
{
    const SlotId slot = drive.slot;
    if (contents.canBoot) {
        co_return isSystemDisk(slot,
            Texts::tr("there is a boot loader on it, and the guest does not tell where it runs from (%1)")
                .arg(why.summary.chopped(why.summary.endsWith(QLatin1Char('.')) ? 1 : 0)));
    }
    if (contents.isElsewhere) {
        co_return isSystemDisk(slot,
            Texts::tr("what is on the server cannot be seen from here, and the guest does not tell where it runs "
                      "from (%1)")
                .arg(why.summary.chopped(why.summary.endsWith(QLatin1Char('.')) ? 1 : 0)));
    }
    const Result<DriveNow> before = co_await lookAt(monitor, slot);
    if (!before) {
        co_return std::unexpected(before.error());
    }
    if (way == RemovalWay::Safely) {
        co_await QCoro::sleepFor(quietTime);
        const Result<DriveNow> after = co_await lookAt(monitor, slot);
        if (!after) {
            co_return std::unexpected(after.error());
        }
        const QString seen = after->writes != before->writes
            ? Texts::tr("It is being written to right now.")
            : Texts::tr("Nothing was written to it for %1 seconds, but the guest may have it mounted, and keep "
                        "back what is to be written.")
                  .arg(quietTime.count());
        co_return std::unexpected(Error{ErrorKind::InUse,
            Texts::tr("Whether the disk in slot %1 can be removed safely is not known: %2 %3")
                .arg(slot.toString(), why.summary, seen),
            Texts::tr("Let the guest go of it first (%1). Then remove it by force.").arg(byHand(slot)),
            why.detail});
    }
    const Result<void> gone = co_await pullOut(monitor, runtime, slot);
    co_return gone.transform([&] {
        return DriveRemoval{false,
            {Texts::tr("The guest could not be asked: what it had not written to the disk by now is lost.")}};
    });
}

// Lets the guest write out all that is to be written, and holds its writers for the moment in which the disk goes.
QCoro::Task<Result<DriveRemoval>> removeFrozen(
    Monitor monitor, RuntimeFolder runtime, SlotId slot, GuestDiskUse use, QString busy)
{
    QJsonArray mountPoints;
    for (const GuestDiskUse::Mount& mount : use.mounts) {
        mountPoints.append(mount.where);
    }
    const auto agent = std::make_unique<GuestAgent>(runtime);
    bool isFrozen = false;
    if (!mountPoints.isEmpty() && co_await agent->open()) {
        const Result<QJsonValue> frozen = co_await agent->execute(QStringLiteral("guest-fsfreeze-freeze-list"),
            {{QStringLiteral("mountpoints"), mountPoints}}, releaseDeadline);
        isFrozen = frozen.has_value();
    }
    if (!isFrozen && use.system == GuestSystem::Linux) {
        agent->close();
        co_await runScript(runtime, use.system,
            QStringLiteral("sync\nblockdev --flushbufs /dev/%1\n").arg(use.disk), QStringLiteral("sync"),
            releaseDeadline);
    }
    const Result<void> gone = co_await pullOut(monitor, runtime, slot);
    if (isFrozen) {
        co_await agent->execute(QStringLiteral("guest-fsfreeze-thaw"), {}, releaseDeadline);
    }
    co_return gone.transform([&] {
        return DriveRemoval{isFrozen,
            {isFrozen
                    ? Texts::tr("All that was written until then is on it, but the guest did not let go of it: %1. "
                                "What writes to it now gets errors.")
                          .arg(busy)
                    : Texts::tr("The guest was told to write out what it had, but did not let go of the disk: %1. "
                                "What it wrote after that is lost.")
                          .arg(busy)}};
    });
}

QCoro::Task<Result<DriveRemoval>> removeAsked(
    Monitor monitor, RuntimeFolder runtime, SlotId slot, RemovalWay way, GuestDiskUse use)
{
    QString busy = whyBusy(use);
    if (busy.isEmpty()) {
        const Result<QByteArray> released = co_await runScript(
            runtime, use.system, releaseScript(use), Texts::tr("letting go of the disk"), releaseDeadline);
        if (released && !released->startsWith("busy ")) {
            const Result<void> gone = co_await pullOut(monitor, runtime, slot);
            co_return gone.transform([&] {
                return DriveRemoval{true,
                    {use.mounts.empty()
                            ? Texts::tr("The guest had nothing mounted from it and has let go of it: all is on it.")
                            : Texts::tr("The guest has unmounted %1 and let go of the disk: all is on it.")
                                  .arg(use.mounts.front().where)}};
            });
        }
        busy = released ? Texts::tr("%1 is in use").arg(QString::fromUtf8(released->mid(5)).trimmed())
                        : released.error().text();
    }
    if (way == RemovalWay::Forcibly) {
        co_return co_await removeFrozen(monitor, runtime, slot, use, busy);
    }
    co_return std::unexpected(Error{ErrorKind::InUse,
        Texts::tr("The guest uses the disk in slot %1: %2.").arg(slot.toString(), busy),
        Texts::tr("End that in the guest and try again, or remove the disk by force: what is written until then "
                  "is kept, and what goes on writing gets errors."),
        {}});
}

} // namespace

QCoro::Task<Result<DriveRemoval>> removeFromRunning(
    QPointer<MachineMonitor> monitor, RuntimeFolder runtime, Drive drive, RemovalWay way)
{
    const SlotId slot = drive.slot;
    const auto* disk = std::get_if<DiskDrive>(&drive.what);
    if (disk == nullptr) {
        co_return co_await removeDvd(monitor, runtime, slot, way);
    }
    const DiskContents contents = co_await QtConcurrent::run(contentsOf, *disk);
    const Result<GuestSystem> system = co_await guestSystem(runtime);
    if (!system) {
        co_return co_await removeUnasked(monitor, runtime, drive, way, contents, system.error());
    }
    const Result<QByteArray> said = co_await runScript(
        runtime, *system, diskUseScript(*system, slot), Texts::tr("looking at the disk"), lookDeadline);
    const Result<GuestDiskUse> use =
        said.and_then([&](const QByteArray& output) { return readDiskUse(*system, output); });
    if (!use && use.error().kind == ErrorKind::NotFound) {
        // Nothing of it is in the guest's memory.
        const Result<void> gone = co_await pullOut(monitor, runtime, slot);
        co_return gone.transform([] {
            return DriveRemoval{true, {Texts::tr("The guest did not see the disk: nothing of it was in use.")}};
        });
    }
    if (!use) {
        co_return co_await removeUnasked(monitor, runtime, drive, way, contents, use.error());
    }
    if (const QString why = whySystemDisk(*use, slot, contents.partitionIds); !why.isEmpty()) {
        co_return isSystemDisk(slot, why);
    }
    // Windows says so itself.
    if (contents.canBoot && use->bootEntry.isEmpty() && use->system == GuestSystem::Linux) {
        co_return isSystemDisk(
            slot, Texts::tr("there is a boot loader on it, and the guest does not tell what it was booted by"));
    }
    co_return co_await removeAsked(monitor, runtime, slot, way, *use);
}

} // namespace platter
