// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/iso_drop.h"

#include <QFileInfo>
#include <QMimeData>
#include <QUrl>

namespace platter {

namespace {

QString fileIn(const QMimeData* data, const QStringList& suffixes)
{
    const QList<QUrl> urls = data->urls();
    if (urls.size() != 1 || !urls.first().isLocalFile()) {
        return {};
    }
    const QString file = urls.first().toLocalFile();
    const QFileInfo info(file);
    return suffixes.contains(info.suffix().toLower()) && info.isFile() ? file : QString();
}

QString take(QDropEvent* event, const QStringList& suffixes)
{
    const QString file = fileIn(event->mimeData(), suffixes);
    if (file.isEmpty()) {
        event->ignore();
    } else {
        event->setDropAction(Qt::CopyAction);
        event->accept();
    }
    return file;
}

} // namespace

QString takeIso(QDropEvent* event)
{
    return take(event, {QStringLiteral("iso")});
}

QString takeDiskImage(QDropEvent* event)
{
    return take(event,
        {QStringLiteral("vhdx"), QStringLiteral("vhd"), QStringLiteral("avhdx"), QStringLiteral("avhd"),
            QStringLiteral("qcow2"), QStringLiteral("img"), QStringLiteral("raw"), QStringLiteral("vmdk"),
            QStringLiteral("vdi")});
}

} // namespace platter
