// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a machine of Platter's (UEFI firmware for x86-64, as Hyper-V's generation 2) starts from a disk, and if
// not, why and what to do. Sees the disk as OVMF does: without a boot entry it starts \EFI\BOOT\BOOTX64.EFI from
// any FAT volume on the disk, whatever the partition's type, on GPT, on MBR, and on a disk that is one FAT volume;
// any other loader needs a boot entry that names it. Reads only; any thread.
#pragma once

#include "core/disk/new_image.h"
#include "core/disk/partition_table.h"
#include "core/disk/virtual_disk.h"
#include "core/fat/efi_loader.h"

#include <QStringList>

namespace platter {

struct Bootability {
    enum class Verdict {
        Yes,
        NeedsBootEntry, // a loader for x86-64 that firmware does not look for by itself
        LoaderDamaged, // the default loader is there and is no program
        OtherProcessor, // loaders, all for other processors
        NoLoader, // an EFI system partition or another FAT volume, without a loader
        SystemPartitionNotFat, // an EFI system partition that firmware cannot read
        NoSystemPartition, // a GPT without a FAT volume
        BiosOnly, // an MBR without a FAT volume
        NoPartitionTable, // data, and no partitions
        TableDamaged,
        Empty, // nothing was ever written to it
        ParentMissing, // a differencing image alone does not tell
        NoMedium,
        FormatNotUsed, // VHD, which no machine of Platter's has as a disk
    };

    // A loader and where it is.
    struct Loader {
        int partition = 0; // 0: the whole disk is the volume
        EfiLoader loader;

        friend bool operator==(const Loader&, const Loader&) = default;
    };

    Verdict verdict = Verdict::Empty;
    std::vector<Loader> loaders; // all *.efi that were found
    QString loaderPath = {}; // the one that the sentence is about; may be empty
    QString processor = {}; // with OtherProcessor: "64-bit Arm"
    bool isForBios = false; // with FormatNotUsed: and in another format it would be BiosOnly

    bool isBootable() const { return verdict == Verdict::Yes; }

    QString sentence() const;
    QString advice() const; // empty with Yes

    friend bool operator==(const Bootability&, const Bootability&) = default;
};

QString nameOf(Bootability::Verdict verdict); // "needs-boot-entry": stable, for JSON

// FORMAT: what the image is. A disk of no size is no medium. An error is that the disk cannot be read.
Result<Bootability> judgeBootability(const VirtualDisk& disk, const PartitionTable& table, ImageKind format);

} // namespace platter
