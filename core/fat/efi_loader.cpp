// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fat/efi_loader.h"

#include "core/fat/pe_layout.h"
#include "core/little_endian.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::EfiLoader)
};

struct Processor {
    EfiProcessor processor;
    const char* name;
    const char* defaultFile; // UEFI 3.5.1.1, table 11
    std::uint16_t machine; // PE/COFF, "Machine Types"
};

constexpr std::array processors{
    Processor{EfiProcessor::X64, "x64", "BOOTX64.EFI", 0x8664},
    Processor{EfiProcessor::Aarch64, "aarch64", "BOOTAA64.EFI", 0xAA64},
    Processor{EfiProcessor::Ia32, "ia32", "BOOTIA32.EFI", 0x014C},
    Processor{EfiProcessor::Arm, "arm", "BOOTARM.EFI", 0x01C2},
    Processor{EfiProcessor::RiscV64, "riscv64", "BOOTRISCV64.EFI", 0x5064},
    Processor{EfiProcessor::LoongArch64, "loongarch64", "BOOTLOONGARCH64.EFI", 0x6264},
    Processor{EfiProcessor::Itanium, "ia64", "BOOTIA64.EFI", 0x0200},
};

// A damaged volume can hold a folder within itself.
constexpr int deepest = 3;
constexpr int mostFolders = 200;
constexpr std::size_t mostLoaders = 100;

std::optional<EfiProcessor> processorOf(const FatVolume& volume, const FatEntry& file)
{
    std::array<std::byte, efiProgramHeader> bytes;
    const std::span<std::byte> begin = std::span(bytes).first(std::min<std::size_t>(bytes.size(), file.size));
    return volume.check(file) && volume.read(file, begin) ? efiProcessorOf(begin) : std::nullopt;
}

struct Search {
    const FatVolume& volume;
    int foldersLeft = mostFolders;
    std::vector<EfiLoader> found = {};

    void walk(const QString& folder, int depth)
    {
        const Result<std::vector<FatEntry>> entries = volume.list(folder);
        if (!entries) {
            return;
        }
        for (const FatEntry& entry : *entries) {
            const QString path = folder + QLatin1Char('\\') + entry.name;
            if (entry.isFolder) {
                if (depth < deepest && --foldersLeft >= 0) {
                    walk(path, depth + 1);
                }
            } else if (entry.name.endsWith(QLatin1String(".efi"), Qt::CaseInsensitive)
                && found.size() < mostLoaders) {
                found.push_back({path, processorOf(volume, entry)});
            }
        }
    }
};

} // namespace

std::optional<EfiProcessor> efiProcessorOf(std::span<const std::byte> beginning)
{
    const std::size_t header = littleEndian<std::uint32_t>(beginning, pe::headerOffsetAt);
    if (littleEndian<std::uint16_t>(beginning, 0) != pe::dosSignature
        || littleEndian<std::uint32_t>(beginning, header) != pe::signature
        || littleEndian<std::uint16_t>(beginning, header + pe::optionalHeaderAt + pe::subsystemAt)
            != pe::efiApplication) {
        return std::nullopt;
    }
    const auto machine = littleEndian<std::uint16_t>(beginning, header + pe::machineAt);
    const auto* const found = std::ranges::find(processors, machine, &Processor::machine);
    return found == processors.end() ? std::nullopt : std::optional(found->processor);
}

QLatin1String defaultLoaderFile(EfiProcessor processor)
{
    return QLatin1String(std::ranges::find(processors, processor, &Processor::processor)->defaultFile);
}

QString nameOf(EfiProcessor processor)
{
    return QString::fromLatin1(std::ranges::find(processors, processor, &Processor::processor)->name);
}

QString displayName(EfiProcessor processor)
{
    switch (processor) {
    case EfiProcessor::X64:
        return Texts::tr("64-bit x86");
    case EfiProcessor::Aarch64:
        return Texts::tr("64-bit Arm");
    case EfiProcessor::Ia32:
        return Texts::tr("32-bit x86");
    case EfiProcessor::Arm:
        return Texts::tr("32-bit Arm");
    case EfiProcessor::RiscV64:
        return Texts::tr("64-bit RISC-V");
    case EfiProcessor::LoongArch64:
        return Texts::tr("64-bit LoongArch");
    case EfiProcessor::Itanium:
        return Texts::tr("Itanium");
    }
    Q_UNREACHABLE_RETURN({});
}

Result<std::vector<DefaultLoader>> defaultLoaders(const FatVolume& volume)
{
    const Result<std::vector<FatEntry>> folder = volume.list(QStringLiteral("/EFI/BOOT"));
    if (!folder) {
        return std::unexpected(folder.error());
    }
    std::vector<DefaultLoader> loaders;
    for (const Processor& one : processors) {
        for (const FatEntry& entry : *folder) {
            if (!entry.isFolder && entry.isNamed(QString::fromLatin1(one.defaultFile))) {
                loaders.push_back({one.processor, entry.size > 0 && volume.check(entry)});
            }
        }
    }
    return loaders;
}

bool EfiLoader::isDefault() const
{
    return processor
        && path.compare(QLatin1String("\\EFI\\BOOT\\")
                   + QLatin1String(std::ranges::find(processors, *processor, &Processor::processor)->defaultFile),
               Qt::CaseInsensitive)
        == 0;
}

std::vector<EfiLoader> efiLoaders(const FatVolume& volume)
{
    Search search{volume};
    const Result<FatEntry> top = volume.find(QStringLiteral("\\EFI"));
    if (top && top->isFolder) {
        search.walk(QLatin1Char('\\') + top->name, 1);
    }
    return std::move(search.found);
}

Result<QByteArray> readProgram(const FatVolume& volume, const QString& path)
{
    const Result<FatEntry> file = volume.find(path);
    if (!file) {
        return std::unexpected(file.error());
    }
    if (file->size > largestProgram) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("%1 is larger than any boot loader, and was not looked at.").arg(path), {}, {}});
    }
    // A damaged volume can have a small chain of clusters for a file of a large size.
    if (const Result<void> whole = volume.check(*file); !whole) {
        return std::unexpected(whole.error());
    }
    QByteArray program(qsizetype(file->size), Qt::Uninitialized);
    return volume.read(*file, std::as_writable_bytes(std::span(program.data(), std::size_t(program.size()))))
        .transform([&program] { return std::move(program); });
}

} // namespace platter
