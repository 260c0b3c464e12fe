// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/disk_exchange.h"

#include "core/live/exchange_journal.h"
#include "core/qemu/block_graph.h"
#include "core/qemu/qmp_error.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QJsonArray>
#include <QtConcurrentRun>

#include <cerrno>
#include <sys/mman.h>
#include <unistd.h>

namespace platter {

namespace {

using std::chrono::steady_clock;
using Turn = std::shared_ptr<GraphTurn>;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::DiskExchange)
};

QJsonObject byNode(const QString& node)
{
    return {{QStringLiteral("node-name"), node}};
}

// What stands for the image meanwhile: memory without content, which QEMU can resize (a null-co node it cannot).
Result<UniqueFd> makeHold(ByteCount size)
{
    UniqueFd hold(::memfd_create("platter-hold", MFD_CLOEXEC));
    if (!hold || ::ftruncate(hold.get(), static_cast<off_t>(size.bytes())) != 0) {
        return std::unexpected(
            systemError(Texts::tr("Making a placeholder for the disk"), QStringLiteral("memfd"), errno));
    }
    return hold;
}

// QEMU opens it by the name that it has in our process, and then has it for itself.
QString pathOf(const UniqueFd& file)
{
    return QStringLiteral("/proc/%1/fd/%2").arg(QCoreApplication::applicationPid()).arg(file.get());
}

QCoro::Task<Result<QString>> runState(Turn turn)
{
    const Result<QJsonValue> answer = co_await turn->ask(QStringLiteral("query-status"));
    co_return answer.transform([](const QJsonValue& status) { return status[QLatin1String("status")].toString(); });
}

QCoro::Task<Result<void>> reopen(Turn turn, SlotId slot, QString child, DiskDrive disk)
{
    co_return co_await turn->tell(
        QStringLiteral("blockdev-reopen"), {{QStringLiteral("options"), QJsonArray{rawNodeOn(slot, child, disk)}}});
}

bool isAmong(const QJsonArray& nodes, const QString& name)
{
    return std::ranges::any_of(
        nodes, [&](const QJsonValue& node) { return node[QLatin1String("node-name")].toString() == name; });
}

QCoro::Task<Result<ByteCount>> sizeOfNode(Turn turn, QString name)
{
    const Result<QJsonArray> nodes = co_await turn->nodes();
    if (!nodes) {
        co_return std::unexpected(nodes.error());
    }
    for (const QJsonValue& node : *nodes) {
        if (node[QLatin1String("node-name")].toString() == name) {
            co_return ByteCount(static_cast<std::uint64_t>(
                node[QLatin1String("image")][QLatin1String("virtual-size")].toInteger()));
        }
    }
    co_return std::unexpected(
        Error{ErrorKind::WrongState, Texts::tr("The running machine has no disk called %1.").arg(name),
            Texts::tr("It was added after the start: shut the machine down and start it again."), {}});
}

// Whether the guest is to be stopped for the exchange, and to go on afterwards.
QCoro::Task<Result<bool>> checkRuns(Turn turn)
{
    const Result<QString> state = co_await runState(turn);
    if (!state) {
        co_return std::unexpected(state.error());
    }
    if (*state != QLatin1String("running") && *state != QLatin1String("paused")) {
        co_return std::unexpected(Error{ErrorKind::WrongState,
            Texts::tr("The machine neither runs nor is it paused, so its disk cannot be changed now."),
            Texts::tr("Resume it, or power it off, first."), *state});
    }
    co_return *state == QLatin1String("running");
}

QCoro::Task<Result<void>> checkNoJobs(Turn turn)
{
    const Result<QJsonValue> jobs = co_await turn->ask(QStringLiteral("query-block-jobs"));
    if (!jobs) {
        co_return std::unexpected(jobs.error());
    }
    if (jobs->toArray().isEmpty()) {
        co_return Result<void>();
    }
    const QJsonValue job = jobs->toArray().first();
    co_return std::unexpected(Error{ErrorKind::WrongState,
        Texts::tr("QEMU is busy with a disk of the machine: the job “%1” (%2).")
            .arg(job[QLatin1String("device")].toString(), job[QLatin1String("type")].toString()),
        Texts::tr("Wait until it has ended, or cancel it."), {}});
}

// After an attempt to take the image from under a disk.
struct Release {
    // What it stands on. Where an answer did not come in time, nobody knows what becomes of the command.
    enum class Ground { Image, Hold, Unknown };

    Ground ground = Ground::Image;
    Result<void> done = {};
};

// A step from BEFORE to WANTED.
Release::Ground groundAfter(const Result<void>& done, Release::Ground before, Release::Ground wanted)
{
    if (done) {
        return wanted;
    }
    return isRefusal(done.error()) ? before : Release::Ground::Unknown;
}

