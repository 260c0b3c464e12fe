// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/iso_drop.h"

#include <QFileInfo>
#include <QMimeData>
#include <QUrl>

namespace platter {

namespace {

QString isoIn(const QMimeData* data)
{
    const QList<QUrl> urls = data->urls();
    if (urls.size() != 1 || !urls.first().isLocalFile()) {
        return {};
    }
    const QString file = urls.first().toLocalFile();
    const bool isIso = file.endsWith(QLatin1String(".iso"), Qt::CaseInsensitive) && QFileInfo(file).isFile();
    return isIso ? file : QString();
}

} // namespace

QString takeIso(QDropEvent* event)
{
    const QString iso = isoIn(event->mimeData());
    if (iso.isEmpty()) {
        event->ignore();
    } else {
        event->setDropAction(Qt::CopyAction);
        event->accept();
    }
    return iso;
}

} // namespace platter
