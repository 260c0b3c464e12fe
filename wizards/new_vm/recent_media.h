// SPDX-License-Identifier: GPL-3.0-or-later
// The ISOs that machines were made with lately, kept in the user's settings. GUI thread.
#pragma once

#include <QStringList>

namespace platter {

class RecentMedia {
public:
    // The latest first; those that are gone are left out.
    static QStringList files();
    // Of the latest one; else the downloads.
    static QString folder();
    static void add(const QString& file);
};

} // namespace platter
