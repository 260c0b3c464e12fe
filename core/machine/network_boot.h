// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine finds that boots from QEMU's user-mode network: a folder of this computer, which QEMU serves over
// TFTP, with the boot loader in it. Looks at files; blocking, short; any thread.
#pragma once

#include "core/error.h"
#include "core/machine/definition.h"

namespace platter {

// FOLDER with the boot loader that is found in it, as the distributions' netboot archives have it. Of an archive
// whose loader looks for its files from the top, the top is what is served, whichever of its folders FOLDER is.
// Errors: NotFound: the folder, or a loader in it; InvalidInput: it is no folder; PermissionDenied.
Result<NetworkBoot> findNetworkBoot(const QString& folder);

// Whether the folder and the file are there and the file is a program that the machine's firmware starts. Good
// where there is no folder; an address is not asked.
Result<void> checkNetworkBoot(const NetworkBoot& boot);

// All of the boot loader of a folder that checkNetworkBoot() has found good. Errors of opening it; Unsupported: it
// is larger than any boot loader.
Result<QByteArray> readNetworkLoader(const NetworkBoot& boot);

} // namespace platter
