// SPDX-License-Identifier: GPL-3.0-or-later
// Where things live, decided once at start-up and handed down: tests point it at folders of their own. A value.
#pragma once

#include "core/error.h"

#include <QString>
#include <QStringList>

namespace platter {

struct Places {
    QString machines; // one folder (or link to one) per machine: $XDG_DATA_HOME/platter/machines
    QString runtime; // one folder per running machine, mode 0700: $XDG_RUNTIME_DIR/platter
    QString cache; // answers that can be found out again: $XDG_CACHE_HOME/platter
    QStringList firmwareDescriptors; // folders of QEMU's firmware descriptors, the most important first
    QString sampleGuest; // the sample guest's ISO; may not exist

    // The user's own, by the XDG environment; the runtime folder is made (0700, owned by the user) when missing.
    // Fails where a runtime folder cannot be had safely, or where its path is too long for unix sockets (107
    // bytes). Without $XDG_RUNTIME_DIR: /run/user/<uid> where it is ours, else /tmp/platter-<uid>.
    static Result<Places> ofUser();
};

// Makes FOLDER with mode 0700, or finds that it is one already: a real folder (no link), owned by the user, closed
// to everybody else. Anything else is refused, for somebody else may have put it there.
Result<void> makePrivateFolder(const QString& folder);

} // namespace platter
