// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/dropped_files.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QMimeData>
#include <QUrl>

#include <algorithm>

namespace platter {

namespace {

DroppedFile::Kind kindOf(const QString& file)
{
    static const QStringList disks{QStringLiteral("vhdx"), QStringLiteral("avhdx"), QStringLiteral("qcow2"),
        QStringLiteral("img"), QStringLiteral("raw")};
    static const QStringList foreign{
        QStringLiteral("vhd"), QStringLiteral("avhd"), QStringLiteral("vmdk"), QStringLiteral("vdi")};
    const QFileInfo info(file);
    const QString suffix = info.suffix().toLower();
    if (!info.isFile()) {
        return DroppedFile::Kind::Other;
    }
    if (suffix == QLatin1String("iso")) {
        return DroppedFile::Kind::Iso;
    }
    return disks.contains(suffix)  ? DroppedFile::Kind::Disk
        : foreign.contains(suffix) ? DroppedFile::Kind::ForeignDisk
                                   : DroppedFile::Kind::Other;
}

} // namespace

std::vector<DroppedFile> droppedFiles(const QStringList& files)
{
    std::vector<DroppedFile> found;
    for (const QString& file : files) {
        found.push_back({file, kindOf(file)});
    }
    return found;
}

std::vector<DroppedFile> droppedFiles(const QMimeData* data)
{
    QStringList files;
    const QList<QUrl> urls = data->urls();
    for (const QUrl& url : urls) {
        if (url.isLocalFile()) {
            files << url.toLocalFile();
        }
    }
    return droppedFiles(files);
}

bool isAttachable(const std::vector<DroppedFile>& files)
{
    return std::ranges::any_of(
        files, [](const DroppedFile& dropped) { return dropped.kind != DroppedFile::Kind::Other; });
}

QString whyNotAttachable(const QString& file)
{
    return QCoreApplication::translate("platter::DroppedFiles",
        "%1 is neither an ISO nor a disk image (VHDX, qcow2, raw; VHD, VMDK and VDI after a conversion), and a "
        "machine takes nothing else.")
        .arg(QFileInfo(file).fileName());
}

QString takeIso(QDropEvent* event)
{
    const std::vector<DroppedFile> files = droppedFiles(event->mimeData());
    if (event->mimeData()->urls().size() != 1 || files.size() != 1
        || files.front().kind != DroppedFile::Kind::Iso) {
        event->ignore();
        return {};
    }
    event->setDropAction(Qt::CopyAction);
    event->accept();
    return files.front().file;
}

} // namespace platter
