// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/drive_change.h"

#include "core/live/disk_exchange.h"
#include "core/live/graph_turn.h"
#include "core/qemu/block_graph.h"
#include "core/qemu/drive_device.h"
#include "core/qemu/network_node.h"
#include "core/qemu/pending_answer.h"
#include "core/qemu/qmp_error.h"

#include <QCoreApplication>
#include <QHash>
#include <QJsonArray>
#include <QSet>

#include <algorithm>
#include <set>

namespace platter {

namespace {

using Turn = std::shared_ptr<GraphTurn>;

// QEMU takes a SCSI device away by itself; only requests that are under way can hold it up.
constexpr std::chrono::seconds goneDeadline{15};
constexpr std::chrono::milliseconds leftDeadline{3000};

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::DriveChange)
};

QCoro::Task<Result<QSet<QString>>> deviceNames(Turn turn)
{
    const Result<QJsonValue> answer = co_await turn->ask(QStringLiteral("query-block"));
    co_return answer.transform([](const QJsonValue& devices) {
        QSet<QString> names;
        const QJsonArray list = devices.toArray();
        for (const QJsonValue& device : list) {
            names.insert(device[QLatin1String("qdev")].toString());
        }
        return names;
    });
}

QCoro::Task<Result<bool>> hasDevice(Turn turn, SlotId slot)
{
    const Result<QSet<QString>> names = co_await deviceNames(turn);
    co_return names.transform([slot](const QSet<QString>& all) { return all.contains(driveName(slot)); });
}

QCoro::Task<Result<void>> removeDevice(Turn turn, SlotId slot)
{
    const Error stays{ErrorKind::TimedOut,
        Texts::tr("QEMU does not let go of the drive in slot %1.").arg(slot.toString()),
        Texts::tr("The guest may be in the middle of using it. Look again in a moment, or shut the machine down."),
        {}};
    if (!turn->monitor()) {
        co_return std::unexpected(qmpInterrupted(QStringLiteral("device_del")));
    }
    const auto gone = std::make_shared<PendingAnswer>();
    QObject::connect(turn->monitor(), &MachineMonitor::event, gone.get(),
        [answer = gone.get(), device = driveName(slot)](const QString& event, const QJsonObject& data) {
            if (event == QLatin1String("DEVICE_DELETED")
                && data.value(QLatin1String("device")).toString() == device) {
                answer->settle();
            }
        });
    const Result<void> asked =
        co_await turn->tell(QStringLiteral("device_del"), {{QStringLiteral("id"), driveName(slot)}});
    if (!asked) {
        co_return asked;
    }
    const Result<QJsonValue> deleted = co_await PendingAnswer::wait(gone, goneDeadline, stays);
    co_return deleted.transform([](const QJsonValue&) { });
}

// All of the slot's nodes that nothing uses.
QCoro::Task<Result<void>> removeNodes(Turn turn, SlotId slot)
{
    co_await turn->tell(QStringLiteral("blockdev-del"), {{QStringLiteral("node-name"), driveName(slot)}});
    const Result<std::vector<int>> generations = co_await turn->generations(slot);
    if (!generations) {
        co_return std::unexpected(generations.error());
    }
    co_await turn->removeNodes(slot, *generations);
    const Result<std::vector<int>> left = co_await turn->generations(slot);
    if (!left) {
        co_return std::unexpected(left.error());
    }
    if (!left->empty()) {
        co_return std::unexpected(Error{ErrorKind::TimedOut,
            Texts::tr("QEMU still has the image open that was in slot %1.").arg(slot.toString()),
            Texts::tr("It lets go of it when the machine is shut down."), {}});
    }
    co_return Result<void>();
}

DiskSource sourceOf(const QJsonValue& fileNode)
{
    const QString name = fileNode[QLatin1String("file")].toString();
    if (const std::optional<NetworkLocation> location = locationOfNode(name)) {
        return *location;
    }
    if (fileNode[QLatin1String("drv")].toString() == QLatin1String("host_device")) {
        return HostDevice{name};
    }
    return name;
}

std::optional<DiskDrive> diskOn(const QHash<QString, QJsonValue>& nodes, const QString& formatNode)
{
    const QJsonValue node = nodes.value(formatNode);
    const std::optional<DiskFormat> format = diskFormatFromString(node[QLatin1String("drv")].toString());
    const std::optional<SlotId> slot = slotOfName(formatNode);
    if (!format || !slot) {
        return std::nullopt;
    }
    DiskDrive disk{sourceOf(nodes.value(fileNodeName(*slot, *generationOfName(formatNode)))), *format};
    disk.isReadOnly = node[QLatin1String("ro")].toBool();
    return disk;
}

} // namespace

