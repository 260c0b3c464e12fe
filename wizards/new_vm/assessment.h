// SPDX-License-Identifier: GPL-3.0-or-later
// What core says about a draft: its problems, and what its pages tell about the places and files chosen. A value
// and a blocking function that looks at files; any thread.
#pragma once

#include "core/disk/new_image.h"
#include "core/machine/new_machine.h"

namespace platter {

struct Assessment {
    std::vector<Problem> problems;
    QString plan; // empty while there are problems
    QString freeName; // a name that could be taken instead
    ByteCount freeSpace; // where a new disk goes; 0 where that cannot be said
    QString freeSpaceOn; // the mount point
    ByteCount initialSize; // of a new disk's file
    std::optional<ImageKind> existingKind; // of the existing disk
    ByteCount existingSize; // of its file
    bool existingIsBlank = false; // raw, and neither a partition table nor a file system is on it
};

// FIRMWARE_DESCRIPTORS: the folders of Places, for what the system asks of its firmware.
Assessment assess(const NewMachine& choices, const MachineStore& store, const HostResources& host,
    const QStringList& firmwareDescriptors);

// Where the machine's folder will be.
QString machineFolderOf(const NewMachine& choices, const MachineStore& store);
// Where a new disk will be.
QString diskFileOf(const NewMachine& choices, const NewDisk& disk, const MachineStore& store);

} // namespace platter