// QEMU closes the image cleanly and drops its locks. An image that it keeps all the same refuses the edit by these.
// What follows is sent without waiting for the answer before, for the guest stands still: a node that is in use
// stays.
QCoro::Task<Release> letGo(Turn turn, SlotId slot, DiskDrive disk, int generation)
{
    const QString format = formatNodeName(slot, generation);
    const QCoro::Task<Result<void>> leaving = reopen(turn, slot, holdNodeName(slot), disk);
    const QCoro::Task<Result<void>> closing = turn->tell(QStringLiteral("blockdev-del"), byNode(format));
    const QCoro::Task<Result<void>> closingFile =
        turn->tell(QStringLiteral("blockdev-del"), byNode(fileNodeName(slot, generation)));
    const Result<void> left = co_await leaving;
    const Result<void> closed = co_await closing;
    co_await closingFile;
    using enum Release::Ground;
    Release release{groundAfter(left, Image, Hold), left};
    if (release.ground == Hold && !closed) {
        release = {groundAfter(closed, Hold, Hold), closed};
        if (release.ground == Hold) {
            const Result<void> back = co_await reopen(turn, slot, format, disk);
            release.ground = groundAfter(back, Hold, Image);
        }
    }
    co_return release;
}

// The disk stands on the hold: puts the image back. The size is the image's own, whatever became of it.
QCoro::Task<Result<ByteCount>> putBack(Turn turn, SlotId slot, DiskDrive disk, int generation)
{
    const QString format = formatNodeName(slot, generation);
    // One goes without the answer to the other: what stands on a node that is not there is refused.
    const QCoro::Task<Result<void>> openingFile =
        turn->tell(QStringLiteral("blockdev-add"), fileNode(slot, generation, disk));
    const QCoro::Task<Result<void>> opening =
        turn->tell(QStringLiteral("blockdev-add"), formatNode(slot, generation, disk));
    const QCoro::Task<Result<ByteCount>> measuring = sizeOfNode(turn, format);
    const Result<void> openedFile = co_await openingFile;
    const Result<void> opened = co_await opening;
    const Result<ByteCount> size = co_await measuring;
    Result<void> done = openedFile ? opened : openedFile;
    if (done && !size) {
        done = std::unexpected(size.error());
    }
    if (done) {
        // It lands on the hold, and queues the notice to the guest.
        QJsonObject arguments = byNode(driveName(slot));
        arguments.insert(QStringLiteral("size"), static_cast<qint64>(size->bytes()));
        done = co_await turn->tell(QStringLiteral("block_resize"), arguments);
    }
    if (done) {
        done = co_await reopen(turn, slot, format, disk);
    }
    if (!done && done.error().kind != ErrorKind::TimedOut) {
        co_await turn->removeNodes(slot, {generation});
    }
    if (!done) {
        co_return std::unexpected(done.error());
    }
    co_return size;
}

Error cannotPutBack(const ExchangeJournal& journal, const Error& why)
{
    return {why.kind,
        Texts::tr("The machine stands still, for its disk %1 in slot %2 cannot be opened again. %3")
            .arg(journal.disk.file(), journal.slot.toString(), why.summary),
        Texts::tr("Nothing is lost: set that right and resume the machine."), why.detail};
}

// QEMU does later what it has not answered in time.
Error mayStandStill(Error error)
{
    if (error.kind == ErrorKind::TimedOut) {
        error.advice =
            Texts::tr("Nothing is lost, but the machine may stand still: resume it when QEMU answers again.");
    }
    return error;
}

// What went wrong once the image was changed already.
Error afterEdit(const OperationOutcome& edit, Error error)
{
    error.summary = (QStringList(edit.sentences) << error.summary).join(QLatin1Char(' '));
    return error;
}

// The disk stands on the hold. Only what QEMU has said is noted: where it has not answered, whoever comes next
// tries again.
QCoro::Task<Result<ByteCount>> putBackOrNote(
    Turn turn, RuntimeFolder runtime, ExchangeJournal journal, int generation)
{
    Result<ByteCount> size = co_await putBack(turn, journal.slot, journal.disk, generation);
    if (!size && size.error().kind == ErrorKind::TimedOut) {
        co_return std::unexpected(mayStandStill(size.error()));
    }
    if (!size && size.error().kind != ErrorKind::Interrupted) {
        journal.trouble = cannotPutBack(journal, size.error());
        std::ignore = journal.write(runtime);
        co_return std::unexpected(*journal.trouble);
    }
    co_return size;
}

