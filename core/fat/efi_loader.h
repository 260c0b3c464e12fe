// SPDX-License-Identifier: GPL-3.0-or-later
// The programs for UEFI firmware in a FAT volume, and for which processors they are (UEFI 3.5.1.1; the machine
// field of their PE header). Pure functions over a volume.
#pragma once

#include "core/fat/fat_volume.h"

#include <optional>

namespace platter {

enum class EfiProcessor { X64, Aarch64, Ia32, Arm, RiscV64, LoongArch64, Itanium };

inline constexpr EfiProcessor everyEfiProcessor[] = {EfiProcessor::X64, EfiProcessor::Aarch64, EfiProcessor::Ia32,
    EfiProcessor::Arm, EfiProcessor::RiscV64, EfiProcessor::LoongArch64, EfiProcessor::Itanium};

// The file in \EFI\BOOT that firmware for this processor starts by itself: "BOOTX64.EFI".
QLatin1String defaultLoaderFile(EfiProcessor processor);

QString nameOf(EfiProcessor processor); // "x64": stable, for JSON
QString displayName(EfiProcessor processor); // "64-bit Arm"

// For which processor a program is, by the beginning of its file; nothing: it is no program that firmware would
// start.
std::optional<EfiProcessor> efiProcessorOf(std::span<const std::byte> beginning);
inline constexpr std::size_t efiProgramHeader = 4096; // that much of a file is enough for it

// A file that firmware starts by itself, from \EFI\BOOT.
struct DefaultLoader {
    EfiProcessor processor = EfiProcessor::X64; // by its name
    bool isReadable = false; // it is not empty, and all of its clusters are there

    friend bool operator==(const DefaultLoader&, const DefaultLoader&) = default;
};

// The default loaders, in EfiProcessor's order. NotFound: there is no folder \EFI\BOOT. Corrupt: it cannot be read.
Result<std::vector<DefaultLoader>> defaultLoaders(const FatVolume& volume);

// A file *.efi anywhere below \EFI.
struct EfiLoader {
    QString path; // "\EFI\debian\shimx64.efi", as the volume spells it
    std::optional<EfiProcessor> processor; // by its PE header; nothing: it is no program that firmware would start

    // Firmware starts it without having been told of it.
    bool isDefault() const;

    friend bool operator==(const EfiLoader&, const EfiLoader&) = default;
};

// In the order of the folders, at most 100 of them; what cannot be read is left out. Looks three folders deep,
// which reaches \EFI\Microsoft\Boot.
std::vector<EfiLoader> efiLoaders(const FatVolume& volume);

// All of a program, as firmware has it in memory before it starts it. NotFound; Corrupt; Unsupported: it is larger
// than any boot loader.
Result<QByteArray> readProgram(const FatVolume& volume, const QString& path);
inline constexpr qint64 largestProgram = 256 << 20;

} // namespace platter
