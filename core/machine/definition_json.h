// SPDX-License-Identifier: GPL-3.0-or-later
// machine.json: the definition on disk, versioned and readable. Files inside the machine's folder are written
// relative to it, so that a folder can be moved as a whole. Pure functions.
#pragma once

#include "core/machine/definition.h"

#include <QByteArray>

namespace platter {

inline constexpr int definitionVersion = 1;

// Indented JSON, keys in a fixed order, ending in a newline.
QByteArray toJson(const Definition& definition, const QString& folder);

// Corrupt: no JSON, a missing or unknown key, a wrong type, each with its place ("drives[1].file"). TooOld, TooNew:
// by "version", looked at before anything else.
Result<Definition> fromJson(const QByteArray& json, const QString& folder);

} // namespace platter
