// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/parent_disk.h"

#include "core/disk/new_image.h"
#include "core/disk/operations/vhdx_file.h"
#include "core/disk/vhdx/parent_edit.h"
#include "core/durable_file.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::ParentDisk)
};

// What is known of a child before anything happens to it.
struct Family {
    QString parent = {}; // the file
    QUuid childIdentity;
    QUuid parentIdentity;
    ByteCount size;
    ByteCount ownData; // that the child itself holds
};

Result<Family> familyOf(const ChildRequest& request)
{
    const Result<ImageKind> kind = imageKindOf(request.file);
    if (!kind) {
        return std::unexpected(kind.error());
    }
    if (*kind != ImageKind::Vhdx) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("%1 is not a VHDX image; in place this is possible only with those.").arg(request.file),
            Texts::tr("Convert it into a new VHDX, which flattens it."), {}});
    }
    QStringList paths;
    const Result<std::unique_ptr<vhdx::Image>> child =
        openVhdx(request.file, request.parents, InspectAccess::Locked, &paths);
    if (!child) {
        return std::unexpected(child.error());
    }
    const auto* parent = dynamic_cast<const vhdx::Image*>((*child)->parent().get());
    if (!parent) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("%1 is no differencing image; it depends on no other.").arg(request.file), {}, {}});
    }
    Family family{paths.constFirst(), (*child)->header().dataWriteGuid, parent->header().dataWriteGuid,
        ByteCount((*child)->size()), {}};
    const Result<std::uint64_t> blocks =
        vhdx::countBlocksWithData((*child)->bat(), (*child)->structure().batLayout());
    if (!blocks) {
        return std::unexpected(blocks.error());
    }
    family.ownData = ByteCount(*blocks * (*child)->metadata().blockSize);
    return family;
}

} // namespace

FlattenDisk::FlattenDisk(ChildRequest request)
    : m_request(std::move(request))
{
}

QString FlattenDisk::title() const
{
    return Texts::tr("Flatten %1").arg(QFileInfo(m_request.file).fileName());
}

Result<void> FlattenDisk::check() const
{
    // The disk reads as before, so images that stand on this one do not notice.
    const Result<Family> family = familyOf(m_request);
    return family ? Result<void>() : std::unexpected(family.error());
}

Result<OperationPlan> FlattenDisk::plan() const
{
    const Result<Family> family = familyOf(m_request);
    if (!family) {
        return std::unexpected(family.error());
    }
    OperationPlan plan;
    plan.steps << Texts::tr("%1 takes over from %2 everything that it shows.").arg(m_request.file, family->parent)
               << Texts::tr("It does not depend on %1 any more, which stays as it is.").arg(family->parent);
    plan.bytesToCopy = family->size;
    plan.spaceNeeded = ByteCount(family->size.bytes() - std::min(family->size, family->ownData).bytes());
    plan.sizeOnHostAfter = family->size;
    return plan;
}

Result<OperationOutcome> FlattenDisk::run(Progress& progress)
{
    const Result<Family> family = familyOf(m_request);
    if (!family) {
        return std::unexpected(family.error());
    }
    OperationOutcome outcome{.sizeOnHostBefore = sizeOnHostOf(m_request.file)};
    const Result<std::unique_ptr<vhdx::Editor>> child =
        editVhdx(m_request.file, m_request.parents, WithParent::Yes);
    if (!child) {
        return std::unexpected(child.error());
    }
    if (const Result<void> done = vhdx::flattenInPlace(**child, progress); !done) {
        return std::unexpected(done.error());
    }
    outcome.sizeOnHostAfter = sizeOnHostOf(m_request.file);
    outcome.sentences << Texts::tr("%1 does not depend on %2 any more.").arg(m_request.file, family->parent);
    return outcome;
}

MergeDisk::MergeDisk(ChildRequest request)
    : m_request(std::move(request))
{
}

QString MergeDisk::title() const
{
    return Texts::tr("Merge %1 into its parent").arg(QFileInfo(m_request.file).fileName());
}

Result<void> MergeDisk::check() const
{
    const Result<Family> family = familyOf(m_request);
    if (!family) {
        return std::unexpected(family.error());
    }
    return checkHasNoChildren(m_request.file, family->childIdentity)
        .and_then([&] {
            return checkHasNoChildren(
                family->parent, family->parentIdentity, QFileInfo(m_request.file).absoluteFilePath());
        })
        .and_then([&] { return checkFreeSpace(family->parent, family->ownData); });
}

