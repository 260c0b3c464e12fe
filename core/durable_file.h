// SPDX-License-Identifier: GPL-3.0-or-later
// Putting files and folders in place so that a power cut leaves the old state or the new one, never a half, unless
// the caller says that he can do without.
// Blocking; any thread.
#pragma once

#include "core/error.h"

#include <QByteArray>

namespace platter {

// Whether something is done once it is on stable storage, or once it is handed to the kernel, which writes it when
// it sees fit: until then a power cut may leave anything of it.
enum class Durability { Stable, LeftToKernel };

// What was written to the file (or, for a folder, which names are in it) is on the disk when this returns.
Result<void> flushToDisk(const QString& path);

// FROM becomes TO, on the same file system; Stable: and its folder is flushed. Of several programs doing this to
// one TO exactly one wins, the others get AlreadyExists. After any error it is FROM still. WHAT begins the sentence
// of an error ("Making the disk image").
Result<void> renameWithoutReplacing(
    const QString& what, const QString& from, const QString& to, Durability durability = Durability::Stable);

// FILE has the old content or the new one at every moment. One writer at a time (the caller holds a lock).
Result<void> replaceContent(const QString& what, const QString& file, const QByteArray& content);

} // namespace platter
