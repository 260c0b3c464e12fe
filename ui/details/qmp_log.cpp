// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/qmp_log.h"

#include "core/live/machine_session.h"

#include <QTime>

namespace platter {

QmpLog::QmpLog(MachineSession* session)
    : QObject(session)
{
    connect(session, &MachineSession::qmpSent, this, [this](const QByteArray& line) { add(QChar(0x2192), line); });
    connect(
        session, &MachineSession::qmpReceived, this, [this](const QByteArray& line) { add(QChar(0x2190), line); });
}

QmpLog* QmpLog::of(MachineSession* session)
{
    auto* log = session->findChild<QmpLog*>(Qt::FindDirectChildrenOnly);
    return log != nullptr ? log : new QmpLog(session);
}

void QmpLog::add(QChar direction, const QByteArray& json)
{
    const QByteArray trimmed = json.trimmed();
    QString line = QTime::currentTime().toString(QStringLiteral("HH:mm:ss.zzz")) + QLatin1Char(' ') + direction
        + QLatin1Char(' ') + QString::fromUtf8(trimmed.left(longestLine));
    if (trimmed.size() > longestLine) {
        line += QStringLiteral(" …");
    }
    m_lines << line;
    m_size += line.size();
    while (m_lines.size() > maximumLines || m_size > maximumSize) {
        m_size -= m_lines.takeFirst().size();
    }
    Q_EMIT added(line);
}

} // namespace platter
