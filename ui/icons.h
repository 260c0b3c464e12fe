// SPDX-License-Identifier: GPL-3.0-or-later
// The icons by their freedesktop names: the desktop theme's where it has the whole set, else Platter's own SVGs in
// the palette's colours, so that two styles never mix in one toolbar. GUI thread.
#pragma once

#include <QIcon>

namespace platter {

// A name of resources/icons/symbolic, e.g. "media-playback-start".
QIcon symbolicIcon(const QString& name);
QIcon applicationIcon();
// The names that symbolicIcon() knows.
QStringList symbolicIconNames();

} // namespace platter
