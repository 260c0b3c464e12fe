// SPDX-License-Identifier: GPL-3.0-or-later
// Folders of a UDF volume (ECMA-167, parts 3 and 4), as far as UEFI firmware reads them when it looks for a boot
// loader there: blocks of 2048 bytes, partitions without a map of their own. Pure function over a source.
#pragma once

#include "core/byte_source.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace platter {

struct UdfEntry {
    QString name;
    bool isFolder = false;
};

// What is in the folder that PATH leads to from the root on; names as they are written, as EDK2's driver compares
// them. NotFound: no such folder. InvalidInput: no UDF volume of this kind. Corrupt: its numbers contradict each
// other.
Result<std::vector<UdfEntry>> listUdfFolder(const ByteSource& source, const QStringList& path);

} // namespace platter