// The disk stands on its image. Without a journal nobody would look for the hold: it goes last.
QCoro::Task<void> tidy(Turn turn, RuntimeFolder runtime, ExchangeJournal journal)
{
    const QString hold = holdNodeName(journal.slot);
    bool isGone = (co_await turn->tell(QStringLiteral("blockdev-del"), byNode(hold))).has_value();
    if (!isGone) {
        const Result<QJsonArray> nodes = co_await turn->nodes();
        isGone = nodes && !isAmong(*nodes, hold);
    }
    if (isGone) {
        ExchangeJournal::remove(runtime);
    } else {
        // Whoever takes it away later lets no guest go on that somebody has paused since.
        journal.resume = false;
        journal.trouble.reset();
        std::ignore = journal.write(runtime);
    }
}

// The disk stands on its image.
QCoro::Task<Result<void>> resume(Turn turn, ExchangeJournal journal)
{
    if (!journal.resume) {
        co_return Result<void>();
    }
    co_return co_await turn->tell(QStringLiteral("cont"));
}

// From whatever state a program that died, or a QEMU that did not answer, has left. The graph tells, and QEMU tells
// of it after it has done what it was told before on this connection.
QCoro::Task<Result<void>> finish(Turn turn, RuntimeFolder runtime, ExchangeJournal journal)
{
    const SlotId slot = journal.slot;
    const Result<QJsonArray> nodes = co_await turn->nodes();
    if (!nodes) {
        co_return std::unexpected(nodes.error());
    }
    const std::vector<int> generations = generationsIn(*nodes, slot);
    // Whatever is not in use: what the disk stands on is, and QEMU refuses to take it away.
    co_await turn->removeNodes(slot, generations);
    if (isAmong(*nodes, holdNodeName(slot))) {
        const Result<void> gone = co_await turn->tell(QStringLiteral("blockdev-del"), byNode(holdNodeName(slot)));
        if (!gone && !isRefusal(gone.error())) {
            co_return gone;
        }
        if (!gone) {
            const int next = generations.empty() ? 0 : generations.back() + 1;
            if (const Result<ByteCount> size = co_await putBackOrNote(turn, runtime, journal, next); !size) {
                co_return std::unexpected(size.error());
            }
        }
    }
    if (journal.resume) {
        const Result<QString> state = co_await runState(turn);
        if (!state) {
            co_return std::unexpected(state.error());
        }
        // A guest that has stopped for a reason of its own stays where it is.
        journal.resume = *state == QLatin1String("paused");
    }
    if (const Result<void> resumed = co_await resume(turn, journal); !resumed) {
        co_return resumed;
    }
    co_await tidy(turn, runtime, journal);
    co_return Result<void>();
}

// The generation of the nodes that the disk stands on.
QCoro::Task<Result<int>> usedGeneration(Turn turn, SlotId slot)
{
    Result<std::vector<int>> generations = co_await turn->generations(slot);
    if (generations && generations->size() > 1) {
        co_await turn->removeNodes(slot, *generations);
        generations = co_await turn->generations(slot);
    }
    if (!generations) {
        co_return std::unexpected(generations.error());
    }
    if (generations->size() != 1) {
        co_return std::unexpected(Error{ErrorKind::WrongState,
            Texts::tr("The disk in slot %1 of the running machine is not as Platter attaches disks.")
                .arg(slot.toString()),
            Texts::tr("Shut the machine down and start it again."), {}});
    }
    co_return generations->front();
}

// What an exchange needs before anything stops.
struct Preparation {
    ExchangeJournal journal;
    int generation = 0;
    ByteCount size = {};
    GuestNotice notice = GuestNotice::Sent;
};

QCoro::Task<Result<Preparation>> prepare(Turn turn, RuntimeFolder runtime, SlotId slot, DiskDrive disk)
{
    if (disk.isReadOnly) {
        co_return std::unexpected(Error{ErrorKind::WrongState,
            Texts::tr("The disk in slot %1 is attached read-only, and so is not changed.").arg(slot.toString()),
            Texts::tr("Make it writable first, while the machine is off."), {}});
    }
    if (const std::optional<ExchangeJournal> left = ExchangeJournal::read(runtime)) {
        if (const Result<void> finished = co_await finish(turn, runtime, *left); !finished) {
            co_return std::unexpected(finished.error());
        }
    }
    if (const Result<void> idle = co_await checkNoJobs(turn); !idle) {
        co_return std::unexpected(idle.error());
    }
    const Result<bool> runs = co_await checkRuns(turn);
    if (!runs) {
        co_return std::unexpected(runs.error());
    }
    const Result<ByteCount> size = co_await sizeOfNode(turn, driveName(slot));
    if (!size) {
        co_return std::unexpected(size.error());
    }
    const Result<int> generation = co_await usedGeneration(turn, slot);
    if (!generation) {
        co_return std::unexpected(generation.error());
    }
    const GuestNotice notice = co_await waitForNoticeRoom(turn, slot, *runs);
    const Preparation prepared{{slot, disk, *runs}, *generation, *size, notice};
    if (const Result<void> noted = prepared.journal.write(runtime); !noted) {
        co_return std::unexpected(noted.error());
    }
    const Result<UniqueFd> hold = makeHold(*size);
    Result<void> added = hold.transform([](const UniqueFd&) { });
    if (added) {
        added = co_await turn->tell(QStringLiteral("blockdev-add"), holdNode(slot, pathOf(*hold)));
    }
    if (!added) {
        co_await tidy(turn, runtime, prepared.journal);
        co_return std::unexpected(added.error());
    }
    co_return prepared;
}

} // namespace

