// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/file_tail.h"

#include <chrono>
#include <sys/stat.h>

namespace platter {

FileTail::FileTail(QObject* parent)
    : QObject(parent)
{
    m_timer.setInterval(std::chrono::milliseconds(500));
    connect(&m_timer, &QTimer::timeout, this, &FileTail::look);
}

void FileTail::follow(const QString& file)
{
    if (file == m_name) {
        return;
    }
    m_name = file;
    m_file.close();
    m_inode = 0;
    m_isNew = true;
    Q_EMIT restarted();
    if (m_timer.isActive()) {
        look();
    }
}

void FileTail::start()
{
    if (!m_timer.isActive()) {
        m_timer.start();
        look();
    }
}

void FileTail::stop()
{
    m_timer.stop();
}

void FileTail::look()
{
    if (m_name.isEmpty()) {
        return;
    }
    struct stat there = {};
    if (::stat(QFile::encodeName(m_name).constData(), &there) != 0) {
        return; // not written yet; what was shown of an older one stays
    }
    if (!m_file.isOpen() || m_inode != there.st_ino || there.st_size < m_file.pos()) {
        const bool hadText = m_file.isOpen();
        m_file.close();
        m_file.setFileName(m_name);
        if (!m_file.open(QIODevice::ReadOnly | QIODevice::Unbuffered)) {
            return;
        }
        m_inode = there.st_ino;
        if (hadText) {
            Q_EMIT restarted();
        }
        m_isNew = true;
    }
    if (m_isNew && there.st_size > longestStart) {
        m_file.seek(there.st_size - longestStart);
        m_file.readLine(); // the rest of a line
    }
    m_isNew = false;
    // A guest that floods its serial line must not hold the window: the rest comes with the next look.
    const QByteArray bytes = m_file.read(longestStart);
    if (!bytes.isEmpty()) {
        Q_EMIT added(bytes);
    }
}

} // namespace platter
