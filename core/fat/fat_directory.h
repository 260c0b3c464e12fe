// SPDX-License-Identifier: GPL-3.0-or-later
// The entries of a FAT directory, decoded from its bytes: short names, long names, attributes (Microsoft FAT
// specification, sections 6 and 7). Pure functions.
#pragma once

#include <QString>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace platter {

struct FatEntry {
    QString name; // the long name where there is one, else the short one
    QString shortName; // "BOOTX64.EFI"
    bool isFolder = false;
    std::uint32_t firstCluster = 0; // 0: an empty file, and the root as ".." sees it
    std::uint32_t size = 0; // bytes; 0 for a folder

    // As FAT compares names: whatever the case, by either name.
    bool isNamed(const QString& other) const;
};

// All files and folders but "." and ".."; no volume label, nothing deleted. BYTES is the whole directory; it ends
// at its end mark or where the bytes end. Long names whose parts do not fit together are dropped in favour of the
// short one.
std::vector<FatEntry> parseFatDirectory(std::span<const std::byte> bytes);

} // namespace platter
