// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/image_writer.h"

#include "core/disk/new_image.h"
#include "core/disk/vhd/layout.h"
#include "core/disk/vhd/writer.h"
#include "core/disk/vhdx/writer.h"

#include <QCoreApplication>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::ImageWriter)
};

class RawWriter final : public ImageWriter {
public:
    // FILE has the disk's size.
    explicit RawWriter(BlockFile& file)
        : m_file(file)
    {
    }

    Result<Place> place(std::uint64_t offset, std::uint64_t length) override { return Place{offset, length}; }

    Result<void> finish() override { return m_file.flush(); }

private:
    BlockFile& m_file;
};

} // namespace

QString displayName(ImageTarget target)
{
    switch (target) {
    case ImageTarget::Raw:
        return Texts::tr("raw image");
    case ImageTarget::FixedVhd:
        return Texts::tr("fixed VHD");
    case ImageTarget::DynamicVhd:
        return Texts::tr("dynamic VHD");
    case ImageTarget::FixedVhdx:
        return Texts::tr("fixed VHDX");
    case ImageTarget::DynamicVhdx:
        return Texts::tr("dynamic VHDX");
    case ImageTarget::Qcow2:
        return QStringLiteral("qcow2");
    case ImageTarget::Vmdk:
        return QStringLiteral("VMDK");
    case ImageTarget::Vdi:
        return QStringLiteral("VDI");
    }
    Q_UNREACHABLE_RETURN({});
}

bool isOwnFormat(ImageTarget target)
{
    return target != ImageTarget::Qcow2 && target != ImageTarget::Vmdk && target != ImageTarget::Vdi;
}

std::optional<DiskFormat> machineFormat(ImageTarget target)
{
    switch (target) {
    case ImageTarget::DynamicVhdx:
    case ImageTarget::FixedVhdx:
        return DiskFormat::Vhdx;
    case ImageTarget::Qcow2:
        return DiskFormat::Qcow2;
    case ImageTarget::Raw:
        return DiskFormat::Raw;
    case ImageTarget::DynamicVhd:
    case ImageTarget::FixedVhd:
    case ImageTarget::Vmdk:
    case ImageTarget::Vdi:
        return std::nullopt;
    }
    Q_UNREACHABLE_RETURN(std::nullopt);
}

Result<void> checkShape(ImageTarget target, const DiskShape& shape)
{
    if (Result<void> fits = checkImageSize(ByteCount(shape.size)); !fits) {
        return fits;
    }
    const bool isVhd = target == ImageTarget::FixedVhd || target == ImageTarget::DynamicVhd;
    if (isVhd && shape.size > vhd::largestSize) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("A disk of %1 does not fit into a VHD, which ends at %2.")
                .arg(ByteCount(shape.size).toString(), ByteCount(vhd::largestSize).toString()),
            Texts::tr("Choose VHDX.")});
    }
    const bool isVhdx = target == ImageTarget::FixedVhdx || target == ImageTarget::DynamicVhdx;
    // A raw image has no sectors of its own: whoever uses it says how large they are.
    if (!isVhdx && target != ImageTarget::Raw && shape.logicalSectorSize != vhd::sectorSize) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr(
                "The disk has sectors of %1 bytes, which an image of this kind (%2) cannot have: what is on it "
                "would not be found.")
                .arg(shape.logicalSectorSize)
                .arg(displayName(target)),
            Texts::tr("Choose VHDX or a raw image.")});
    }
    return {};
}

ByteCount overheadOf(ImageTarget target, const DiskShape& shape)
{
    switch (target) {
    case ImageTarget::Raw:
        return ByteCount();
    case ImageTarget::FixedVhd:
    case ImageTarget::DynamicVhd:
        return vhd::overheadOf(
            target == ImageTarget::FixedVhd ? vhd::DiskType::Fixed : vhd::DiskType::Dynamic, shape);
    case ImageTarget::FixedVhdx:
    case ImageTarget::DynamicVhdx:
        // And its table: at most 8 bytes for each MiB of the disk, and some for bitmaps that it does not have.
        return ByteCount(initialSizeOnHost(DiskFormat::Vhdx, ByteCount(shape.size)).bytes() + shape.size / 65536);
    case ImageTarget::Qcow2:
    case ImageTarget::Vmdk:
    case ImageTarget::Vdi:
        // Tables of 8 bytes per cluster of 64 KiB and counts of 2; the others have less.
        return ByteCount(initialSizeOnHost(DiskFormat::Qcow2, ByteCount(shape.size)).bytes() + shape.size / 4096);
    }
    Q_UNREACHABLE_RETURN({});
}

Result<std::unique_ptr<ImageWriter>> makeImageWriter(ImageTarget target, BlockFile& file, const DiskShape& shape)
{
    if (const Result<void> fits = checkShape(target, shape); !fits) {
        return std::unexpected(fits.error());
    }
    switch (target) {
    case ImageTarget::Raw:
        // Its length at once: writing inside of a file can be done by many at a time, making it longer by one.
        return file.resize(shape.size).transform([&]() -> std::unique_ptr<ImageWriter> {
            return std::make_unique<RawWriter>(file);
        });
    case ImageTarget::FixedVhd:
        return file.resize(shape.size).transform([&] {
            return vhd::makeWriter(file, vhd::DiskType::Fixed, shape);
        });
    case ImageTarget::DynamicVhd:
        return vhd::makeWriter(file, vhd::DiskType::Dynamic, shape);
    case ImageTarget::FixedVhdx:
    case ImageTarget::DynamicVhdx: {
        const bool isFixed = target == ImageTarget::FixedVhdx;
        return vhdx::Writer::create(file,
            {.virtualSize = shape.size,
                .blockSize = isFixed ? vhdx::defaultFixedBlock : vhdx::dynamicBlockFor(shape.size),
                .logicalSectorSize = shape.logicalSectorSize,
                .physicalSectorSize = std::max(shape.physicalSectorSize, shape.logicalSectorSize),
                .isFixed = isFixed});
    }
    case ImageTarget::Qcow2:
    case ImageTarget::Vmdk:
    case ImageTarget::Vdi:
        break;
    }
    return std::unexpected(Error{.kind = ErrorKind::Unsupported,
        .summary = Texts::tr("Images of this kind (%1) are made by qemu-img only.").arg(displayName(target))});
}

} // namespace platter
