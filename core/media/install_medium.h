// SPDX-License-Identifier: GPL-3.0-or-later
// What an ISO is: can it boot a machine with UEFI at all, and which system does libosinfo recognise on it. Blocking
// (reads the file, may load libosinfo's database: a second); call it off the GUI thread. Any thread.
#pragma once

#include "core/byte_count.h"

#include <QString>

namespace platter {

enum class UefiBoot {
    Yes, // El Torito has an EFI image with \EFI\BOOT\BOOTX64.EFI, or the disc itself has that file on a UDF volume
    OtherArchitecture, // an EFI image, but only for another processor
    BiosOnly, // bootable, without an EFI image
    NotBootable, // none of these
};

// What a system asks for, from osinfo-db; zero or 0 where it does not say.
struct Recommendation {
    ByteCount memory; // where said, never below 512 MiB
    int cpus = 0;
    ByteCount disk;
};

struct InstallMedium {
    QString file;
    ByteCount size;
    QString volumeLabel; // of the ISO 9660 primary volume; of UDF where there is nothing else
    QString osId; // libosinfo's short id, e.g. "debian13"; empty: not recognised
    QString osName; // "Debian 13"; empty: not recognised
    UefiBoot uefi = UefiBoot::NotBootable;
    QString processor; // with OtherArchitecture: for which, e.g. "64-bit Arm"
    QString
        bootFault; // whole sentence: what is wrong with a boot image that is there and is of no use; mostly empty
    Recommendation recommended; // all zero for a system that is not recognised
    bool isWindows = false;
    bool isSampleGuest = false;

    // One sentence for people: what it is and whether it boots here.
    QString sentence() const;
};

// The label by which Platter's own guest is recognised.
inline constexpr const char* sampleGuestLabel = "PLATTER_SAMPLE";

// Errors: the file does not exist or cannot be read (NotFound, PermissionDenied, InputOutput), is a folder, empty
// or no ISO 9660 or UDF image (InvalidInput), is cut short or damaged (Corrupt).
Result<InstallMedium> inspectMedium(const QString& file);

// The same without the system on it, whose recognition takes libosinfo's database.
Result<InstallMedium> inspectMediumBoot(const QString& file);

// All of the boot loader that a machine starts from a medium which boots with UEFI. Errors as above, and those of
// readBootLoader().
Result<QByteArray> readMediumLoader(const QString& file);

// The virtio driver ISO for Windows where distributions install it or a browser leaves it; empty when it is not
// there.
QString findVirtioDriverIso();

} // namespace platter