QCoro::Task<Result<void>> plugIn(QPointer<MachineMonitor> monitor, RuntimeFolder runtime, Drive drive)
{
    const Result<Turn> taken = co_await GraphTurn::take(std::move(monitor), runtime);
    if (!taken) {
        co_return std::unexpected(taken.error());
    }
    const Turn turn = *taken;
    const SlotId slot = drive.slot;
    const Result<bool> isTaken = co_await hasDevice(turn, slot);
    if (!isTaken) {
        co_return std::unexpected(isTaken.error());
    }
    if (*isTaken) {
        co_return std::unexpected(Error{ErrorKind::InUse,
            Texts::tr("The running machine has a drive in slot %1 already.").arg(slot.toString()),
            Texts::tr("Choose another slot."), {}});
    }
    Result<void> done = co_await removeNodes(turn, slot);
    for (const QJsonObject& node : driveNodes(drive, 0)) {
        if (done) {
            done = co_await turn->tell(QStringLiteral("blockdev-add"), node);
        }
    }
    if (!done && drive.isOnNetwork() && done.error().kind == ErrorKind::Qemu) {
        // "blockdev-add: GenericError: Failed to connect …"
        Error refused = serverRefused(drive.where(), done.error().detail.section(QStringLiteral(": "), 2));
        refused.detail = done.error().detail;
        done = std::unexpected(refused);
    }
    if (done) {
        done = co_await turn->tell(QStringLiteral("device_add"), driveDevice(drive, 0));
    }
    if (!done) {
        co_await removeNodes(turn, slot);
    }
    co_return done;
}

QCoro::Task<Result<void>> pullOut(QPointer<MachineMonitor> monitor, RuntimeFolder runtime, SlotId slot)
{
    // What another program has left on the way comes first.
    const Result<void> whole = co_await finishExchange(monitor, runtime, leftDeadline);
    if (!whole) {
        co_return whole;
    }
    const Result<Turn> taken = co_await GraphTurn::take(std::move(monitor), runtime);
    if (!taken) {
        co_return std::unexpected(taken.error());
    }
    const Turn turn = *taken;
    const Result<bool> isThere = co_await hasDevice(turn, slot);
    if (!isThere) {
        co_return std::unexpected(isThere.error());
    }
    if (*isThere) {
        if (const Result<void> gone = co_await removeDevice(turn, slot); !gone) {
            co_return gone;
        }
    }
    co_return co_await removeNodes(turn, slot);
}

QCoro::Task<Result<void>> closeLeftImages(QPointer<MachineMonitor> monitor, RuntimeFolder runtime)
{
    const Result<Turn> taken = co_await GraphTurn::take(std::move(monitor), runtime);
    if (!taken) {
        co_return std::unexpected(taken.error());
    }
    const Turn turn = *taken;
    const Result<QSet<QString>> devices = co_await deviceNames(turn);
    if (!devices) {
        co_return std::unexpected(devices.error());
    }
    const Result<QJsonArray> nodes = co_await turn->nodes();
    if (!nodes) {
        co_return std::unexpected(nodes.error());
    }
    std::set<SlotId> left;
    for (const QJsonValue& node : *nodes) {
        const std::optional<SlotId> slot = slotOfName(node[QLatin1String("node-name")].toString());
        if (slot && !devices->contains(driveName(*slot))) {
            left.insert(*slot);
        }
    }
    Result<void> done;
    for (const SlotId slot : left) {
        const Result<void> closed = co_await removeNodes(turn, slot);
        done = done ? closed : done;
    }
    co_return done;
}

QCoro::Task<Result<RunningDrives>> drivesOf(QPointer<MachineMonitor> monitor)
{
    if (!monitor) {
        co_return std::unexpected(qmpInterrupted(QStringLiteral("query-block")));
    }
    const MachineMonitor::Hold hold(monitor);
    const Result<QJsonValue> devices = co_await monitor->execute(QStringLiteral("query-block"));
    if (!devices || !monitor) {
        co_return std::unexpected(devices ? qmpInterrupted(QStringLiteral("query-block")) : devices.error());
    }
    const Result<QJsonValue> nodes =
        co_await monitor->execute(QStringLiteral("query-named-block-nodes"), {{QStringLiteral("flat"), true}});
    if (!nodes) {
        co_return std::unexpected(nodes.error());
    }
    QHash<QString, QJsonValue> byName;
    QHash<QString, QString> formatNodes; // of the newest generation, by drive
    const QJsonArray all = nodes->toArray();
    for (const QJsonValue& node : all) {
        const QString name = node[QLatin1String("node-name")].toString();
        byName.insert(name, node);
        const std::optional<SlotId> slot = slotOfName(name);
        const std::optional<int> generation = generationOfName(name);
        if (slot && generation && name == formatNodeName(*slot, *generation)) {
            QString& newest = formatNodes[driveName(*slot)];
            newest = std::max(generationOfName(newest).value_or(-1), *generation) == *generation ? name : newest;
        }
    }
    RunningDrives drives;
    const QJsonArray list = devices->toArray();
    for (const QJsonValue& device : list) {
        const QString name = device[QLatin1String("qdev")].toString();
        const std::optional<SlotId> slot = slotOfName(name);
        if (!slot) {
            continue;
        }
        if (device[QLatin1String("removable")].toBool()) {
            drives.list.push_back(
                {*slot, DvdDrive{device[QLatin1String("inserted")][QLatin1String("file")].toString()}});
        } else if (const std::optional<DiskDrive> disk = diskOn(byName, formatNodes.value(name))) {
            drives.list.push_back({*slot, *disk});
            const double size =
                byName.value(name)[QLatin1String("image")][QLatin1String("virtual-size")].toDouble();
            drives.sizes[*slot] = ByteCount(static_cast<std::uint64_t>(size));
        } else {
            co_return std::unexpected(
                Error{ErrorKind::InUse, Texts::tr("The disk in slot %1 is being changed.").arg(slot->toString()),
                    Texts::tr("Look again in a moment."), {}});
        }
    }
    std::ranges::sort(drives.list, {}, &Drive::slot);
    co_return drives;
}

} // namespace platter
