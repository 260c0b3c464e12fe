// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/medium_change.h"

#include "core/qemu/block_graph.h"
#include "core/qemu/pending_answer.h"
#include "core/qemu/qmp_error.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <set>

namespace platter {

namespace {

// What a guest that holds the tray may take to let it go: Linux asks udev, which asks the file system.
constexpr std::chrono::seconds trayDeadline{3};

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::MediumChange)
};

Error trayLocked(SlotId slot)
{
    return {ErrorKind::WrongState,
        Texts::tr("The guest holds the tray of DVD drive %1 locked.").arg(slot.toString()),
        Texts::tr("Unmount or eject the medium inside the guest, then try again."), {}};
}

QJsonObject byDrive(SlotId slot)
{
    return {{QStringLiteral("id"), driveName(slot)}};
}

struct DriveNow {
    bool exists = false;
    bool trayOpen = false;
    QString node; // empty: no medium
};

QCoro::Task<Result<DriveNow>> lookAt(QPointer<MachineMonitor> monitor, SlotId slot)
{
    if (!monitor) {
        co_return std::unexpected(qmpInterrupted(QStringLiteral("query-block")));
    }
    const Result<QJsonValue> answer = co_await monitor->execute(QStringLiteral("query-block"));
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    DriveNow now;
    const QJsonArray devices = answer->toArray();
    for (const QJsonValue& device : devices) {
        if (device[QLatin1String("qdev")].toString() == driveName(slot)) {
            now.exists = true;
            now.trayOpen = device[QLatin1String("tray_open")].toBool();
            now.node = device[QLatin1String("inserted")][QLatin1String("node-name")].toString();
        }
    }
    co_return now;
}

QCoro::Task<Result<void>> ask(QPointer<MachineMonitor> monitor, QString command, QJsonObject arguments)
{
    if (!monitor) {
        co_return std::unexpected(qmpInterrupted(command));
    }
    const Result<QJsonValue> answer = co_await monitor->execute(command, arguments);
    co_return answer.transform([](const QJsonValue&) { });
}

// The format node first: the file node is in use until then. A node that is not there is what was wanted.
QCoro::Task<void> removeNodes(QPointer<MachineMonitor> monitor, SlotId slot, int generation)
{
    const QStringList names{formatNodeName(slot, generation), fileNodeName(slot, generation)};
    for (const QString& name : names) {
        co_await ask(monitor, QStringLiteral("blockdev-del"), {{QStringLiteral("node-name"), name}});
    }
}

// A generation that no node of the slot has. Nodes that hang there unused, left by a program that died half-way,
// are closed.
QCoro::Task<Result<int>> nextGeneration(QPointer<MachineMonitor> monitor, SlotId slot, std::optional<int> used)
{
    if (!monitor) {
        co_return std::unexpected(qmpInterrupted(QStringLiteral("query-named-block-nodes")));
    }
    const Result<QJsonValue> answer =
        co_await monitor->execute(QStringLiteral("query-named-block-nodes"), {{QStringLiteral("flat"), true}});
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    std::set<int> leftOver;
    const QJsonArray nodes = answer->toArray();
    for (const QJsonValue& node : nodes) {
        const QString name = node[QLatin1String("node-name")].toString();
        if (const std::optional<int> generation = generationOfName(name); generation && slotOfName(name) == slot) {
            leftOver.insert(*generation);
        }
    }
    const int next = leftOver.empty() ? 0 : *leftOver.rbegin() + 1;
    if (used) {
        leftOver.erase(*used);
    }
    for (const int generation : leftOver) {
        co_await removeNodes(monitor, slot, generation);
    }
    co_return next;
}

QCoro::Task<Result<void>> addNodes(QPointer<MachineMonitor> monitor, SlotId slot, int generation, QString iso)
{
    Result<void> added =
        co_await ask(monitor, QStringLiteral("blockdev-add"), mediumFileNode(slot, generation, iso));
    if (added) {
        added = co_await ask(monitor, QStringLiteral("blockdev-add"), mediumNode(slot, generation));
    }
    if (!added) {
        co_await removeNodes(monitor, slot, generation);
    }
    co_return added;
}

