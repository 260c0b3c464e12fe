// SPDX-License-Identifier: GPL-3.0-or-later
// Finds UEFI firmware through QEMU's descriptor files (docs/interop/firmware.json in QEMU's source), never by a
// fixed path. Blocking, short; any thread.
#pragma once

#include "core/error.h"
#include "core/machine/definition.h"

#include <QStringList>

namespace platter {

struct Firmware {
    QString code; // read-only pflash image
    QString codeFormat; // "raw" or "qcow2"
    QString varsTemplate; // copied to a machine's nvram.fd
    QString varsFormat;
    bool needsSmm = false;
    bool enrolledKeys = false;
    QString descriptor; // the file that described it
};

// The first descriptor, by file name over all FOLDERS (an earlier folder's file hides a later one's of the same
// name, an empty one masks it), that is UEFI on flash for x86_64 q35 with split NVRAM and fits: without keys for
// Off, with Microsoft's for their two modes, and for OwnKeys rather without. MissingFirmware names the folders
// searched and the package that brings it.
Result<Firmware> findFirmware(const QStringList& folders, SecureBoot secureBoot);

} // namespace platter
