// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to say about a disk image in words: as facts with their names, and as the aligned lines of plain
// text that `platterctl disk info` prints. Pure functions.
#pragma once

#include "core/disk/inspection.h"

namespace platter {

struct NamedFact {
    QString name; // "Block size"
    QString value; // one line

    friend bool operator==(const NamedFact&, const NamedFact&) = default;
};

// Of the image and its partition table; what is not known is left out.
std::vector<NamedFact> namedFacts(const DiskInspection& inspection);

QString toText(const DiskInspection& inspection);

} // namespace platter
