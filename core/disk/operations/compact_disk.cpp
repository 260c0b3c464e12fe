// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/compact_disk.h"

#include "core/disk/new_image.h"
#include "core/disk/operations/vhdx_file.h"
#include "core/disk/partition_reader.h"
#include "core/disk/vhdx/compact.h"
#include "core/disk/vhdx/details.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::CompactDisk)
};

Result<std::unique_ptr<vhdx::Image>> openCompactable(const CompactRequest& request)
{
    const Result<ImageKind> kind = imageKindOf(request.file);
    if (!kind) {
        return std::unexpected(kind.error());
    }
    if (*kind != ImageKind::Vhdx) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("%1 is not a VHDX image; only those can be compacted in place.").arg(request.file),
            Texts::tr("Convert it into a new image: only what is in use is copied."), {}});
    }
    Result<std::unique_ptr<vhdx::Image>> image = openVhdx(request.file, request.parents, request.access);
    if (image && (*image)->metadata().leavesBlocksAllocated && !(*image)->metadata().parent) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("%1 is of fixed size and keeps all its space, so there is nothing to compact.")
                .arg(request.file),
            Texts::tr("Convert it into a dynamic image to give space back."), {}});
    }
    return image;
}

// What no partition needs; an error where that cannot be known for certain.
Result<std::vector<DiskRange>> unusedRanges(const CompactRequest& request, const VirtualDisk& disk)
{
    if (request.outsidePartitions == CompactRequest::OutsidePartitions::Keep) {
        return std::vector<DiskRange>();
    }
    const Result<PartitionTable> table = readPartitionTable(disk);
    if (!table) {
        return std::unexpected(table.error());
    }
    if (table->kind == PartitionTable::Kind::None || !table->isSound()) {
        return std::unexpected(Error{ErrorKind::WrongState,
            Texts::tr("%1 has no partition table that can be relied on, so nothing is known to be unused.")
                .arg(request.file),
            Texts::tr("Compact it without giving up what lies outside of partitions."), {}});
    }
    return table->rangesOutsidePartitions();
}

} // namespace

CompactDisk::CompactDisk(CompactRequest request)
    : m_request(std::move(request))
{
}

QString CompactDisk::title() const
{
    return Texts::tr("Compact %1").arg(QFileInfo(m_request.file).fileName());
}

Result<void> CompactDisk::check() const
{
    const Result<std::unique_ptr<vhdx::Image>> image = openCompactable(m_request);
    if (!image) {
        return std::unexpected(image.error());
    }
    const Result<std::vector<DiskRange>> unused = unusedRanges(m_request, **image);
    if (!unused) {
        return std::unexpected(unused.error());
    }
    // Giving up content changes the disk, which a child would notice.
    return unused->empty() ? Result<void>() : checkHasNoChildren(m_request.file, (*image)->header().dataWriteGuid);
}

Result<OperationPlan> CompactDisk::plan() const
{
    if (const Result<void> possible = check(); !possible) {
        return std::unexpected(possible.error());
    }
    const Result<std::unique_ptr<vhdx::Image>> image = openCompactable(m_request);
    if (!image) {
        return std::unexpected(image.error());
    }
    const Result<ImageDetails> details = vhdx::detailsOf(**image, {});
    if (!details) {
        return std::unexpected(details.error());
    }
    OperationPlan plan;
    plan.steps << Texts::tr("Blocks of %1 that hold nothing but zeros are given back.").arg(m_request.file);
    if (m_request.outsidePartitions == CompactRequest::OutsidePartitions::GiveUp) {
        plan.steps << Texts::tr("Blocks that lie outside of every partition are given back, whatever they hold.");
    }
    plan.steps << Texts::tr("The other blocks move down into the gaps, and the file becomes shorter.");
    if (details->fragmentation) {
        plan.bytesToCopy = ByteCount(details->fragmentation->blocks * (*image)->metadata().blockSize);
        if (details->fragmentation->unused.bytes() > 0) {
            plan.steps << Texts::tr("%1 of the file belong to nothing already.")
                              .arg(details->fragmentation->unused.toString());
        }
    }
    plan.sizeOnHostAfter = sizeOnHostOf(m_request.file);
    return plan;
}

Result<OperationOutcome> CompactDisk::run(Progress& progress)
{
    if (const Result<void> possible = check(); !possible) {
        return std::unexpected(possible.error());
    }
    OperationOutcome outcome{.sizeOnHostBefore = sizeOnHostOf(m_request.file)};
    // The disk of a child is judged with its parent; the parent's file need not be open while blocks move.
    const Result<std::unique_ptr<vhdx::Editor>> editor =
        editVhdx(m_request.file, m_request.parents, WithParent::Yes);
    if (!editor) {
        return std::unexpected(editor.error());
    }
    const Result<std::vector<DiskRange>> unused = unusedRanges(m_request, **editor);
    if (!unused) {
        return std::unexpected(unused.error());
    }
    const std::uint64_t lengthBefore = (*editor)->file().size();
    if (const Result<void> done = vhdx::compact(**editor, *unused, progress); !done) {
        return std::unexpected(done.error());
    }
    outcome.sizeOnHostAfter = sizeOnHostOf(m_request.file);
    outcome.sentences << Texts::tr("The file %1 has %2 now; it had %3.")
                             .arg(m_request.file, ByteCount((*editor)->file().size()).toString(),
                                 ByteCount(lengthBefore).toString());
    return outcome;
}

} // namespace platter
