// SPDX-License-Identifier: GPL-3.0-or-later
// The last lines of a machine's QMP conversation, kept from the moment the session is known, so that the details
// tab can show what was said before it was opened. GUI thread; a child of its session.
#pragma once

#include <QObject>
#include <QStringList>

namespace platter {

class MachineSession;

class QmpLog : public QObject {
    Q_OBJECT

public:
    static constexpr qsizetype maximumLines = 1000;
    static constexpr qsizetype maximumSize = 512 * 1024; // in characters, over all lines
    static constexpr qsizetype longestLine = 4000; // in bytes of JSON; the rest of a longer line is cut off

    static constexpr int prefixLength = 15; // "12:34:56.789 → ", before the JSON

    // The session's log; made when there is none yet.
    static QmpLog* of(MachineSession* session);

    const QStringList& lines() const { return m_lines; }

Q_SIGNALS:
    void added(const QString& line);

private:
    explicit QmpLog(MachineSession* session);
    void add(QChar direction, const QByteArray& json);

    QStringList m_lines;
    qsizetype m_size = 0;
};

} // namespace platter
