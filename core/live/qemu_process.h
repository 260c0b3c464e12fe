// SPDX-License-Identifier: GPL-3.0-or-later
// A running QEMU that is nobody's child, seen through a pidfd: its end is told at once, and a signal never meets
// another process that got its number. Thread with an event loop; owned by MachineSession.
#pragma once

#include "core/qemu/runtime_folder.h"
#include "core/unique_fd.h"

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace platter {

class QemuProcess : public QObject {
    Q_OBJECT

public:
    // The QEMU that runs for the machine; null when none does.
    static std::unique_ptr<QemuProcess> find(const RuntimeFolder& runtime);

    pid_t pid() const { return m_pid; }

    bool hasEnded() const { return m_ended; }

    // Nothing happens when it has ended.
    void terminate(); // asks QEMU to end cleanly
    void kill();

Q_SIGNALS:
    void ended();

private:
    QemuProcess(pid_t pid, UniqueFd handle);
    void signal(int number);

    pid_t m_pid;
    UniqueFd m_handle; // a pidfd
    bool m_ended = false;
    QSocketNotifier m_notifier;
};

} // namespace platter
