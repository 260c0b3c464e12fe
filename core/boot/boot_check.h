// SPDX-License-Identifier: GPL-3.0-or-later
// What will become of a machine's boot entries, from looking at its images: whether the firmware finds something to
// start there, and if not, why and what to do. Blocking (it opens every disk and medium, also those in use); any
// thread.
#pragma once

#include "core/boot/boot_order.h"
#include "core/boot/secure_boot.h"

namespace platter {

struct BootFinding {
    enum class Verdict {
        Starts,
        Fails, // the firmware goes on to the next entry
        Gone, // the entry's disk or file is not there any more
        Unknown,
    };

    Verdict verdict = Verdict::Unknown;
    // Where a file's partition was found.
    std::optional<SlotId> slot = {};
    QString sentence = {};
    QString advice = {}; // may be empty

    friend bool operator==(const BootFinding&, const BootFinding&) = default;
};

QString nameOf(BootFinding::Verdict verdict); // "starts": stable, for JSON

// For each of ORDER's entries, in their order. Where DEFINITION has Secure Boot on, the boot loaders are held
// against KEYS, the firmware's; an error is why those are not known.
std::vector<BootFinding> examineBoot(
    const BootOrder& order, const Definition& definition, const Result<SecureBootKeys>& keys);

// Why the firmware will find nothing to start, a line for each entry that it tries; empty: it will, or may.
QStringList whyNothingStarts(
    const BootOrder& order, const std::vector<BootFinding>& findings, const Definition& definition);

// A loader on one of the machine's disks that an entry can be made for.
struct LoaderOnDisk {
    SlotId slot;
    FileTarget file;
    QString processor; // "64-bit x86"; empty: it is no program for firmware
    bool canStart = false;
};

// All *.efi that are found on the disk's FAT volumes. Errors: NotFound (no disk there), those of opening the image.
Result<std::vector<LoaderOnDisk>> loadersOn(const Definition& definition, SlotId slot);

// What an entry is and where, for a list: "Disk system.vhdx" and "0:0".
struct BootWords {
    QString what;
    QString where;
};

BootWords wordsFor(const BootEntry& entry, const BootFinding& finding, const Definition& definition);

} // namespace platter
