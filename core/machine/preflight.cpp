// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/preflight.h"

#include "core/disk/host_device.h"
#include "core/disk/new_image.h"
#include "core/machine/host_bridge.h"
#include "core/machine/network_boot.h"
#include "core/unique_fd.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QStorageInfo>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::Preflight)
};

// Below this not even logs and NVRAM have room, and the first thing the guest writes fails.
constexpr ByteCount leastFreeSpace = ByteCount::mebibytes(16);

Result<void> checkRegularFile(const QString& what, const QString& file, int openMode)
{
    const QByteArray path = QFile::encodeName(file);
    struct stat status{};
    if (::stat(path.constData(), &status) != 0) {
        return std::unexpected(systemError(what, file, errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            S_ISDIR(status.st_mode) ? Texts::tr("%1 is a folder, not a file.").arg(file)
                                    : Texts::tr("%1 is a device, not a file.").arg(file),
            Texts::tr("Choose a file.")});
    }
    if (!UniqueFd(::open(path.constData(), openMode | O_CLOEXEC | O_NONBLOCK))) {
        return std::unexpected(systemError(what, file, errno));
    }
    if (status.st_size == 0) {
        return std::unexpected(Error{ErrorKind::InvalidInput, Texts::tr("%1 is empty.").arg(file),
            Texts::tr("Choose another file; was it not copied to its end?")});
    }
    return {};
}

Result<DiskFormat> formatOfDisk(const QString& file)
{
    const Result<ImageKind> kind = imageKindOf(file);
    if (!kind) {
        return std::unexpected(kind.error());
    }
    switch (*kind) {
    case ImageKind::Vhdx:
        return DiskFormat::Vhdx;
    case ImageKind::Qcow2:
        return DiskFormat::Qcow2;
    case ImageKind::Raw:
        return DiskFormat::Raw;
    case ImageKind::Vhd:
        break;
    case ImageKind::Vmdk:
    case ImageKind::Vdi:
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("%1 is a disk image of another virtualizer, which a machine cannot use.").arg(file),
            Texts::tr("Convert it first, for example with: qemu-img convert -O vhdx \"%1\" \"%1.vhdx\"")
                .arg(file)});
    }
    const QString stem = file.endsWith(QLatin1String(".vhd"), Qt::CaseInsensitive) ? file.chopped(4) : file;
    return std::unexpected(Error{ErrorKind::Unsupported,
        Texts::tr("%1 is a VHD, the predecessor of VHDX, which a machine of this kind cannot boot from.").arg(file),
        Texts::tr("Convert it first, for example with: qemu-img convert -f vpc -O vhdx \"%1\" \"%2.vhdx\"")
            .arg(file, stem)});
}

} // namespace

Result<DiskFormat> checkDiskImage(const QString& file, ImageUse use)
{
    if (const Result<void> regular = checkRegularFile(
            Texts::tr("Opening the disk image"), file, use == ImageUse::ReadWrite ? O_RDWR : O_RDONLY);
        !regular) {
        return std::unexpected(regular.error());
    }
    const Result<DiskFormat> format = formatOfDisk(file);
    if (!format) {
        return format;
    }
    if (const Result<void> isFree = checkImageNotInUse(file, use); !isFree) {
        return std::unexpected(isFree.error());
    }
    return format;
}

Result<DiskFormat> checkDisk(const DiskDrive& disk)
{
    const ImageUse use = disk.isReadOnly ? ImageUse::ReadOnly : ImageUse::ReadWrite;
    if (const auto* device = std::get_if<HostDevice>(&disk.source)) {
        return checkHostDevice(device->path, use).transform([&] { return disk.format; });
    }
    const auto* file = std::get_if<QString>(&disk.source);
    return file != nullptr ? checkDiskImage(*file, use) : disk.format;
}

Result<void> checkMedium(const QString& file)
{
    if (const Result<void> regular = checkRegularFile(Texts::tr("Opening the ISO file"), file, O_RDONLY);
        !regular) {
        return regular;
    }
    return checkImageNotInUse(file, ImageUse::ReadOnly);
}

std::vector<Error> preflight(const StoredMachine& machine, const HostResources& host)
{
    std::vector<Error> errors;
    for (const Violation& violation : violations(machine.definition, host)) {
        // The marks in the file say it with more certainty than its name.
        if (violation.rule != Rule::VhdDisk) {
            errors.push_back(violation.error);
        }
    }
    for (const Drive& drive : machine.definition.drives) {
        if (const DiskDrive* disk = std::get_if<DiskDrive>(&drive.what)) {
            const auto* file = std::get_if<QString>(&disk->source);
            if (file != nullptr && !file->startsWith(QLatin1Char('/'))) {
                continue; // a rule has said so
            }
            const Result<DiskFormat> format = checkDisk(*disk);
            if (!format) {
                errors.push_back(format.error());
            } else if (*format != disk->format && disk->format != DiskFormat::Raw) {
                errors.push_back(Error{ErrorKind::Corrupt,
                    Texts::tr("%1 should be a %2 image and is not one.")
                        .arg(disk->where(), displayName(disk->format)),
                    Texts::tr("Restore it from a backup, or correct its “format” in %1.")
                        .arg(machine.definitionFile()),
                    QStringLiteral("found: %1").arg(nameOf(*format))});
            }
        } else if (const QString medium = std::get<DvdDrive>(drive.what).medium;
            medium.startsWith(QLatin1Char('/')) && !isDevicePath(medium)) {
            if (const Result<void> usable = checkMedium(medium); !usable) {
                errors.push_back(usable.error());
                errors.back().advice = usable.error().kind == ErrorKind::NotFound
                    ? Texts::tr("Put the file back, or eject it from the DVD drive in slot %1.")
                          .arg(drive.slot.toString())
                    : Texts::tr("%1 Or eject it from the DVD drive in slot %2.")
                          .arg(usable.error().advice, drive.slot.toString());
            }
        }
    }
    for (const NetworkAdapter& adapter : machine.definition.adapters) {
        // Where there is none, or a rule has said so, there is nothing to look at.
        if (adapter.boot.folder.startsWith(QLatin1Char('/')) && !adapter.boot.file.isEmpty()) {
            if (const Result<void> usable = checkNetworkBoot(adapter.boot); !usable) {
                errors.push_back(usable.error());
                errors.back().advice = Texts::tr("Put it back, or choose what the machine boots from the network: "
                                                 "platterctl boot network “%1”.")
                                           .arg(machine.name);
            }
        }
        if (adapter.bridge.isEmpty()) {
            continue;
        }
        if (const Result<QString> helper = helperForBridge(adapter.bridge); !helper) {
            errors.push_back(helper.error());
        }
    }
    const QStorageInfo storage(machine.folder);
    if (!QFileInfo(machine.folder).isDir()) {
        errors.push_back(systemError(Texts::tr("Opening the machine's folder"), machine.folder, ENOENT));
    } else if (storage.isValid() && storage.bytesAvailable() < static_cast<qint64>(leastFreeSpace.bytes())) {
        errors.push_back(Error{ErrorKind::NoSpace,
            Texts::tr("There is too little space left for the machine: %1 are free in %2.")
                .arg(
                    ByteCount(static_cast<std::uint64_t>(std::max<qint64>(storage.bytesAvailable(), 0))).toString(),
                    machine.folder),
            Texts::tr("Free some space there.")});
    }
    return errors;
}

} // namespace platter
