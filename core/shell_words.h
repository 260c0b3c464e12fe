// SPDX-License-Identifier: GPL-3.0-or-later
// Words for a POSIX shell. Pure function; any thread.
#pragma once

#include <QString>

namespace platter {

// WORD, in quotes where the shell would read it otherwise.
QString shellQuoted(const QString& word);

} // namespace platter
