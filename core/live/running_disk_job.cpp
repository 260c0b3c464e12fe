// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/running_disk_job.h"

#include "core/disk/new_image.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QCoroTimer>
#include <QFile>
#include <QtConcurrentRun>

#include <sys/stat.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::RunningDiskJob)
};

Error notRunningAnyMore()
{
    return {ErrorKind::WrongState, Texts::tr("The machine that used the disk does not run any more."),
        Texts::tr("Try again: the disk is changed without it then."), {}};
}

// Up, and its processors are not to run.
bool isStopped(MachineState state)
{
    return state == MachineState::Paused || state == MachineState::IoError || state == MachineState::InternalError
        || state == MachineState::GuestPanicked;
}

// Whether the image is one that QEMU itself resizes.
bool isResizedByQemu(ImageKind kind)
{
    return kind == ImageKind::Raw || kind == ImageKind::Qcow2;
}

Error onlyWhileOff(const MachineSession& session, const QString& file)
{
    return {ErrorKind::Unsupported,
        Texts::tr("The machine “%1” runs from %2, and QEMU does this to no disk in use that is not a VHDX.")
            .arg(session.name(), file),
        Texts::tr("Shut the machine down first."), {}};
}

void tellOf(GuestNotice notice, OperationOutcome& outcome)
{
    if (notice == GuestNotice::Lost) {
        outcome.sentences << Texts::tr(
            "The guest could not be told of the new size. If it does not see it, have it look: in Linux by "
            "“echo 1 > /sys/class/block/…/device/rescan”, in Windows by Disk Management's Rescan Disks.");
    }
}

// A plan is read while QEMU writes to the image; what looks broken then is most often half of a write.
// QEMU's own flushes in between take some milliseconds each, and longer on a busy host.
constexpr int attempts = 10;
constexpr std::chrono::milliseconds attemptInterval{20};

class RunningJob : public DiskJob {
public:
    RunningJob(RunningDisk disk, QString file, std::shared_ptr<DiskOperation> look)
        : m_disk(std::move(disk))
        , m_file(std::move(file))
        , m_look(std::move(look))
    {
    }

    QString title() const final { return m_look->title(); }

    QCoro::Task<Result<OperationPlan>> plan() final
    {
        const Result<OperationPlan> planned = co_await look();
        if (!planned) {
            co_return planned;
        }
        if (!m_disk.session || !isUp(m_disk.session->state())) {
            co_return std::unexpected(notRunningAnyMore());
        }
        OperationPlan plan = *planned;
        plan.steps << (isStopped(m_disk.session->state())
                ? Texts::tr("The machine “%1” stays as it is, stopped, and sees the change once it goes on.")
                      .arg(m_disk.session->name())
                : aboutMachine(*m_disk.session, plan));
        plan.steps << co_await furtherSteps();
        co_return plan;
    }

    QCoro::Task<Result<OperationOutcome>> run(std::shared_ptr<Progress> progress) final
    {
        const Result<OperationPlan> possible = co_await look();
        if (!possible) {
            co_return std::unexpected(possible.error());
        }
        if (!m_disk.session) {
            co_return std::unexpected(notRunningAnyMore());
        }
        co_return co_await change(std::move(progress));
    }

protected:
    // Whether QEMU can do it to the images that it resizes itself.
    virtual bool isForQemuToo() const = 0;
    // What happens to the machine, for people.
    virtual QString aboutMachine(const MachineSession& session, const OperationPlan& plan) const = 0;

    // What happens once the disk is changed.
    virtual QCoro::Task<QStringList> furtherSteps() { co_return QStringList(); }

    virtual QCoro::Task<Result<OperationOutcome>> change(std::shared_ptr<Progress> progress) = 0;

    RunningDisk& disk() { return m_disk; }

    const QString& file() const { return m_file; }

    bool isResizedByQemu() const
    {
        return imageKindOf(m_file)
            .transform([](ImageKind kind) { return platter::isResizedByQemu(kind); })
            .value_or(false);
    }

    QCoro::Task<Result<OperationOutcome>> exchange(ImageEdit edit)
    {
        const Result<ExchangeOutcome> outcome = co_await m_disk.session->exchangeDisk(m_disk.slot, std::move(edit));
        if (!outcome) {
            co_return std::unexpected(outcome.error());
        }
        OperationOutcome done = outcome->edit;
        tellOf(outcome->notice, done);
        if (outcome->pause) {
            done.pause = outcome->pause;
            done.sentences << Texts::tr("The machine stood still for %1 ms.")
                                  .arg(std::chrono::duration<double, std::milli>(*outcome->pause).count(), 0, 'f',
                                      1);
        }
        co_return done;
    }

private:
    QCoro::Task<Result<OperationPlan>> look()
    {
        Result<OperationPlan> planned = std::unexpected(notRunningAnyMore());
        for (int attempt = 0; attempt < attempts; ++attempt) {
            if (m_disk.session && !isForQemuToo() && isResizedByQemu()) {
                co_return std::unexpected(onlyWhileOff(*m_disk.session, m_file));
            }
            planned = co_await QtConcurrent::run([look = m_look] { return look->plan(); });
            if (planned || planned.error().kind != ErrorKind::Corrupt) {
                break;
            }
            co_await QCoro::sleepFor(attemptInterval);
        }
        co_return planned;
    }

    RunningDisk m_disk;
    QString m_file;
    std::shared_ptr<DiskOperation> m_look;
};

ResizeRequest shared(ResizeRequest request)
{
    request.access = InspectAccess::Shared;
    return request;
}

CompactRequest shared(CompactRequest request)
{
    request.access = InspectAccess::Shared;
    return request;
}

