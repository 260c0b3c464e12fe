// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/inspect_file.h"

#include "core/disk/host_file.h"
#include "core/disk/open_disk.h"
#include "core/disk/qemu_disk.h"
#include "core/disk/raw_disk.h"
#include "core/disk/vhd/details.h"
#include "core/disk/vhdx/chain.h"
#include "core/disk/vhdx/details.h"

namespace platter {

namespace {

Error aboutFile(Error error, const QString& file)
{
    error.detail.prepend(file + QStringLiteral(": "));
    return error;
}

Result<DiskInspection> inspectWith(
    const VirtualDisk& disk, ImageDetails details, const QString& file, ByteCount onHost)
{
    details.file = file;
    details.sizeOnHost = onHost;
    return inspect(disk, std::move(details));
}

Result<DiskInspection> inspectVhdx(
    std::unique_ptr<HostFile> host, const QString& file, const ParentSearch& search, ByteCount onHost)
{
    QStringList paths;
    const Result<std::unique_ptr<vhdx::Image>> image =
        vhdx::Image::open(std::move(host), vhdx::parentOpener(search, &paths));
    if (!image) {
        return std::unexpected(aboutFile(image.error(), file));
    }
    const Result<ImageDetails> details = vhdx::detailsOf(**image, paths);
    return details ? inspectWith(**image, *details, file, onHost)
                   : std::unexpected(aboutFile(details.error(), file));
}

ImageKind kindOf(DiskFormat format)
{
    switch (format) {
    case DiskFormat::Vhdx:
        return ImageKind::Vhdx;
    case DiskFormat::Qcow2:
        return ImageKind::Qcow2;
    case DiskFormat::Raw:
        return ImageKind::Raw;
    }
    Q_UNREACHABLE_RETURN(ImageKind::Raw);
}

} // namespace

Result<DiskInspection> inspectFile(const QString& file, const QStringList& parents, InspectAccess access)
{
    const Result<ImageKind> kind = imageKindOf(file);
    return kind ? inspectFileAs(*kind, file, parents, access) : std::unexpected(kind.error());
}

Result<DiskInspection> inspectFileAs(
    ImageKind kind, const QString& file, const QStringList& parents, InspectAccess access)
{
    Result<std::unique_ptr<HostFile>> host = HostFile::open(
        file, access == InspectAccess::Shared ? HostFile::Access::Unlocked : HostFile::Access::ReadOnly);
    if (!host) {
        return std::unexpected(host.error());
    }
    const ByteCount onHost((*host)->sizeOnHost().value_or(0));
    const ByteCount length((*host)->size());
    // A lost parent is something to tell, and no reason to tell nothing.
    ParentSearch search = parentSearchFor(file, parents);
    search.lostParent = LostParent::Tolerate;
    switch (kind) {
    case ImageKind::Vhdx:
        return inspectVhdx(*std::move(host), file, search, onHost);
    case ImageKind::Vhd: {
        const Result<std::unique_ptr<vhd::Image>> image = vhd::Image::open(*std::move(host), search);
        if (!image) {
            return std::unexpected(aboutFile(image.error(), file));
        }
        return inspectWith(**image, vhd::detailsOf(**image), file, onHost);
    }
    case ImageKind::Raw: {
        const RawDisk disk(*std::move(host));
        ImageDetails details;
        details.fileSize = length;
        return inspectWith(disk, details, file, onHost);
    }
    case ImageKind::Qcow2:
    case ImageKind::Vmdk:
    case ImageKind::Vdi:
        break;
    }
    host->reset(); // QEMU takes the locks itself
    const Result<std::unique_ptr<QemuDisk>> disk = QemuDisk::open(
        file, kind, access == InspectAccess::Shared ? QemuDisk::Access::Shared : QemuDisk::Access::Locked);
    if (!disk) {
        return std::unexpected(disk.error());
    }
    ImageDetails details;
    details.format = kind;
    details.fileSize = length;
    return inspectWith(**disk, details, file, onHost);
}

Result<DiskInspection> inspectFileAs(
    DiskFormat format, const QString& file, const QStringList& parents, InspectAccess access)
{
    return inspectFileAs(kindOf(format), file, parents, access);
}

} // namespace platter
