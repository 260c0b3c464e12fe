// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/network_boot_choice.h"

#include "core/machine/network_boot.h"

#include <QDir>
#include <QFileInfo>

namespace platter::ctl {

Result<NetworkBoot> networkBootFrom(const QString& folder, const QString& file, const QString& url)
{
    if (folder.isEmpty()) {
        return NetworkBoot{.folder = {}, .file = file, .url = url};
    }
    const QString path = QDir::cleanPath(QFileInfo(folder).absoluteFilePath());
    if (!file.isEmpty()) {
        const QString inside =
            QDir::isAbsolutePath(file) ? QDir(path).relativeFilePath(file) : QDir::cleanPath(file);
        return NetworkBoot{.folder = path, .file = inside, .url = url};
    }
    Result<NetworkBoot> found = findNetworkBoot(path);
    if (found) {
        found->url = url;
    }
    return found;
}

} // namespace platter::ctl