class ExpandRunning final : public RunningJob {
public:
    ExpandRunning(RunningDisk disk, const ResizeRequest& request, InGuest inGuest)
        : RunningJob(std::move(disk), request.file, std::make_shared<ExpandDisk>(shared(request)))
        , m_request(request)
        , m_inGuest(inGuest)
    {
    }

protected:
    bool isForQemuToo() const override { return true; }

    QString aboutMachine(const MachineSession& session, const OperationPlan& plan) const override
    {
        if (isResizedByQemu()) {
            return Texts::tr("The machine “%1” keeps running and is told of the new size.").arg(session.name());
        }
        if (plan.blockTable > ByteCount::mebibytes(32)) {
            return Texts::tr(
                "The machine “%1” keeps running: it stands still for some tenths of a second, in which "
                "QEMU reads the disk's table of blocks anew (%2), and is told of the new size.")
                .arg(session.name(), plan.blockTable.toString());
        }
        return Texts::tr(
            "The machine “%1” keeps running: it stands still for some hundredths of a second and is told of "
            "the new size.")
            .arg(session.name());
    }

    QCoro::Task<QStringList> furtherSteps() override
    {
        if (m_inGuest == InGuest::Leave || !disk().session) {
            co_return QStringList();
        }
        const Result<GuestVolume> volume = co_await disk().session->lookInGuest(disk().slot);
        if (!volume) {
            co_return QStringList{nothingGrows(volume.error())};
        }
        const Result<QStringList> commands = growthCommands(*volume, m_request.newSize);
        if (!commands) {
            co_return QStringList{nothingGrows(commands.error())};
        }
        co_return QStringList{Texts::tr("Then %1 grows in the guest, through its agent: %2")
                .arg(volume->name(), commands->join(QStringLiteral("; ")))};
    }

    QCoro::Task<Result<OperationOutcome>> change(std::shared_ptr<Progress>) override
    {
        Result<OperationOutcome> outcome = co_await expand();
        if (!outcome || m_inGuest == InGuest::Leave) {
            co_return outcome;
        }
        Result<GuestGrowth> growth = std::unexpected(notRunningAnyMore());
        if (disk().session) {
            growth = co_await disk().session->growInGuest(disk().slot, m_request.newSize);
        }
        if (growth) {
            outcome->sentences << growth->sentence();
        } else {
            Error error = growth.error();
            error.summary =
                Texts::tr("The disk has grown, but not all of what is in the guest: %1").arg(error.summary);
            outcome->shortfall = std::move(error);
        }
        co_return outcome;
    }

private:
    static QString nothingGrows(const Error& why)
    {
        return Texts::tr("Nothing grows in the guest: %1").arg(why.text());
    }

    QCoro::Task<Result<OperationOutcome>> expand()
    {
        if (!isResizedByQemu()) {
            co_return co_await exchange(
                [operation = std::make_shared<ExpandDisk>(m_request)] { return operation->runChecked(); });
        }
        const Result<GuestNotice> notice = co_await disk().session->resizeDisk(disk().slot, m_request.newSize);
        if (!notice) {
            co_return std::unexpected(notice.error());
        }
        OperationOutcome outcome{
            .sentences = {Texts::tr("The disk in %1 has %2 now.").arg(file(), m_request.newSize.toString())}};
        tellOf(*notice, outcome);
        co_return outcome;
    }

    ResizeRequest m_request;
    InGuest m_inGuest;
};

// Shrinking and compacting, which only VHDX needs the machine to stand still for, and only VHDX can.
class EditRunning final : public RunningJob {
public:
    EditRunning(RunningDisk disk, const QString& file, std::shared_ptr<DiskOperation> look,
        std::shared_ptr<DiskOperation> edit)
        : RunningJob(std::move(disk), file, std::move(look))
        , m_edit(std::move(edit))
    {
    }

protected:
    bool isForQemuToo() const override { return false; }

    QString aboutMachine(const MachineSession& session, const OperationPlan& /*plan*/) const override
    {
        return Texts::tr("The machine “%1” keeps running; it stands still while the file is changed.")
            .arg(session.name());
    }

    QCoro::Task<Result<OperationOutcome>> change(std::shared_ptr<Progress> progress) override
    {
        co_return co_await exchange(
            [edit = m_edit, progress = std::move(progress)] { return edit->run(*progress); });
    }

private:
    std::shared_ptr<DiskOperation> m_edit;
};

} // namespace

std::unique_ptr<DiskJob> expandRunning(RunningDisk disk, ResizeRequest request, InGuest inGuest)
{
    return std::make_unique<ExpandRunning>(std::move(disk), request, inGuest);
}

std::unique_ptr<DiskJob> shrinkRunning(RunningDisk disk, ResizeRequest request)
{
    return std::make_unique<EditRunning>(std::move(disk), request.file,
        std::make_shared<ShrinkDisk>(shared(request)), std::make_shared<ShrinkDisk>(request));
}

std::unique_ptr<DiskJob> compactRunning(RunningDisk disk, CompactRequest request)
{
    return std::make_unique<EditRunning>(std::move(disk), request.file,
        std::make_shared<CompactDisk>(shared(request)), std::make_shared<CompactDisk>(request));
}

std::optional<SlotId> slotOfDisk(const Definition& definition, const QString& file)
{
    struct stat wanted{};
    if (::stat(QFile::encodeName(file).constData(), &wanted) != 0) {
        return std::nullopt;
    }
    for (const Drive& drive : definition.drives) {
        const auto* disk = std::get_if<DiskDrive>(&drive.what);
        struct stat status{};
        if (disk != nullptr && ::stat(QFile::encodeName(disk->file()).constData(), &status) == 0
            && status.st_dev == wanted.st_dev && status.st_ino == wanted.st_ino) {
            return drive.slot;
        }
    }
    return std::nullopt;
}

} // namespace platter
