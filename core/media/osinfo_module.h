// SPDX-License-Identifier: GPL-3.0-or-later
// The module platter-osinfo, which brings libosinfo and GLib: os_catalog loads it at the first question. Any
// thread.
#pragma once

#include "core/media/os_catalog.h"

#include <QtCompilerDetection>

// What identifyOs() promises, into an empty MATCH.
extern "C" Q_DECL_EXPORT void platterIdentifyOs(
    const platter::PrimaryVolume& volume, std::optional<platter::OsMatch>& match);
