// SPDX-License-Identifier: GPL-3.0-or-later
// Putting files and folders in place so that a power cut leaves the old state or the new one, never a half.
// Blocking; any thread.
#pragma once

#include "core/error.h"

#include <QByteArray>

namespace platter {

// What was written to the file (or, for a folder, which names are in it) is on the disk when this returns.
Result<void> flushToDisk(const QString& path);

// FROM becomes TO, on the same file system, flushed with its folder. Of several programs doing this to one TO
// exactly one wins, the others get AlreadyExists. After any error it is FROM still. WHAT begins the sentence of an
// error ("Making the disk image").
Result<void> renameWithoutReplacing(const QString& what, const QString& from, const QString& to);

// FILE has the old content or the new one at every moment. One writer at a time (the caller holds a lock).
Result<void> replaceContent(const QString& what, const QString& file, const QByteArray& content);

} // namespace platter
