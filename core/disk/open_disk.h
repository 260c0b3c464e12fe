// SPDX-License-Identifier: GPL-3.0-or-later
// Opening an image of any kind as a disk, by what is in it. This is where files are opened for the formats, parents
// included; every one is locked against writers as long as the disk is open. Blocking; any thread.
#pragma once

#include "core/disk/new_image.h"
#include "core/disk/parent_search.h"
#include "core/disk/virtual_disk.h"

#include <QStringList>

#include <memory>

namespace platter {

// For reading. PARENTS are files of which the user says that they are parents of a differencing image.
// Errors: of opening files, of the format; Unsupported for what only qemu-img reads (qcow2, VMDK, VDI).
Result<std::unique_ptr<VirtualDisk>> openDisk(const QString& path, const QStringList& parents = {});

// The same for a file whose kind is known already: what is in a raw image must not decide what it is.
Result<std::unique_ptr<VirtualDisk>> openDiskAs(
    ImageKind kind, const QString& path, const QStringList& parents = {});

// How the parents of the differencing image PATH are looked for.
ParentSearch parentSearchFor(const QString& path, const QStringList& parents);

} // namespace platter
