// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/open_disk.h"

#include "core/disk/host_file.h"
#include "core/disk/parent_search.h"
#include "core/disk/raw_disk.h"
#include "core/disk/vhd/image.h"
#include "core/disk/vhdx/chain.h"

#include <QCoreApplication>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::OpenDisk)
};

Result<ParentFile> openParentFile(const QString& path)
{
    Result<std::unique_ptr<HostFile>> file = HostFile::open(path, HostFile::Access::ReadOnly);
    if (!file) {
        return std::unexpected(file.error());
    }
    const Result<std::int64_t> modified = (*file)->modified();
    return ParentFile{std::move(*file), modified ? std::optional(*modified) : std::nullopt};
}

template <typename Disk>
Result<std::unique_ptr<VirtualDisk>> asDisk(Result<std::unique_ptr<Disk>> opened, const QString& path)
{
    if (opened) {
        return std::move(*opened);
    }
    Error error = opened.error(); // a format knows offsets, but not whose
    error.detail.prepend(path + QStringLiteral(": "));
    return std::unexpected(error);
}

} // namespace

ParentSearch parentSearchFor(const QString& path, const QStringList& parents)
{
    return {path, parents, openParentFile};
}

Result<std::unique_ptr<VirtualDisk>> openDisk(const QString& path, const QStringList& parents)
{
    const Result<ImageKind> kind = imageKindOf(path);
    if (!kind) {
        return std::unexpected(kind.error());
    }
    return openDiskAs(*kind, path, parents);
}

Result<std::unique_ptr<VirtualDisk>> openDiskAs(ImageKind kind, const QString& path, const QStringList& parents)
{
    Result<std::unique_ptr<HostFile>> file = HostFile::open(path, HostFile::Access::ReadOnly);
    if (!file) {
        return std::unexpected(file.error());
    }
    const ParentSearch search = parentSearchFor(path, parents);
    switch (kind) {
    case ImageKind::Raw:
        return std::make_unique<RawDisk>(std::move(*file));
    case ImageKind::Vhd:
        return asDisk(vhd::Image::open(std::move(*file), search), path);
    case ImageKind::Vhdx:
        return asDisk(vhdx::Image::open(std::move(*file), vhdx::parentOpener(search)), path);
    case ImageKind::Qcow2:
    case ImageKind::Vmdk:
    case ImageKind::Vdi:
        break;
    }
    return std::unexpected(
        Error{ErrorKind::Unsupported, Texts::tr("%1 is of a kind that Platter does not read itself.").arg(path),
            Texts::tr("Convert it to VHDX first.")});
}

} // namespace platter
