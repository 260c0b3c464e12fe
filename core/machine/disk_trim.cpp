// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/disk_trim.h"

#include "core/disk/host_device.h"

namespace platter {

namespace {

using Verdict = TrimReach::Verdict;

struct AtServer {
    // Both have a word for it, and the server says in its own way whether it listens.
    Verdict operator()(const NbdExport&) const { return Verdict::UpToServer; }

    Verdict operator()(const IscsiUnit&) const { return Verdict::UpToServer; }

    // Ceph's images are made of objects, and an empty one goes.
    Verdict operator()(const RbdImage&) const { return Verdict::ReachesServer; }

    Verdict operator()(const SshFile&) const { return Verdict::StopsAtProtocol; }

    Verdict operator()(const HttpsFile&) const { return Verdict::StopsAtProtocol; }
};

} // namespace

TrimReach trimOf(const DiskDrive& disk)
{
    if (!disk.discards) {
        return {Verdict::TurnedOff};
    }
    if (const auto* location = std::get_if<NetworkLocation>(&disk.source)) {
        return {std::visit(AtServer(), *location)};
    }
    if (const auto* device = std::get_if<HostDevice>(&disk.source)) {
        const HolePunching trim = trimOfHostDevice(device->path);
        return trim == HolePunching::Fails ? TrimReach{Verdict::StopsAtDevice} : trimReach(disk.format, trim);
    }
    // A VHDX's own format decides.
    const HolePunching holes =
        disk.format == DiskFormat::Vhdx ? HolePunching::Unknown : holesIn(std::get<QString>(disk.source));
    return trimReach(disk.format, holes);
}

} // namespace platter
