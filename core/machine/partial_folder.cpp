// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/partial_folder.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QRegularExpression>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <sys/stat.h>

namespace platter {

namespace {

QString partialName()
{
    return QStringLiteral(".%1.partial").arg(QRandomGenerator::system()->generate64(), 16, 16, QLatin1Char('0'));
}

Result<void> removeTree(const QString& folder)
{
    // Never follows a link. (QDir::removeRecursively gives no reason when it fails.)
    std::error_code code;
    std::filesystem::remove_all(QFile::encodeName(folder).toStdString(), code);
    if (code) {
        return std::unexpected(
            systemError(QCoreApplication::translate("platter::PartialFolder", "Deleting the machine's folder"),
                folder, code.value()));
    }
    return {};
}

} // namespace

PartialFolder::PartialFolder(QString path, FolderLock lock)
    : m_path(std::move(path))
    , m_lock(std::move(lock))
{
}

PartialFolder::~PartialFolder()
{
    if (!m_path.isEmpty()) {
        std::ignore = removeTree(m_path);
    }
}

Result<std::unique_ptr<PartialFolder>> PartialFolder::make(const QString& what, const QString& parent)
{
    const QString path = parent + QLatin1Char('/') + partialName();
    if (::mkdir(QFile::encodeName(path).constData(), 0700) != 0) {
        return std::unexpected(systemError(what, parent, errno));
    }
    Result<FolderLock> lock = FolderLock::take(path);
    if (!lock) {
        std::ignore = removeTree(path);
        return std::unexpected(lock.error());
    }
    return std::unique_ptr<PartialFolder>(new PartialFolder(path, std::move(*lock)));
}

void PartialFolder::removeLeftovers(const QString& parent)
{
    static const QRegularExpression pattern(QStringLiteral("\\A\\.[0-9a-f]{16}\\.partial\\z"));
    const QStringList names =
        QDir(parent).entryList({QStringLiteral(".*.partial")}, QDir::Dirs | QDir::Hidden | QDir::NoSymLinks);
    for (const QString& name : names) {
        const QString path = parent + QLatin1Char('/') + name;
        if (!pattern.match(name).hasMatch()) {
            continue;
        }
        if (const std::optional<FolderLock> lock = FolderLock::tryTake(path)) {
            std::ignore = removeTree(path);
        }
    }
}

Result<void> PartialFolder::removeWhole(const QString& folder)
{
    // Held until all is gone, so that nobody takes the rest for a leftover.
    const std::optional<FolderLock> lock = FolderLock::tryTake(folder);
    const QString hidden = QFileInfo(folder).absolutePath() + QLatin1Char('/') + partialName();
    const bool renamed =
        ::rename(QFile::encodeName(folder).constData(), QFile::encodeName(hidden).constData()) == 0;
    return removeTree(renamed ? hidden : folder);
}

} // namespace platter
