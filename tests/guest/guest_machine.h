// SPDX-License-Identifier: GPL-3.0-or-later
// A machine as Platter defines and starts it, but with its QEMU as a child of the test, which ends with this
// object. For what concerns the guest and not the application. The thread that made it.
#pragma once

#include "core/machine/store.h"
#include "tests/guest/serial_console.h"

#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace platter {

class GuestMachine {
public:
    // Two processors, 512 MiB, a network adapter.
    GuestMachine();
    ~GuestMachine();

    Definition& definition() { return m_machine.definition; }

    QString folder() const { return m_folder.path(); }

    SerialConsole& serial() { return m_serial; }

    // What went wrong, empty when QEMU runs and the serial port is connected.
    QString start();
    bool waitForEnd(QDeadlineTimer deadline = QDeadlineTimer(SerialConsole::patience));

    // The answer's "return"; nothing after an error or no answer. Each opens a connection of its own.
    std::optional<QJsonValue> qmp(const QString& command, const QJsonObject& arguments = {});
    std::optional<QJsonValue> agent(const QString& command, const QJsonObject& arguments = {});
    // Keys as of a keyboard; QEMU's names for them.
    bool pressKeys(const QString& text);

    // For the message of a failed test: the serial port's and QEMU's own words.
    QString transcript();

private:
    QTemporaryDir m_folder{QStringLiteral("/tmp/guest-XXXXXX")};
    StoredMachine m_machine;
    QProcess m_qemu;
    SerialConsole m_serial;
};

} // namespace platter

// A command in the guest that must succeed; its output goes into OUTPUT.
#define IN_GUEST(machine, output, command)                                                                         \
    do {                                                                                                           \
        const auto answer = (machine).serial().run(QStringLiteral(command));                                       \
        QVERIFY2(answer, qPrintable((machine).transcript()));                                                      \
        QVERIFY2(answer->exitCode == 0, qPrintable(answer->output));                                               \
        (output) = answer->output;                                                                                 \
    } while (false)

// Starts the machine and waits for the guest's shell.
#define BOOT(machine, from)                                                                                        \
    do {                                                                                                           \
        const QString problem = (machine).start();                                                                 \
        QVERIFY2(problem.isEmpty(), qPrintable(problem));                                                          \
        QVERIFY2((machine).serial().waitFor(QStringLiteral("Platter sample guest ready: ")),                       \
            qPrintable((machine).transcript()));                                                                   \
        QVERIFY2((machine).serial().waitFor(QStringLiteral(from ", Linux ")), qPrintable((machine).transcript())); \
        QVERIFY2((machine).serial().waitFor(QStringLiteral("# ")), qPrintable((machine).transcript()));            \
    } while (false)
