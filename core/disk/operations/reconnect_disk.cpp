// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/reconnect_disk.h"

#include "core/disk/image_lock.h"
#include "core/disk/operations/parent_disk.h"
#include "core/disk/operations/vhdx_file.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::ReconnectDisk)
};

} // namespace

ReconnectDisk::ReconnectDisk(ReconnectRequest request)
    : m_request(std::move(request))
{
}

QString ReconnectDisk::title() const
{
    return Texts::tr("Reconnect %1 to %2")
        .arg(QFileInfo(m_request.file).fileName(), QFileInfo(m_request.parent).fileName());
}

Result<void> ReconnectDisk::check() const
{
    if (const Result<void> unused = checkImageNotInUse(m_request.file); !unused) {
        return unused;
    }
    // Opens only where the named file is the very parent.
    QStringList found;
    const Result<std::unique_ptr<vhdx::Image>> child =
        openVhdx(m_request.file, {m_request.parent}, InspectAccess::Locked, &found);
    if (!child) {
        return std::unexpected(child.error());
    }
    if (found.isEmpty()) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            Texts::tr("%1 is no differencing image; it depends on no other.").arg(m_request.file)});
    }
    if (QFileInfo(found.constFirst()).canonicalFilePath() != QFileInfo(m_request.parent).canonicalFilePath()) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            Texts::tr("%1 is not the parent of %2.").arg(m_request.parent, m_request.file),
            Texts::tr("Choose the very image that it was made from.")});
    }
    return {};
}

Result<OperationPlan> ReconnectDisk::plan() const
{
    if (const Result<void> possible = check(); !possible) {
        return std::unexpected(possible.error());
    }
    OperationPlan plan;
    plan.sizeOnHostAfter = sizeOnHostOf(m_request.file);
    plan.steps << Texts::tr("%1 names %2 as its parent from now on; nothing else in it changes.")
                      .arg(m_request.file, m_request.parent)
               << Texts::tr("%1 stays as it is.").arg(m_request.parent);
    return plan;
}

Result<OperationOutcome> ReconnectDisk::run(Progress& progress)
{
    if (const Result<void> goOn = progress.goOn(); !goOn) {
        return std::unexpected(goOn.error());
    }
    const ByteCount before = sizeOnHostOf(m_request.file);
    if (const Result<void> done = reconnectParent(m_request.file, m_request.parent); !done) {
        return std::unexpected(done.error());
    }
    return OperationOutcome{{Texts::tr("%1 names %2 as its parent.").arg(m_request.file, m_request.parent)}, before,
        sizeOnHostOf(m_request.file)};
}

} // namespace platter
