// SPDX-License-Identifier: GPL-3.0-or-later
// A terminal on a guest's serial port, as a test uses it: wait for words, type lines, run commands in the guest's
// shell. Spins the event loop while it waits, so that whatever else lives in the thread goes on. The thread that
// made it.
#pragma once

#include <QDeadlineTimer>
#include <QLocalSocket>
#include <QTest>

#include <chrono>
#include <optional>

namespace platter {

class SerialConsole {
public:
    // Generous: software emulation on a busy computer.
    static constexpr std::chrono::seconds patience{120};

    struct Answer {
        int exitCode = -1;
        QString output; // without the line's own echo, lines ended by \n
    };

    // Connects to QEMU's socket, as soon as there is one.
    bool open(const QString& socket, QDeadlineTimer deadline = QDeadlineTimer(patience));

    // What the guest says after the last match, without terminal control sequences and carriage returns.
    bool waitFor(const QString& text, QDeadlineTimer deadline = QDeadlineTimer(patience));
    void type(const QString& line);
    // At the prompt of the guest's shell. Nothing: no answer in time.
    std::optional<Answer> run(const QString& command, QDeadlineTimer deadline = QDeadlineTimer(patience));

    // All that was said since open(), for the message of a failed test.
    QString transcript() const { return QString::fromUtf8(m_text); }

private:
    // Up to and including TEXT; nothing when it did not come.
    std::optional<QByteArray> readUntil(const QByteArray& text, QDeadlineTimer deadline);
    void read();

    QLocalSocket m_socket;
    QByteArray m_raw; // the beginning of a control sequence that is not complete yet
    QByteArray m_text;
    qsizetype m_position = 0; // in m_text: behind the last match
};

} // namespace platter

// A command that must succeed in the guest whose shell is at SERIAL, a SerialConsole of this name.
#define RUNS(command)                                                                                              \
    do {                                                                                                           \
        const auto answer = serial.run(QStringLiteral(command));                                                   \
        QVERIFY2(answer && answer->exitCode == 0, qUtf8Printable(serial.transcript()));                            \
    } while (false)