QCoro::Task<Result<ExchangeOutcome>> exchangeDisk(
    QPointer<MachineMonitor> monitor, RuntimeFolder runtime, SlotId slot, DiskDrive disk, ImageEdit edit)
{
    const Result<Turn> taken = co_await GraphTurn::take(std::move(monitor), runtime);
    if (!taken) {
        co_return std::unexpected(taken.error());
    }
    const Turn turn = *taken;
    const Result<Preparation> prepared = co_await prepare(turn, runtime, slot, disk);
    if (!prepared) {
        co_return std::unexpected(prepared.error());
    }
    const ExchangeJournal& journal = prepared->journal;
    const steady_clock::time_point begin = steady_clock::now();
    Release release;
    if (journal.resume) {
        release.done = co_await turn->tell(QStringLiteral("stop"));
    }
    if (release.done) {
        release = co_await letGo(turn, slot, disk, prepared->generation);
    }
    if (release.ground == Release::Ground::Unknown) {
        const Result<void> finished = co_await finish(turn, runtime, journal);
        const bool isOver = release.done.error().kind == ErrorKind::Interrupted;
        co_return std::unexpected(finished || isOver ? release.done.error() : mayStandStill(finished.error()));
    }
    Result<OperationOutcome> edited;
    if (release.done) {
        edited = co_await QtConcurrent::run(std::move(edit));
    } else {
        edited = std::unexpected(release.done.error());
    }
    Result<ByteCount> size = ByteCount();
    if (release.ground == Release::Ground::Hold) {
        size = co_await putBackOrNote(turn, runtime, journal, prepared->generation + 1);
    }
    if (!size) {
        co_return std::unexpected(edited ? afterEdit(*edited, size.error()) : size.error());
    }
    const Result<void> resumed = co_await resume(turn, journal);
    const auto pause = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begin);
    if (resumed) {
        co_await tidy(turn, runtime, journal);
    }
    if (!edited) {
        Error error = edited.error();
        if (!resumed && resumed.error().kind == ErrorKind::TimedOut) {
            error.advice = mayStandStill(resumed.error()).advice;
        }
        co_return std::unexpected(std::move(error));
    }
    if (!resumed) {
        co_return std::unexpected(afterEdit(*edited, mayStandStill(resumed.error())));
    }
    const GuestNotice notice = *size == prepared->size ? GuestNotice::Sent : prepared->notice;
    co_return ExchangeOutcome{
        *std::move(edited), *size, notice, journal.resume ? std::optional(pause) : std::nullopt};
}

QCoro::Task<Result<void>> finishExchange(
    QPointer<MachineMonitor> monitor, RuntimeFolder runtime, std::chrono::milliseconds deadline)
{
    if (!ExchangeJournal::read(runtime)) {
        co_return Result<void>();
    }
    const Result<Turn> turn = co_await GraphTurn::take(std::move(monitor), runtime, deadline);
    if (!turn) {
        co_return std::unexpected(turn.error());
    }
    co_return co_await finishExchange(*turn, runtime);
}

QCoro::Task<Result<void>> finishExchange(Turn turn, RuntimeFolder runtime)
{
    const std::optional<ExchangeJournal> left = ExchangeJournal::read(runtime);
    if (left) {
        co_return co_await finish(turn, runtime, *left);
    }
    co_return Result<void>();
}

QCoro::Task<Result<GuestNotice>> resizeInQemu(
    QPointer<MachineMonitor> monitor, RuntimeFolder runtime, SlotId slot, ByteCount size)
{
    const Result<Turn> turn = co_await GraphTurn::take(std::move(monitor), runtime);
    if (!turn) {
        co_return std::unexpected(turn.error());
    }
    if (const Result<void> idle = co_await checkNoJobs(*turn); !idle) {
        co_return std::unexpected(idle.error());
    }
    const Result<bool> runs = co_await checkRuns(*turn);
    const GuestNotice notice = co_await waitForNoticeRoom(*turn, slot, runs.value_or(false));
    QJsonObject arguments = byNode(driveName(slot));
    arguments.insert(QStringLiteral("size"), static_cast<qint64>(size.bytes()));
    const Result<void> resized = co_await (*turn)->tell(QStringLiteral("block_resize"), arguments);
    co_return resized.transform([notice] { return notice; });
}

} // namespace platter
