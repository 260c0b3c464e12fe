// SPDX-License-Identifier: GPL-3.0-or-later
// A FAT file system: walks all its folders to a depth, reads the beginning of all its files, looks for loaders.
#include "core/fat/efi_loader.h"

#include <array>
#include <cstdlib>

using namespace platter;

namespace {

// A damaged file system can hold a folder within itself, and each of a thousand entries in it again.
constexpr int mostFolders = 20;
constexpr std::size_t mostEntries = 50;

void walk(const FatVolume& volume, const QString& path, int& foldersLeft)
{
    if (--foldersLeft < 0) {
        return;
    }
    const Result<std::vector<FatEntry>> entries = volume.list(path);
    if (!entries) {
        return;
    }
    for (const FatEntry& entry : std::span(*entries).first(std::min(entries->size(), mostEntries))) {
        if (!entry.isNamed(entry.name) || !entry.isNamed(entry.shortName)) {
            std::abort();
        }
        if (entry.isFolder) {
            walk(volume, path + QLatin1Char('/') + entry.name, foldersLeft);
            continue;
        }
        std::array<std::byte, 1000> bytes;
        const Result<void> read =
            volume.read(entry, std::span(bytes).first(std::min<std::size_t>(bytes.size(), entry.size)));
        // What can be read to the end can be read at the beginning.
        if (volume.check(entry) && !read) {
            std::abort();
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const MemorySource source(std::as_bytes(std::span(data, size)));
    if (const Result<FatVolume> volume = FatVolume::open(source)) {
        int foldersLeft = mostFolders;
        walk(*volume, QString(), foldersLeft);
        (void)defaultLoaders(*volume);
        for (const EfiLoader& loader : efiLoaders(*volume)) {
            if (!loader.path.startsWith(QLatin1String("\\EFI\\"), Qt::CaseInsensitive)) {
                std::abort();
            }
        }
    }
    return 0;
}
