// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody asked for when starting Platter; travels from a second start to the first one's window. A value.
#pragma once

#include "core/error.h"

#include <QByteArray>
#include <QStringList>

namespace platter {

struct StartRequest {
    bool newMachine = false; // open the New VM wizard
    QString iso = {}; // with this ISO; absolute
    bool editDisk = false; // open the Edit Disk wizard
    QString disk = {}; // with this image; absolute
    QString activationToken = {}; // lets the first instance raise its window under Wayland

    QByteArray toJson() const; // one line
    static Result<StartRequest> fromJson(const QByteArray& line);

    friend bool operator==(const StartRequest&, const StartRequest&) = default;
};

// The program's own options; FOLDER is what relative paths are relative to. InvalidInput: an unknown option, two
// files.
Result<StartRequest> parseStart(const QStringList& arguments, const QString& folder);
// What --help prints.
QString startHelp(const QString& program);

} // namespace platter
