// SPDX-License-Identifier: GPL-3.0-or-later
// What Secure Boot asks of a program for UEFI firmware: its hash, and the signatures that it brings along (UEFI
// specification 32.5.3; Microsoft, "Windows Authenticode Portable Executable Signature Format"). Pure function.
#pragma once

#include "core/error.h"

#include <QByteArray>

#include <cstddef>
#include <span>
#include <vector>

namespace platter {

struct EfiProgram {
    QByteArray sha256; // of all but its signatures and what changes with them
    std::vector<QByteArray> signatures; // PKCS#7, each as the table has it
};

// FILE is the whole of it. Corrupt: it is no program, or its headers lead out of it.
Result<EfiProgram> parseEfiProgram(std::span<const std::byte> file);

} // namespace platter