QCoro::Task<Result<void>> openTray(QPointer<MachineMonitor> monitor, SlotId slot)
{
    if (!monitor) {
        co_return std::unexpected(qmpInterrupted(QStringLiteral("blockdev-open-tray")));
    }
    // The command succeeds even where the guest is only asked to let the tray go; the event tells.
    const auto opened = std::make_shared<PendingAnswer>();
    QObject::connect(monitor.data(), &MachineMonitor::event, opened.get(),
        [answer = opened.get(), drive = driveName(slot)](const QString& event, const QJsonObject& data) {
            if (event == QLatin1String("DEVICE_TRAY_MOVED") && data.value(QLatin1String("id")).toString() == drive
                && data.value(QLatin1String("tray-open")).toBool()) {
                answer->settle();
            }
        });
    const Result<void> asked = co_await ask(monitor, QStringLiteral("blockdev-open-tray"), byDrive(slot));
    if (!asked) {
        co_return asked;
    }
    const Result<QJsonValue> moved = co_await PendingAnswer::wait(opened, trayDeadline, trayLocked(slot));
    co_return moved.transform([](const QJsonValue&) { });
}

QCoro::Task<Result<void>> insert(QPointer<MachineMonitor> monitor, SlotId slot, QString node)
{
    QJsonObject arguments = byDrive(slot);
    arguments.insert(QStringLiteral("node-name"), node);
    co_return co_await ask(monitor, QStringLiteral("blockdev-insert-medium"), arguments);
}

} // namespace

QCoro::Task<Result<void>> changeMedium(
    QPointer<MachineMonitor> monitor, RuntimeFolder runtime, SlotId slot, QString iso)
{
    const MachineMonitor::Hold hold(monitor);
    const Result<TurnLock> turn =
        co_await TurnLock::take(runtime.path + QStringLiteral("/graph.lock"), QmpClient::usualDeadline);
    if (!turn) {
        co_return std::unexpected(turn.error());
    }
    const Result<DriveNow> now = co_await lookAt(monitor, slot);
    if (!now) {
        co_return std::unexpected(now.error());
    }
    if (!now->exists) {
        co_return std::unexpected(Error{ErrorKind::NotFound,
            Texts::tr("The running machine has no DVD drive in slot %1.").arg(slot.toString()),
            Texts::tr("It was added after the start: shut the machine down and start it again."), {}});
    }
    const std::optional<int> oldGeneration = generationOfName(now->node);
    const Result<int> generation = co_await nextGeneration(monitor, slot, oldGeneration);
    if (!generation) {
        co_return std::unexpected(generation.error());
    }
    Result<void> done;
    if (!iso.isEmpty()) {
        done = co_await addNodes(monitor, slot, *generation, iso);
        if (!done) {
            co_return done;
        }
    }
    if (!now->trayOpen) {
        done = co_await openTray(monitor, slot);
    }
    if (done && !now->node.isEmpty()) {
        done = co_await ask(monitor, QStringLiteral("blockdev-remove-medium"), byDrive(slot));
    }
    if (done && !iso.isEmpty()) {
        done = co_await insert(monitor, slot, formatNodeName(slot, *generation));
        if (!done && !now->node.isEmpty()) {
            co_await insert(monitor, slot, now->node);
        }
    }
    // With the tray locked this changes nothing.
    const Result<void> closed = co_await ask(monitor, QStringLiteral("blockdev-close-tray"), byDrive(slot));
    if (done && oldGeneration) {
        co_await removeNodes(monitor, slot, *oldGeneration);
    } else if (!done && !iso.isEmpty()) {
        co_await removeNodes(monitor, slot, *generation);
    }
    co_return done ? closed : done;
}

} // namespace platter
