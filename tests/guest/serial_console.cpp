// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/guest/serial_console.h"

#include <QRegularExpression>
#include <QTest>

namespace platter {

namespace {

// The text in RAW without control sequences and carriage returns; a sequence that is cut off at the end stays in
// RAW.
QByteArray takeText(QByteArray& raw)
{
    static const QRegularExpression incomplete(QStringLiteral("\x1b(\\[[0-9;?=]*)?$"));
    static const QRegularExpression sequence(QStringLiteral("\x1b\\[[0-9;?=]*[@-~]|\x1b[^\\[]|\r"));
    QString text = QString::fromLatin1(raw);
    const qsizetype end = incomplete.match(text).capturedStart();
    raw = end < 0 ? QByteArray() : raw.mid(end);
    if (end >= 0) {
        text.truncate(end);
    }
    return text.remove(sequence).toLatin1();
}

} // namespace

bool SerialConsole::open(const QString& socket, QDeadlineTimer deadline)
{
    return QTest::qWaitFor(
        [this, &socket] {
            if (m_socket.state() == QLocalSocket::UnconnectedState) {
                m_socket.connectToServer(socket);
            }
            return m_socket.state() == QLocalSocket::ConnectedState;
        },
        deadline);
}

bool SerialConsole::waitFor(const QString& text, QDeadlineTimer deadline)
{
    return readUntil(text.toUtf8(), deadline).has_value();
}

void SerialConsole::type(const QString& line)
{
    m_socket.write(line.toUtf8() + '\r');
    m_socket.flush();
}

std::optional<SerialConsole::Answer> SerialConsole::run(const QString& command, QDeadlineTimer deadline)
{
    // The shell's echo of the line has quotes inside the marks; what it prints has not.
    type(QStringLiteral("echo '<<''<'; %1; echo '>>''>'$?'<'").arg(command));
    if (!readUntil("<<<\n", deadline)) {
        return std::nullopt;
    }
    const std::optional<QByteArray> output = readUntil(">>>", deadline);
    const std::optional<QByteArray> code = output ? readUntil("<", deadline) : std::nullopt;
    if (!code) {
        return std::nullopt;
    }
    return Answer{code->chopped(1).toInt(), QString::fromUtf8(output->chopped(3))};
}

std::optional<QByteArray> SerialConsole::readUntil(const QByteArray& text, QDeadlineTimer deadline)
{
    qsizetype found = -1;
    const auto arrived = [this, &text, &found] {
        read();
        found = m_text.indexOf(text, m_position);
        return found >= 0;
    };
    if (!QTest::qWaitFor(arrived, deadline)) {
        return std::nullopt;
    }
    const qsizetype from = std::exchange(m_position, found + text.size());
    return m_text.mid(from, m_position - from);
}

void SerialConsole::read()
{
    m_raw += m_socket.readAll();
    m_text += takeText(m_raw);
}

} // namespace platter
