// SPDX-License-Identifier: GPL-3.0-or-later
// Finding and opening the parents of a differencing VHDX file, as far as the chain goes. Blocking; any thread.
#pragma once

#include "core/disk/parent_search.h"
#include "core/disk/vhdx/image.h"

namespace platter::vhdx {

// For Image::open() and Editor::open(): tries SEARCH's places one after the other and takes the first file whose
// identity is the one that the child knows. NotFound names the places; Corrupt where a parent has changed since,
// and where a chain comes back to itself or is too long; with LostParent::Tolerate null instead. PATHS, where
// given, gets where each parent was found, the nearest first; it must live as long as the result.
ParentOpener parentOpener(const ParentSearch& search, QStringList* paths = nullptr);

} // namespace platter::vhdx
