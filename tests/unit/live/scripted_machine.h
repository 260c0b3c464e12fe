// SPDX-License-Identifier: GPL-3.0-or-later
// A machine in the store whose "QEMU" is a sleeping process and a script on the application's QMP socket: it is in
// the state that a test wants, says what the test wants, and ends as the test wants. The thread that made it.
#pragma once

#include "core/live/launch_record.h"
#include "core/places.h"
#include "core/unique_fd.h"
#include "tests/unit/qemu/scripted_server.h"

#include <QProcess>
#include <QTemporaryDir>

#include <optional>

namespace platter {

class ScriptedMachine {
public:
    // Off.
    ScriptedMachine();
    ~ScriptedMachine();

    const Places& places() const { return m_places; }

    const StoredMachine& machine() const { return m_machine; }

    RuntimeFolder runtime() const;

    // From now on a QEMU runs that was started with ACCELERATOR and is in STATUS (query-status).
    void run(const QString& status, Accelerator accelerator = Accelerator::Tcg);

    void setStatus(const QString& status) { m_status = status; }

    // query-block's answer: the disk in slot 0:0 has this io-status.
    void setDiskStatus(const QString& status) { m_diskStatus = status; }

    // It answers nothing until it is let.
    void hang() { m_hangs = true; }

    void answerAgain();

    void tell(const QString& event, const QJsonObject& data = {});
    // What QEMU would write to its log.
    void log(const QByteArray& words);

    const QStringList& commands() const { return m_commands; }

    // By set_link.
    bool isPlugged() const { return m_isPlugged; }

    enum class End {
        Clean, // QEMU removes its pid file
        Killed,
    };
    void end(End end);

private:
    void greet();
    void answer(const QJsonObject& request);

    QTemporaryDir m_folder{QStringLiteral("/tmp/live-XXXXXX")};
    Places m_places;
    StoredMachine m_machine;
    QProcess m_process;
    UniqueFd m_pidFile; // locked, as QEMU does
    std::optional<ScriptedServer> m_server;
    QString m_status;
    QString m_diskStatus;
    bool m_hangs = false;
    bool m_isPlugged = true;
    std::vector<QJsonObject> m_unanswered;
    QStringList m_commands;
};

} // namespace platter
