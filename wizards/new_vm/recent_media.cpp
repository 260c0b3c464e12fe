// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_vm/recent_media.h"

#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

namespace platter {

namespace {

constexpr qsizetype most = 8;

QString key()
{
    return QStringLiteral("newVm/recentMedia");
}

} // namespace

QStringList RecentMedia::files()
{
    QStringList list = QSettings().value(key()).toStringList();
    list.removeIf([](const QString& file) { return !QFileInfo(file).isFile(); });
    return list;
}

QString RecentMedia::folder()
{
    const QStringList list = files();
    return list.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::DownloadLocation)
                          : QFileInfo(list.first()).absolutePath();
}

void RecentMedia::add(const QString& file)
{
    QSettings settings;
    QStringList list = settings.value(key()).toStringList();
    list.removeAll(file);
    list.prepend(file);
    settings.setValue(key(), list.first(std::min(list.size(), most)));
}

} // namespace platter
