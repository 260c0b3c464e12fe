// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/inspect_file.h"

#include "core/disk/host_file.h"
#include "core/disk/open_disk.h"
#include "core/disk/qemu_disk.h"
#include "core/disk/raw_disk.h"
#include "core/disk/vhd/details.h"
#include "core/disk/vhdx/chain.h"
#include "core/disk/vhdx/details.h"

#include <algorithm>

namespace platter {

namespace {

Error aboutFile(Error error, const QString& file)
{
    error.detail.prepend(file + QStringLiteral(": "));
    return error;
}

// An image, and what its format says of it.
struct OpenImage {
    std::unique_ptr<VirtualDisk> disk;
    ImageDetails details;
};

Result<OpenImage> openVhdx(std::unique_ptr<HostFile> host, const QString& file, const ParentSearch& search)
{
    QStringList paths;
    Result<std::unique_ptr<vhdx::Image>> image =
        vhdx::Image::open(std::move(host), vhdx::parentOpener(search, &paths));
    if (!image) {
        return std::unexpected(aboutFile(image.error(), file));
    }
    Result<ImageDetails> details = vhdx::detailsOf(**image, paths);
    if (!details) {
        return std::unexpected(aboutFile(details.error(), file));
    }
    return OpenImage{*std::move(image), *std::move(details)};
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

Result<OpenImage> openWith(ImageKind kind, std::unique_ptr<HostFile> host, const QString& file,
    const QStringList& parents, InspectAccess access)
{
    // A lost parent is something to tell, and no reason to tell nothing.
    ParentSearch search = parentSearchFor(file, parents);
    search.lostParent = LostParent::Tolerate;
    switch (kind) {
    case ImageKind::Vhdx:
        return openVhdx(std::move(host), file, search);
    case ImageKind::Vhd: {
        Result<std::unique_ptr<vhd::Image>> image = vhd::Image::open(std::move(host), search);
        if (!image) {
            return std::unexpected(aboutFile(image.error(), file));
        }
        ImageDetails details = vhd::detailsOf(**image);
        return OpenImage{*std::move(image), std::move(details)};
    }
    case ImageKind::Raw: {
        ImageDetails details;
        details.fileSize = ByteCount(host->size());
        return OpenImage{std::make_unique<RawDisk>(std::move(host)), std::move(details)};
    }
    case ImageKind::Qcow2:
    case ImageKind::Vmdk:
    case ImageKind::Vdi:
        break;
    }
    ImageDetails details;
    details.format = kind;
    details.fileSize = ByteCount(host->size());
    host.reset(); // QEMU takes the locks itself
    Result<std::unique_ptr<QemuDisk>> disk = QemuDisk::open(
        file, kind, access == InspectAccess::Shared ? QemuDisk::Access::Shared : QemuDisk::Access::Locked);
    if (!disk) {
        return std::unexpected(disk.error());
    }
    return OpenImage{*std::move(disk), std::move(details)};
}

Result<OpenImage> open(ImageKind kind, const QString& file, const QStringList& parents, InspectAccess access)
{
    Result<std::unique_ptr<HostFile>> host = HostFile::open(
        file, access == InspectAccess::Shared ? HostFile::Access::Unlocked : HostFile::Access::ReadOnly);
    if (!host) {
        return std::unexpected(host.error());
    }
    const ByteCount onHost((*host)->sizeOnHost().value_or(0));
    Result<OpenImage> image = openWith(kind, *std::move(host), file, parents, access);
    if (image) {
        image->details.file = file;
        image->details.sizeOnHost = onHost;
    }
    return image;
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
    Result<OpenImage> image = open(kind, file, parents, access);
    return image ? inspect(*image->disk, std::move(image->details)) : std::unexpected(image.error());
}

Result<DiskInspection> inspectFileAs(
    DiskFormat format, const QString& file, const QStringList& parents, InspectAccess access)
{
    return inspectFileAs(kindOf(format), file, parents, access);
}

Result<QByteArray> readLoader(
    DiskFormat format, const QString& file, const PartitionTable& partitions, const Bootability::Loader& loader)
{
    const Result<OpenImage> image = open(kindOf(format), file, {}, InspectAccess::Shared);
    if (!image) {
        return std::unexpected(image.error());
    }
    const auto partition = std::ranges::find(partitions.partitions, loader.partition, &Partition::number);
    const DiskRange range =
        partition == partitions.partitions.end() ? DiskRange{0, image->disk->size()} : partition->range;
    const SourceWindow window(*image->disk, range.offset, range.length);
    return FatVolume::open(window).and_then(
        [&loader](const FatVolume& volume) { return readProgram(volume, loader.loader.path); });
}

} // namespace platter
