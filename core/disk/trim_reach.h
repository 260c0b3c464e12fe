// SPDX-License-Identifier: GPL-3.0-or-later
// Whether what a guest frees on its disk (TRIM, discard) goes back to the host, and why not. QEMU passes it on
// unless told not to (discard, core/qemu/block_graph.h); what becomes of it depends on the format and on what holds
// the image. trimReach() is pure; holesIn() is a few calls to the file system. Any thread.
#pragma once

#include "core/disk/disk_format.h"

#include <QString>

namespace platter {

// Whether a file system can give back a part of a file.
enum class HolePunching { Works, Fails, Unknown };

// Of the file system that FILE is on. Leaves no trace.
HolePunching holesIn(const QString& file);

struct TrimReach {
    enum class Verdict {
        ReachesHost,
        TurnedOff, // for this disk of the machine
        StopsAtFormat, // compacting helps
        StopsAtFileSystem,
        StopsAtDevice, // a disk of the host that is passed through
        StopsAtProtocol, // of a disk on the network
        ReachesServer, // of a disk on the network, which gives it back
        UpToServer, // of a disk on the network, which does not tell
        Unknown,
    };

    Verdict verdict = Verdict::Unknown;

    QString sentence() const; // whether it does, why not, and what helps
    QString word() const; // "reaches the host"

    friend bool operator==(const TrimReach&, const TrimReach&) = default;
};

// DISCARDS: as the machine has the disk attached.
TrimReach trimReach(DiskFormat format, HolePunching holes, bool discards = true);

// As JSON has it: "host", "off", "format", "file-system", "device", "protocol", "server", "server-decides",
// "unknown".
QString nameOf(TrimReach::Verdict verdict);

} // namespace platter
