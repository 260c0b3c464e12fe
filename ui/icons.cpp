// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/icons.h"

#include "ui/svg_icon_engine.h"

#include <QDir>

#include <algorithm>

// The resources live in a static library, where nothing else would pull them in.
static void initIconResources()
{
    Q_INIT_RESOURCE(platter);
}

namespace platter {

namespace {

QString folder()
{
    static const bool ready = (initIconResources(), true);
    Q_UNUSED(ready)
    return QStringLiteral(":/platter/icons");
}

// Whether the desktop's theme has what the toolbar shows. Looked at again when the theme changes.
bool themeIsComplete()
{
    static QString lookedAt;
    static bool complete = false;
    const QString theme = QIcon::themeName();
    if (theme == lookedAt) {
        return complete;
    }
    lookedAt = theme;
    const char* const names[] = {"list-add", "media-playback-start", "media-playback-pause", "system-shutdown",
        "system-reboot", "media-eject", "media-optical", "drive-harddisk", "view-fullscreen", "view-restore",
        "application-menu", "input-keyboard", "camera-photo", "edit-copy", "user-trash", "dialog-warning"};
    complete = !theme.isEmpty() && theme != QLatin1String("hicolor")
        && std::ranges::all_of(names, [](const char* name) { return QIcon::hasThemeIcon(QLatin1String(name)); });
    return complete;
}

} // namespace

QIcon symbolicIcon(const QString& name)
{
    if (themeIsComplete() && QIcon::hasThemeIcon(name)) {
        return QIcon::fromTheme(name);
    }
    return QIcon(new SvgIconEngine(
        folder() + QStringLiteral("/symbolic/%1.svg").arg(name), SvgIconEngine::Colours::OfPalette));
}

QIcon applicationIcon()
{
    return QIcon(
        new SvgIconEngine(folder() + QStringLiteral("/org.platter.Platter.svg"), SvgIconEngine::Colours::OfFile));
}

QStringList symbolicIconNames()
{
    QStringList names = QDir(folder() + QStringLiteral("/symbolic")).entryList();
    for (QString& name : names) {
        name.chop(4);
    }
    return names;
}

} // namespace platter
