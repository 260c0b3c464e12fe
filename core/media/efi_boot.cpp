// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/efi_boot.h"

#include "core/fat/efi_loader.h"
#include "core/media/el_torito.h"
#include "core/media/udf_volume.h"

#include <QCoreApplication>

#include <algorithm>

namespace platter {

namespace {

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
    const Result<std::vector<DefaultLoader>> loaders = defaultLoaders(*volume);
    if (!loaders) {
        result.fault = loaders.error().kind == ErrorKind::NotFound
            ? tr(QT_TRANSLATE_NOOP("platter::EfiBoot", "Its UEFI boot image has no folder \\EFI\\BOOT."))
            : tr(QT_TRANSLATE_NOOP("platter::EfiBoot", "Its UEFI boot image is damaged."));
        return result;
    }
    if (loaders->empty()) {
        result.fault = tr(QT_TRANSLATE_NOOP("platter::EfiBoot", "Its UEFI boot image holds no boot loader."));
        return result;
    }
    const DefaultLoader& best = loaders->front(); // that for x64 comes first
    if (best.processor != EfiProcessor::X64) {
        result.verdict = UefiBoot::OtherArchitecture;
        result.processor = displayName(best.processor);
    } else if (best.isReadable) {
        result.verdict = UefiBoot::Yes;
    } else {
        result.fault = tr(QT_TRANSLATE_NOOP("platter::EfiBoot", "Its UEFI boot loader is damaged."));
    }
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
    const auto hasLoader = [&folder](EfiProcessor processor) {
        return std::ranges::any_of(*folder,
            [&](const UdfEntry& entry) { return !entry.isFolder && entry.name == defaultLoaderFile(processor); });
    };
    const auto first = std::ranges::find_if(everyEfiProcessor, hasLoader); // that for x64 comes first
    if (first == std::ranges::end(everyEfiProcessor)) {
        return result;
    }
    result.verdict = *first == EfiProcessor::X64 ? UefiBoot::Yes : UefiBoot::OtherArchitecture;
    result.processor = *first == EfiProcessor::X64 ? QString() : displayName(*first);
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
            const std::uint64_t offset = image.firstSector * isoSectorSize;
            const SourceWindow window(source, offset, bootImageLength(image, volumeSectors, source.size()));
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
                found.imageOffset = offset;
                found.imageLength = window.size();
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

Result<QByteArray> readBootLoader(const ByteSource& source, const EfiBoot& boot)
{
    if (boot.imageLength == 0) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            tr(QT_TRANSLATE_NOOP(
                "platter::EfiBoot", "Who signed a boot loader on a UDF volume, only the machine's firmware sees.")),
            {}, {}});
    }
    const SourceWindow image(source, boot.imageOffset, boot.imageLength);
    return FatVolume::open(image).and_then([](const FatVolume& volume) {
        return readProgram(volume, QStringLiteral("\\EFI\\BOOT\\") + defaultLoaderFile(EfiProcessor::X64));
    });
}

} // namespace platter
