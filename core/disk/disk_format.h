// SPDX-License-Identifier: GPL-3.0-or-later
// The formats a machine's disk can have. Values.
#pragma once

#include <QString>

#include <optional>

namespace platter {

enum class DiskFormat { Vhdx, Qcow2, Raw };

QString nameOf(DiskFormat format); // "vhdx", "qcow2", "raw": as in JSON, options and QEMU's driver names
QString displayName(DiskFormat format); // "VHDX", "qcow2", "raw"
std::optional<DiskFormat> diskFormatFromString(const QString& text);

} // namespace platter
