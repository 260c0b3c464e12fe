// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/partial_file.h"

#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>

namespace platter {

PartialFile::PartialFile(QString target)
    : m_target(std::move(target))
    , m_path(QFileInfo(m_target).absolutePath()
          + QStringLiteral("/.%1.partial").arg(QRandomGenerator::system()->generate64(), 16, 16, QLatin1Char('0')))
{
}

PartialFile::~PartialFile()
{
    QFile::remove(m_path);
}

Result<void> PartialFile::appear(const QString& what, Durability durability)
{
    return renameWithoutReplacing(what, m_path, m_target, durability);
}

Error PartialFile::named(Error error) const
{
    error.summary.replace(m_path, m_target);
    return error;
}

} // namespace platter
