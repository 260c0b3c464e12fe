// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of Platter that bring large libraries along and that most runs never need: modules of their own, loaded at
// first use and kept until the process ends. Each has one function, with C linkage. Any thread.
#pragma once

#include "core/error.h"

#include <QFunctionPointer>

namespace platter {

// FUNCTION of the module NAME ("platter-vnc"), which lies in a folder at a fixed place relative to the program's,
// in the build tree as after an installation. The error says that the installation is incomplete.
Result<QFunctionPointer> moduleFunction(const QString& name, const char* function);

} // namespace platter
