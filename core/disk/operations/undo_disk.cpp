// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/undo_disk.h"

#include "core/disk/image_lock.h"
#include "core/disk/operations/vhdx_file.h"
#include "core/durable_file.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QLocale>

#include <cerrno>
#include <cstdio>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::UndoDisk)
};

QString timeText(const QDateTime& time)
{
    return QLocale().toString(time.toLocalTime(), QLocale::ShortFormat);
}

Result<KeptCopy> copyFor(const UndoRequest& request)
{
    if (!QFileInfo::exists(request.file)) {
        return std::unexpected(systemError(Texts::tr("Opening the disk image"), request.file, ENOENT));
    }
    const std::optional<KeptCopy> copy = keptCopyOf(request.file);
    if (!copy) {
        return std::unexpected(
            Error{ErrorKind::NotFound, Texts::tr("No copy is kept of %1 as it was before.").arg(request.file),
                Texts::tr("Copies are kept for %1 days, or until the next change, where the file system can share "
                          "blocks between files (XFS, btrfs).")
                    .arg(copyLifetime.count()),
                {}});
    }
    if (!copy->isImageAsLeft && request.writtenSince == UndoRequest::WrittenSince::Refuse) {
        return std::unexpected(Error{ErrorKind::WrongState,
            Texts::tr("%1 has been written to since, last at %2: what was written would be lost.")
                .arg(request.file, timeText(QFileInfo(request.file).lastModified())),
            Texts::tr("To undo it all the same: “Undo” in Edit Disk, or platterctl disk undo --lose-writes."),
            copy->file});
    }
    return *copy;
}

// What identifies the disk of a VHDX to its children; nothing for anything else, and for what cannot be read, where
// going back may be just what helps.
std::optional<QUuid> identityOf(const QString& file)
{
    Result<std::unique_ptr<HostFile>> opened = HostFile::open(file, HostFile::Access::Unlocked);
    if (!opened) {
        return std::nullopt;
    }
    const Result<std::unique_ptr<vhdx::Image>> image = vhdx::Image::open(*std::move(opened), {});
    return image ? std::optional((*image)->header().dataWriteGuid) : std::nullopt;
}

Result<void> checkNobodyStandsOn(const QString& file, const QString& copy)
{
    const std::optional<QUuid> now = identityOf(file);
    return !now || identityOf(copy) == now ? Result<void>() : checkHasNoChildren(file, *now);
}

// Whom a disk stood on before it was flattened may have been changed or deleted since; then the copy is worth
// nothing.
Result<void> checkParentIsThere(const KeptCopy& copy)
{
    if (copy.edit != EditKind::Flatten) {
        return {};
    }
    const Result<std::unique_ptr<vhdx::Image>> image = openVhdx(copy.file, {});
    if (image) {
        return {};
    }
    Error error = image.error();
    error.summary =
        Texts::tr("The parent that the disk stood on is not there any more as it was. %1").arg(error.summary);
    return std::unexpected(std::move(error));
}

} // namespace

QString beforeWords(EditKind kind)
{
    switch (kind) {
    case EditKind::Expand:
        return Texts::tr("before it was expanded");
    case EditKind::Shrink:
        return Texts::tr("before it was shrunk");
    case EditKind::Compact:
        return Texts::tr("before it was compacted");
    case EditKind::Flatten:
        return Texts::tr("before it was flattened");
    case EditKind::Reconnect:
        return Texts::tr("before it was reconnected");
    case EditKind::Mend:
        return Texts::tr("before it was mended");
    }
    Q_UNREACHABLE_RETURN({});
}

UndoDisk::UndoDisk(UndoRequest request)
    : m_request(std::move(request))
{
}

QString UndoDisk::title() const
{
    return Texts::tr("Undo the last change of %1").arg(QFileInfo(m_request.file).fileName());
}

Result<void> UndoDisk::check() const
{
    const Result<KeptCopy> copy = copyFor(m_request);
    if (!copy) {
        return std::unexpected(copy.error());
    }
    return checkImageNotInUse(m_request.file)
        .and_then([&] { return checkImageNotInUse(copy->file); })
        .and_then([&] { return checkNobodyStandsOn(m_request.file, copy->file); })
        .and_then([&] { return checkParentIsThere(*copy); });
}

Result<OperationPlan> UndoDisk::plan() const
{
    if (const Result<void> possible = check(); !possible) {
        return std::unexpected(possible.error());
    }
    const Result<KeptCopy> copy = copyFor(m_request);
    if (!copy) {
        return std::unexpected(copy.error());
    }
    OperationPlan plan;
    plan.steps << Texts::tr("%1 becomes again what it was at %2, %3.", "file, time, before it was expanded")
                      .arg(m_request.file, timeText(copy->takenAt), beforeWords(copy->edit));
    if (!copy->isImageAsLeft) {
        plan.steps << Texts::tr("What was written to it since then, last at %1, is lost.")
                          .arg(timeText(QFileInfo(m_request.file).lastModified()));
    }
    plan.steps << Texts::tr("The copy that was kept takes its place; this cannot be undone in its turn.");
    plan.sizeOnHostAfter = sizeOnHostOf(copy->file);
    return plan;
}

Result<OperationOutcome> UndoDisk::run(Progress& progress)
{
    if (const Result<void> goOn = progress.goOn(); !goOn) {
        return std::unexpected(goOn.error());
    }
    if (const Result<void> possible = check(); !possible) {
        return std::unexpected(possible.error());
    }
    const QString file = QFileInfo(m_request.file).canonicalFilePath();
    // Nobody has either of them meanwhile; whoever opens the image from now on finds it taken or finds the other.
    const Result<std::unique_ptr<HostFile>> image = HostFile::open(file, HostFile::Access::ReadWrite);
    if (!image) {
        return std::unexpected(image.error());
    }
    const Result<KeptCopy> copy = copyFor(m_request);
    if (!copy) {
        return std::unexpected(copy.error());
    }
    const Result<std::unique_ptr<HostFile>> before = HostFile::open(copy->file, HostFile::Access::ReadWrite);
    if (!before) {
        return std::unexpected(before.error());
    }
    OperationOutcome outcome{.sizeOnHostBefore = sizeOnHostOf(file)};
    if (std::rename(QFile::encodeName(copy->file).constData(), QFile::encodeName(file).constData()) != 0) {
        return std::unexpected(systemError(Texts::tr("Bringing the copy back"), file, errno));
    }
    forgetRecord((*before)->descriptor());
    if (const Result<void> flushed = flushToDisk(QFileInfo(file).absolutePath()); !flushed) {
        return std::unexpected(flushed.error());
    }
    outcome.sizeOnHostAfter = sizeOnHostOf(file);
    outcome.sentences << Texts::tr("%1 is again what it was at %2, %3.", "file, time, before it was expanded")
                             .arg(m_request.file, timeText(copy->takenAt), beforeWords(copy->edit));
    return outcome;
}

} // namespace platter
