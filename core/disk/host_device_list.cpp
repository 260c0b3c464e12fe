// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/host_device_list.h"

#include "core/disk/block_device.h"

#include <QDir>

#include <algorithm>

namespace platter {

std::vector<HostDeviceEntry> hostDevices(const DeviceRoots& roots)
{
    std::vector<HostDeviceEntry> entries;
    const QDir names(roots.stableNames());
    const QStringList all = names.entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot);
    for (const QString& name : all) {
        const Result<BlockDevice> device = BlockDevice::at(names.filePath(name), roots);
        if (!device || device->isDvdDrive()
            || std::ranges::contains(entries, device->name(), &HostDeviceEntry::node)) {
            continue;
        }
        // The device has several names; this is the one that a machine keeps.
        const Result<QString> path = stableDeviceName(device->node(), roots);
        if (!path) {
            continue;
        }
        const Result<void> usable = checkHostDevice(*path, ImageUse::ReadWrite, roots);
        entries.push_back(
            {*path, device->name(), device->size(), usable ? std::nullopt : std::optional<Error>(usable.error())});
    }
    std::ranges::sort(entries, {}, &HostDeviceEntry::node);
    return entries;
}

} // namespace platter