Result<OperationPlan> MergeDisk::plan() const
{
    if (const Result<void> possible = check(); !possible) {
        return std::unexpected(possible.error());
    }
    const Result<Family> family = familyOf(m_request);
    if (!family) {
        return std::unexpected(family.error());
    }
    OperationPlan plan;
    plan.steps << Texts::tr("What %1 holds is written into %2.").arg(m_request.file, family->parent)
               << Texts::tr("Then %1 is deleted; %2 shows what it showed.").arg(m_request.file, family->parent)
               << Texts::tr("This cannot be undone."); // two files would have to come back in one step
    plan.bytesToCopy = family->ownData;
    plan.spaceNeeded = family->ownData;
    plan.sizeOnHostAfter = ByteCount(sizeOnHostOf(family->parent).bytes() + family->ownData.bytes());
    return plan;
}

Result<OperationOutcome> MergeDisk::run(Progress& progress)
{
    if (const Result<void> possible = check(); !possible) {
        return std::unexpected(possible.error());
    }
    const Result<Family> family = familyOf(m_request);
    if (!family) {
        return std::unexpected(family.error());
    }
    OperationOutcome outcome{.sizeOnHostBefore = sizeOnHostOf(family->parent)};
    {
        // The child needs no parent to say what it holds itself; the parent may be a child in its turn.
        const Result<std::unique_ptr<vhdx::Editor>> child = editVhdx(m_request.file, {}, WithParent::No);
        if (!child) {
            return std::unexpected(child.error());
        }
        const Result<std::unique_ptr<vhdx::Editor>> parent =
            editVhdx(family->parent, m_request.parents, WithParent::Yes);
        if (!parent) {
            return std::unexpected(parent.error());
        }
        if (const Result<void> done = vhdx::mergeIntoParent(**child, **parent, progress); !done) {
            return std::unexpected(done.error());
        }
    }
    if (QFile removed(m_request.file); !removed.remove()) {
        return std::unexpected(Error{ErrorKind::PermissionDenied,
            Texts::tr("%1 was merged into %2, but could not be deleted: %3.")
                .arg(m_request.file, family->parent, removed.errorString()),
            Texts::tr("Delete it by hand; its parent holds everything."), {}});
    }
    if (const Result<void> flushed = flushToDisk(QFileInfo(m_request.file).absolutePath()); !flushed) {
        return std::unexpected(flushed.error());
    }
    outcome.sizeOnHostAfter = sizeOnHostOf(family->parent);
    outcome.sentences
        << Texts::tr("%1 shows now what %2 showed, which is deleted.").arg(family->parent, m_request.file);
    return outcome;
}

Result<void> reconnectParent(const QString& child, const QString& parent)
{
    // Opening with PARENT named proves that it is the right one.
    QStringList paths;
    {
        const Result<std::unique_ptr<vhdx::Image>> image = openVhdx(child, {parent}, InspectAccess::Locked, &paths);
        if (!image) {
            return std::unexpected(image.error());
        }
        if (!(*image)->metadata().parent) {
            return std::unexpected(Error{ErrorKind::Unsupported,
                Texts::tr("%1 is no differencing image; it depends on no other.").arg(child), {}, {}});
        }
    }
    const Result<std::unique_ptr<vhdx::Editor>> editor = editVhdx(child, {}, WithParent::No);
    if (!editor) {
        return std::unexpected(editor.error());
    }
    vhdx::ParentLocator locator = *(*editor)->metadata().parent;
    const QDir folder = QFileInfo(child).absoluteDir();
    QString relative = folder.relativeFilePath(QFileInfo(paths.constFirst()).absoluteFilePath());
    if (!relative.startsWith(QLatin1String("../"))) {
        relative.prepend(QLatin1String("./"));
    }
    locator.relativePath = relative.replace(QLatin1Char('/'), QLatin1Char('\\'));
    // Paths of another system lead nowhere here, or to a stranger.
    locator.volumePath.clear();
    locator.absolutePath.clear();
    return vhdx::setParentLocator(**editor, locator).and_then([&] { return (*editor)->finish(); });
}

} // namespace platter
