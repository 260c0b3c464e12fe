// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/edit_jobs.h"

#include "core/disk/convert.h"
#include "core/disk/operations/check_disk.h"
#include "core/disk/operations/compact_disk.h"
#include "core/disk/operations/migrate_disk.h"
#include "core/disk/operations/parent_disk.h"
#include "core/disk/operations/reconnect_disk.h"
#include "core/disk/operations/resize_disk.h"
#include "core/disk/operations/undo_disk.h"
#include "core/disk/operations/undoable_edit.h"
#include "core/live/running_disk_job.h"

namespace platter {

namespace {

ResizeRequest resizeFor(const EditRequest& request)
{
    return {.file = request.file,
        .parents = request.parents,
        .newSize = request.newSize,
        .gptBackup =
            request.action == EditAction::Shrink || request.movesGptBackup ? GptBackup::Move : GptBackup::Leave};
}

CompactRequest compactFor(const EditRequest& request)
{
    return {.file = request.file,
        .parents = request.parents,
        .outsidePartitions = request.givesUpOutside ? CompactRequest::OutsidePartitions::GiveUp
                                                    : CompactRequest::OutsidePartitions::Keep};
}

std::unique_ptr<DiskOperation> withUndo(
    const EditRequest& request, EditKind kind, std::unique_ptr<DiskOperation> edit)
{
    return undoable(std::move(edit), request.file, kind);
}

std::unique_ptr<DiskOperation> operationFor(const EditRequest& request)
{
    switch (request.action) {
    case EditAction::Expand:
        return withUndo(request, EditKind::Expand, std::make_unique<ExpandDisk>(resizeFor(request)));
    case EditAction::Shrink:
        return withUndo(request, EditKind::Shrink, std::make_unique<ShrinkDisk>(resizeFor(request)));
    case EditAction::Compact:
        return withUndo(request, EditKind::Compact, std::make_unique<CompactDisk>(compactFor(request)));
    case EditAction::Convert:
        return std::make_unique<Convert>(ConvertRequest{request.file, request.parents, request.target,
            request.targetFormat, request.verifies ? ConvertRequest::Verify::Yes : ConvertRequest::Verify::No});
    case EditAction::Migrate:
        return std::make_unique<MigrateDisk>(MigrateRequest{
            request.file, request.parents, request.target, request.targetFormat, request.targetSize});
    case EditAction::Flatten:
        if (request.mergesIntoParent) {
            return std::make_unique<MergeDisk>(ChildRequest{request.file, request.parents});
        }
        return withUndo(
            request, EditKind::Flatten, std::make_unique<FlattenDisk>(ChildRequest{request.file, request.parents}));
    case EditAction::Reconnect:
        return withUndo(request, EditKind::Reconnect,
            std::make_unique<ReconnectDisk>(ReconnectRequest{request.file, request.newParent}));
    case EditAction::Check:
        if (request.mends) {
            return withUndo(request, EditKind::Mend,
                std::make_unique<CheckDisk>(CheckRequest{request.file, CheckRequest::Mend::Yes}));
        }
        return std::make_unique<CheckDisk>(CheckRequest{request.file, CheckRequest::Mend::No});
    case EditAction::Undo:
        return std::make_unique<UndoDisk>(UndoRequest{request.file,
            request.losesWrites ? UndoRequest::WrittenSince::Lose : UndoRequest::WrittenSince::Refuse});
    case EditAction::Inspect:
        return nullptr;
    }
    Q_UNREACHABLE_RETURN(nullptr);
}

} // namespace

std::unique_ptr<DiskJob> jobFor(const EditRequest& request, const DiskUse& use)
{
    if (use.isRunning()) {
        const RunningDisk disk{use.session, use.slot};
        switch (request.action) {
        case EditAction::Expand: {
            ResizeRequest resize = resizeFor(request);
            resize.gptBackup = GptBackup::Leave; // the guest knows the table, and moves it by itself
            return expandRunning(disk, resize, request.growsInGuest ? InGuest::Grow : InGuest::Leave);
        }
        case EditAction::Shrink:
            return shrinkRunning(disk, resizeFor(request));
        case EditAction::Compact:
            return compactRunning(disk, compactFor(request));
        default:
            break; // the file is locked, and the operation says so
        }
    }
    std::unique_ptr<DiskOperation> operation = operationFor(request);
    return operation ? jobOnFile(std::move(operation)) : nullptr;
}

} // namespace platter
