// SPDX-License-Identifier: GPL-3.0-or-later
// The rules of a generation-2 machine, one enumerator and one sentence each. Pure functions over values.
#pragma once

#include "core/machine/definition.h"

#include <vector>

namespace platter {

// What the host can give, as far as the rules ask. Read by HostResources::ofThisHost().
struct HostResources {
    ByteCount memory; // physical
    int cpus = 1; // online logical processors

    static HostResources ofThisHost();
};

enum class Rule {
    MemoryTooSmall, // under 128 MiB OVMF does not start
    MemoryNotWholeMebibytes,
    MemoryBeyondHost,
    NoCpu,
    CpusBeyondHost,
    ControllerCount, // 1..4
    SlotOutOfRange,
    SlotOnMissingController,
    SlotTakenTwice,
    DiskFileMissingName, // a disk without a file
    RelativePath,
    SameImageTwice,
    PhysicalDvd, // a medium that is a device (isDevicePath)
    NetworkFormat, // a disk on the network that is neither raw nor qcow2
    NetworkReadOnly, // can only be read there, and is to be written
    DeviceName, // a device of the host by a name that may be another one's tomorrow
    DeviceFormat, // a device that is not to be taken as it is
    VhdDisk, // a VHD image as a disk, by its name (preflight.h looks into the file)
    TooManyAdapters,
    BadMac,
    MacTwice,
    BridgeName, // no name that a network interface can have
    ForwardOnBridge, // forwards are of the user-mode network
    HostPortTwice,
    PortZero,
    PrivilegedHostPort, // below 1024
    NetworkBootOnBridge, // folder and address are the user-mode network's
    NetworkBootTwice, // folder and address
    NetworkBootFile, // a folder without a file, a file without a folder, or one outside of it
    NetworkBootFileTooLong, // for the field of a DHCP answer: over 127 bytes of UTF-8
    NetworkBootUrl, // one that the firmware cannot fetch
    BootDeviceMissing, // the boot order names what is not there
    BootDeviceTwice,
    NameEmpty,
    NameTooLong, // over 100 characters or 240 bytes of UTF-8: the disk is named after the machine
    NameCharacters, // '/', NUL, control characters
    NameLeadingDot,
    NameSpaceAround,
};

struct Violation {
    Rule rule;
    Error error;
};

// Whether a path leads to a device by its name: below /dev, except for the memory disk /dev/shm.
bool isDevicePath(const QString& file);

// Every rule that the definition breaks; empty: the machine can be made. Looks at no file.
std::vector<Violation> violations(const Definition& definition, const HostResources& host);
// A machine's name, which is also its folder's.
std::vector<Violation> nameViolations(const QString& name);

} // namespace platter
