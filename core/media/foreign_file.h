// SPDX-License-Identifier: GPL-3.0-or-later
// What a file that is no ISO image is instead, so that the refusal can say what to do with it. Pure functions.
#pragma once

#include "core/byte_source.h"

#include <optional>

namespace platter {

// The refusal of FILE, and what to do instead. Nothing where it is not known.
std::optional<Error> describeForeignFile(const ByteSource& source, const QString& file);

} // namespace platter
