// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/medium_change.h"

#include "core/live/graph_turn.h"
#include "core/qemu/block_graph.h"
#include "core/qemu/pending_answer.h"
#include "core/qemu/qmp_error.h"

#include <QCoreApplication>
#include <QJsonArray>

namespace platter {

namespace {

// What a guest that holds the tray may take to let it go: Linux asks udev, which asks the file system.
constexpr std::chrono::seconds trayDeadline{3};

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::MediumChange)
};

Error trayLocked(SlotId slot)
{
    return {ErrorKind::InUse, Texts::tr("The guest holds the tray of DVD drive %1 locked.").arg(slot.toString()),
        Texts::tr("Unmount or eject the medium inside the guest, then try again; or open the tray by force: "
                  "programs that read from the medium get errors then."),
        {}};
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

QCoro::Task<Result<DriveNow>> lookAt(std::shared_ptr<GraphTurn> turn, SlotId slot)
{
    const Result<QJsonValue> answer = co_await turn->ask(QStringLiteral("query-block"));
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

// One that no node of the slot has. What hangs there unused, left by a program that died half-way, is closed.
QCoro::Task<Result<int>> nextGeneration(std::shared_ptr<GraphTurn> turn, SlotId slot, std::optional<int> used)
{
    Result<std::vector<int>> generations = co_await turn->generations(slot);
    if (!generations) {
        co_return std::unexpected(generations.error());
    }
    const int next = generations->empty() ? 0 : generations->back() + 1;
    if (used) {
        std::erase(*generations, *used);
    }
    co_await turn->removeNodes(slot, *generations);
    co_return next;
}

QCoro::Task<Result<void>> addNodes(std::shared_ptr<GraphTurn> turn, SlotId slot, int generation, QString iso)
{
    Result<void> added = co_await turn->tell(QStringLiteral("blockdev-add"), mediumFileNode(slot, generation, iso));
    if (added) {
        added = co_await turn->tell(QStringLiteral("blockdev-add"), mediumNode(slot, generation));
    }
    if (!added) {
        co_await turn->removeNodes(slot, {generation});
    }
    co_return added;
}

QCoro::Task<Result<void>> openTray(std::shared_ptr<GraphTurn> turn, SlotId slot, TrayOpening opening)
{
    if (!turn->monitor()) {
        co_return std::unexpected(qmpInterrupted(QStringLiteral("blockdev-open-tray")));
    }
    // The command succeeds even where the guest is only asked to let the tray go; the event tells.
    const auto opened = std::make_shared<PendingAnswer>();
    QObject::connect(turn->monitor(), &MachineMonitor::event, opened.get(),
        [answer = opened.get(), drive = driveName(slot)](const QString& event, const QJsonObject& data) {
            if (event == QLatin1String("DEVICE_TRAY_MOVED") && data.value(QLatin1String("id")).toString() == drive
                && data.value(QLatin1String("tray-open")).toBool()) {
                answer->settle();
            }
        });
    QJsonObject arguments = byDrive(slot);
    arguments.insert(QStringLiteral("force"), opening == TrayOpening::ByForce);
    const Result<void> asked = co_await turn->tell(QStringLiteral("blockdev-open-tray"), arguments);
    if (!asked) {
        co_return asked;
    }
    const Result<QJsonValue> moved = co_await PendingAnswer::wait(opened, trayDeadline, trayLocked(slot));
    co_return moved.transform([](const QJsonValue&) { });
}

QCoro::Task<Result<void>> insert(std::shared_ptr<GraphTurn> turn, SlotId slot, QString node)
{
    QJsonObject arguments = byDrive(slot);
    arguments.insert(QStringLiteral("node-name"), node);
    co_return co_await turn->tell(QStringLiteral("blockdev-insert-medium"), arguments);
}

} // namespace

QCoro::Task<Result<void>> changeMedium(
    QPointer<MachineMonitor> monitor, RuntimeFolder runtime, SlotId slot, QString iso, TrayOpening opening)
{
    const Result<std::shared_ptr<GraphTurn>> taken = co_await GraphTurn::take(std::move(monitor), runtime);
    if (!taken) {
        co_return std::unexpected(taken.error());
    }
    const std::shared_ptr<GraphTurn>& turn = *taken;
    const Result<DriveNow> now = co_await lookAt(turn, slot);
    if (!now) {
        co_return std::unexpected(now.error());
    }
    if (!now->exists) {
        co_return std::unexpected(Error{ErrorKind::NotFound,
            Texts::tr("The running machine has no DVD drive in slot %1.").arg(slot.toString()),
            Texts::tr("It was added after the start: shut the machine down and start it again."), {}});
    }
    const std::optional<int> oldGeneration = generationOfName(now->node);
    const Result<int> generation = co_await nextGeneration(turn, slot, oldGeneration);
    if (!generation) {
        co_return std::unexpected(generation.error());
    }
    Result<void> done;
    if (!iso.isEmpty()) {
        done = co_await addNodes(turn, slot, *generation, iso);
        if (!done) {
            co_return done;
        }
    }
    if (!now->trayOpen) {
        done = co_await openTray(turn, slot, opening);
    }
    if (done && !now->node.isEmpty()) {
        done = co_await turn->tell(QStringLiteral("blockdev-remove-medium"), byDrive(slot));
    }
    if (done && !iso.isEmpty()) {
        done = co_await insert(turn, slot, formatNodeName(slot, *generation));
        if (!done && !now->node.isEmpty()) {
            co_await insert(turn, slot, now->node);
        }
    }
    // With the tray locked this changes nothing.
    const Result<void> closed = co_await turn->tell(QStringLiteral("blockdev-close-tray"), byDrive(slot));
    if (done && oldGeneration) {
        co_await turn->removeNodes(slot, {*oldGeneration});
    } else if (!done && !iso.isEmpty()) {
        co_await turn->removeNodes(slot, {*generation});
    }
    co_return done ? closed : done;
}

} // namespace platter
