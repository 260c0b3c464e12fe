// SPDX-License-Identifier: GPL-3.0-or-later
// What a boot entry leads to, in the words of the machine that it belongs to: found in its device path, and the
// device paths of what a machine has. Pure functions.
#pragma once

#include "core/boot/device_path.h"
#include "core/machine/definition.h"

#include <variant>

namespace platter {

// A network adapter, and how it asks for something to start.
struct NetworkTarget {
    enum class Way { Pxe4, Pxe6, Http4, Http6 };

    AdapterId adapter;
    Way way = Way::Pxe4;
    QString url = {}; // with HTTP, where the entry names it; empty: what DHCP names

    friend bool operator==(const NetworkTarget&, const NetworkTarget&) = default;
};

// A program in a file system.
struct FileTarget {
    std::optional<SlotId> slot = {}; // where the entry names it; most name the partition alone
    std::optional<HardDriveNode> partition = {};
    QString path = {}; // "\EFI\debian\shimx64.efi"; empty: what the firmware finds there by itself

    friend bool operator==(const FileTarget&, const FileTarget&) = default;
};

// A program in the firmware itself, such as its shell.
struct FirmwareTarget {
    QUuid file;

    friend bool operator==(const FirmwareTarget&, const FirmwareTarget&) = default;
};

// Hardware that no machine of Platter's has, or bytes that make no sense.
struct UnknownTarget {
    friend bool operator==(const UnknownTarget&, const UnknownTarget&) = default;
};

// A slot: the firmware looks for a loader on the disk or medium in it by itself.
using BootTarget = std::variant<SlotId, NetworkTarget, FileTarget, FirmwareTarget, UnknownTarget>;

BootTarget bootTarget(const QByteArray& devicePath);

QByteArray devicePath(SlotId slot);
// Over IPv4: by HTTP where the adapter has an address to boot from, otherwise by PXE.
QByteArray devicePath(AdapterId id, const NetworkAdapter& adapter);
// PARTITION is found on whichever disk it is; without one the file is on the disk in SLOT, which has no partitions.
QByteArray devicePath(const FileTarget& file);
// Where people choose by hand what to start, and set up the firmware.
QByteArray firmwareMenuPath();
bool isFirmwareMenu(const BootTarget& target);

} // namespace platter
