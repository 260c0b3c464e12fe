// SPDX-License-Identifier: GPL-3.0-or-later
// Follows a file that another program writes, like `tail -F`: its end first, then what is added; a file that is
// replaced or cut starts anew. Looks twice a second, only between start() and stop(). GUI thread.
#pragma once

#include <QFile>
#include <QObject>
#include <QTimer>

namespace platter {

class FileTail : public QObject {
    Q_OBJECT

public:
    static constexpr qint64 longestStart = 256 * 1024; // bytes shown of what was there before

    explicit FileTail(QObject* parent = nullptr);

    void follow(const QString& file); // empty: nothing
    void start();
    void stop();

Q_SIGNALS:
    void restarted(); // what came before is of another file
    void added(const QByteArray& bytes);

private:
    void look();

    QString m_name;
    QFile m_file;
    quint64 m_inode = 0;
    bool m_isNew = true;
    QTimer m_timer;
};

} // namespace platter
