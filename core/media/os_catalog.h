// SPDX-License-Identifier: GPL-3.0-or-later
// Which operating system's disc a volume is, by libosinfo's database. The database is loaded at the first question
// (a third of a second, some 40 MiB) and stays; any thread may ask, one is answered at a time.
#pragma once

#include "core/media/install_medium.h"
#include "core/media/iso9660.h"

#include <optional>

namespace platter {

struct OsMatch {
    QString id; // libosinfo's short id; its favourite where several systems have discs like this
    QString name; // "Debian 13", "Microsoft Windows 11 or 10"
    Recommendation recommended;
    bool isWindows = false;
};

// Nothing where the database does not know it, or there is no database.
std::optional<OsMatch> identifyOs(const PrimaryVolume& volume);

} // namespace platter
