// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/efi_boot.h"

#include "core/media/el_torito.h"
#include "core/media/fat_volume.h"
#include "core/media/udf_volume.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace platter {

namespace {

struct Loader {
    const char* file; // UEFI 3.5.1.1, table 11
    const char* processor;
};

constexpr std::array otherLoaders{
    Loader{"BOOTAA64.EFI", QT_TRANSLATE_NOOP("platter::EfiBoot", "64-bit Arm")},
    Loader{"BOOTIA32.EFI", QT_TRANSLATE_NOOP("platter::EfiBoot", "32-bit x86")},
    Loader{"BOOTARM.EFI", QT_TRANSLATE_NOOP("platter::EfiBoot", "32-bit Arm")},
    Loader{"BOOTRISCV64.EFI", QT_TRANSLATE_NOOP("platter::EfiBoot", "64-bit RISC-V")},
    Loader{"BOOTLOONGARCH64.EFI", QT_TRANSLATE_NOOP("platter::EfiBoot", "64-bit LoongArch")},
    Loader{"BOOTIA64.EFI", QT_TRANSLATE_NOOP("platter::EfiBoot", "Itanium")},
};

QString tr(const char* text)
{
    return QCoreApplication::translate("platter::EfiBoot", text);
}

// One boot image. Its fault matters where it was meant for UEFI.
EfiBoot examineImage(const ByteSource& image)
{
    EfiBoot result;
    result.verdict = UefiBoot::BiosOnly;
    const Result<FatVolume> volume = FatVolume::open(image);
    if (!volume) {
        result.fault =
            tr(QT_TRANSLATE_NOOP("platter::EfiBoot", "Its UEFI boot image holds no readable FAT file system."));
        return result;
    }
    const Result<std::vector<FatEntry>> folder = volume->list(QStringLiteral("/EFI/BOOT"));
    if (!folder) {
        result.fault = folder.error().kind == ErrorKind::NotFound
            ? tr(QT_TRANSLATE_NOOP("platter::EfiBoot", "Its UEFI boot image has no folder \\EFI\\BOOT."))
            : tr(QT_TRANSLATE_NOOP("platter::EfiBoot", "Its UEFI boot image is damaged."));
        return result;
    }
    for (const FatEntry& entry : *folder) {
        if (entry.isFolder || !entry.isNamed(QStringLiteral("BOOTX64.EFI"))) {
            continue;
        }
        if (entry.size == 0 || !volume->check(entry)) {
            result.fault = tr(QT_TRANSLATE_NOOP("platter::EfiBoot", "Its UEFI boot loader is damaged."));
            return result;
        }
        result.verdict = UefiBoot::Yes;
        return result;
    }
    for (const Loader& loader : otherLoaders) {
        for (const FatEntry& entry : *folder) {
            if (!entry.isFolder && entry.isNamed(QString::fromLatin1(loader.file))) {
                result.verdict = UefiBoot::OtherArchitecture;
                result.processor = tr(loader.processor);
                return result;
            }
        }
    }
    result.fault = tr(QT_TRANSLATE_NOOP("platter::EfiBoot", "Its UEFI boot image holds no boot loader."));
    return result;
}

// The files of the disc itself, which EDK2 reads where they are on a UDF volume (never those of ISO 9660). Unlike
// on FAT it takes names as they are written, so that Windows' \efi\boot\bootx64.efi is none.
EfiBoot examineUdf(const ByteSource& source)
{
    EfiBoot result;
    const auto folder = listUdfFolder(source, {QStringLiteral("EFI"), QStringLiteral("BOOT")});
    if (!folder) {
        return result;
    }
    const auto has = [&folder](const char* file) {
        return std::ranges::any_of(*folder,
            [file](const UdfEntry& entry) { return !entry.isFolder && entry.name == QLatin1String(file); });
    };
    if (has("BOOTX64.EFI")) {
        result.verdict = UefiBoot::Yes;
    } else if (const auto other = std::ranges::find_if(otherLoaders, has, &Loader::file);
        other != otherLoaders.end()) {
        result.verdict = UefiBoot::OtherArchitecture;
        result.processor = tr(other->processor);
    }
    return result;
}

bool isBetter(const EfiBoot& one, const EfiBoot& other)
{
    return one.verdict < other.verdict; // the enumerators stand in that order
}

} // namespace

EfiBoot examineEfiBoot(const ByteSource& source, const VolumeDescriptors& descriptors)
{
    EfiBoot best;
    for (const std::uint32_t sector : descriptors.bootCatalogs) {
        const Result<std::vector<BootImage>> images = readBootCatalog(source, sector);
        if (!images) {
            best.fault = images.error().summary;
            continue;
        }
        for (const BootImage& image : *images) {
            const std::uint64_t volumeSectors =
                descriptors.primary ? descriptors.primary->bytes() / isoSectorSize : 0;
            const SourceWindow window(
                source, image.firstSector * isoSectorSize, bootImageLength(image, volumeSectors, source.size()));
            EfiBoot found = examineImage(window);
            if (found.verdict == UefiBoot::BiosOnly) {
                if (image.platform != BootPlatform::Efi) {
                    found.fault.clear();
                } else {
                    found.verdict = UefiBoot::NotBootable;
                }
            }
            if (!found.fault.isEmpty() && best.verdict != UefiBoot::Yes) {
                best.fault = found.fault;
            }
            if (isBetter(found, best)) {
                found.fault = found.verdict == UefiBoot::Yes ? QString() : best.fault;
                best = found;
            }
        }
    }
    if (descriptors.udf) {
        EfiBoot found = examineUdf(source);
        if (isBetter(found, best)) {
            best = found;
        }
    }
    return best;
}

} // namespace platter
