// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/parent_search.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace platter {

std::vector<ParentCandidate> ParentSearch::candidates(const QStringList& relative, const QStringList& others) const
{
    std::vector<ParentCandidate> found;
    const auto add = [&](const QString& path, bool isNamed) {
        const bool isKnown = std::ranges::any_of(found, [&](const auto& known) { return known.path == path; });
        if (!isKnown) {
            found.push_back({path, isNamed});
        }
    };
    for (const QString& path : named) {
        add(path, true);
    }
    const QDir folder = QFileInfo(image).absoluteDir();
    const auto withSlashes = [](QString path) { return path.replace(QLatin1Char('\\'), QLatin1Char('/')); };
    for (const QString& path : relative) {
        if (!path.isEmpty()) {
            add(QDir::cleanPath(folder.filePath(withSlashes(path))), false);
        }
    }
    for (const QString& path : relative + others) {
        const QString name = withSlashes(path).section(QLatin1Char('/'), -1);
        if (!name.isEmpty() && name != QLatin1String("..") && name != QLatin1String(".")) {
            add(folder.filePath(name), false);
        }
    }
    return found;
}

} // namespace platter
