// SPDX-License-Identifier: GPL-3.0-or-later
// The disks and partitions of the host that have a stable name, for somebody to choose from. Blocking; any thread.
#pragma once

#include "core/disk/host_device.h"

#include <optional>
#include <vector>

namespace platter {

struct HostDeviceEntry {
    QString path; // /dev/disk/by-id/…
    QString node; // the kernel's name for it, "sda1"
    ByteCount size;
    std::optional<Error> obstacle; // why a machine cannot have it

    friend bool operator==(const HostDeviceEntry&, const HostDeviceEntry&) = default;
};

// Each device once, by the kernel's names. DVD drives are none of them.
std::vector<HostDeviceEntry> hostDevices(const DeviceRoots& roots = {});

} // namespace platter
