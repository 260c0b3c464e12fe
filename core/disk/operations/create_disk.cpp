// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/create_disk.h"

#include "core/disk/new_image.h"
#include "core/disk/new_vhdx.h"
#include "core/disk/operations/vhdx_file.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <limits>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::CreateDisk)
};

Error invalid(const QString& summary, const QString& advice)
{
    return Error{ErrorKind::InvalidInput, summary, advice, {}};
}

// Numbers that fit no 32 bits fit no rule either.
std::uint32_t number(ByteCount value)
{
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(value.bytes(), std::numeric_limits<std::uint32_t>::max()));
}

Result<vhdx::NewDisk> childOf(const NewDiskRequest& request)
{
    const Result<std::unique_ptr<vhdx::Image>> parent = openVhdx(request.parent, {});
    if (!parent) {
        return std::unexpected(parent.error());
    }
    const QDir folder = QFileInfo(request.file).absoluteDir();
    QString relative = folder.relativeFilePath(request.parent);
    if (!relative.startsWith(QLatin1String("../"))) {
        relative.prepend(QLatin1String("./"));
    }
    vhdx::NewDisk disk;
    disk.virtualSize = (*parent)->size();
    disk.blockSize = vhdx::defaultFixedBlock;
    disk.logicalSectorSize = (*parent)->logicalSectorSize();
    disk.physicalSectorSize = (*parent)->physicalSectorSize();
    disk.virtualDiskId = (*parent)->metadata().virtualDiskId;
    disk.parent = vhdx::ParentLocator{.linkage = (*parent)->header().dataWriteGuid,
        .linkage2 = {},
        .relativePath = relative.replace(QLatin1Char('/'), QLatin1Char('\\')),
        .volumePath = {},
        .absolutePath = {}};
    if (request.size && request.size->bytes() < disk.virtualSize) {
        return std::unexpected(
            invalid(Texts::tr("A differencing image cannot be smaller than its parent, which has %1.")
                        .arg(ByteCount(disk.virtualSize).toString()),
                Texts::tr("Leave out the size, or choose a larger one.")));
    }
    if (request.logicalSectorSize && request.logicalSectorSize->bytes() != disk.logicalSectorSize) {
        return std::unexpected(invalid(
            Texts::tr("A differencing image has its parent's sectors, of %1 bytes.").arg(disk.logicalSectorSize),
            Texts::tr("Leave out the sector size.")));
    }
    return disk;
}

Result<vhdx::NewDisk> vhdxFor(const NewDiskRequest& request)
{
    vhdx::NewDisk disk;
    if (!request.parent.isEmpty()) {
        const Result<vhdx::NewDisk> child = childOf(request);
        if (!child) {
            return std::unexpected(child.error());
        }
        disk = *child;
    } else if (!request.size) {
        return std::unexpected(invalid(
            Texts::tr("How large the disk is to be is missing."), Texts::tr("Say its size, as in --size 40G.")));
    }
    disk.isFixed = request.isFixed;
    disk.virtualSize = request.size.value_or(ByteCount(disk.virtualSize)).bytes();
    if (request.isFixed) {
        disk.blockSize = vhdx::defaultFixedBlock;
    } else if (!disk.parent) {
        disk.blockSize = vhdx::dynamicBlockFor(disk.virtualSize);
    }
    disk.blockSize = number(request.blockSize.value_or(ByteCount(disk.blockSize)));
    disk.logicalSectorSize = number(request.logicalSectorSize.value_or(ByteCount(disk.logicalSectorSize)));
    disk.physicalSectorSize = number(request.physicalSectorSize.value_or(ByteCount(disk.physicalSectorSize)));
    return disk;
}

Result<void> checkOnlyVhdxHas(const NewDiskRequest& request)
{
    if (request.isFixed || request.blockSize || request.logicalSectorSize || request.physicalSectorSize
        || !request.parent.isEmpty()) {
        return std::unexpected(
            invalid(Texts::tr("A %1 image has no type, block size, sector size or parent to choose.")
                        .arg(displayName(request.format)),
                Texts::tr("Leave them out, or make a VHDX.")));
    }
    if (!request.size) {
        return std::unexpected(invalid(
            Texts::tr("How large the disk is to be is missing."), Texts::tr("Say its size, as in --size 40G.")));
    }
    return {};
}

} // namespace

Result<ByteCount> createDisk(const NewDiskRequest& request)
{
    if (request.format != DiskFormat::Vhdx) {
        const Result<void> made = checkOnlyVhdxHas(request).and_then(
            [&] { return createImage(request.file, request.format, *request.size); });
        return made ? Result<ByteCount>(*request.size) : std::unexpected(made.error());
    }
    const Result<vhdx::NewDisk> disk = vhdxFor(request);
    if (!disk) {
        return std::unexpected(disk.error());
    }
    const Result<void> made = createVhdx(request.file, *disk);
    return made ? Result<ByteCount>(ByteCount(disk->virtualSize)) : std::unexpected(made.error());
}

} // namespace platter
