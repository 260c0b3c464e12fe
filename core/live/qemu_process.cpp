// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/qemu_process.h"

#include <csignal>
#include <sys/syscall.h>
#include <unistd.h>

namespace platter {

std::unique_ptr<QemuProcess> QemuProcess::find(const RuntimeFolder& runtime)
{
    const std::optional<pid_t> pid = runtime.runningQemu();
    if (!pid) {
        return nullptr;
    }
    UniqueFd handle(int(::syscall(SYS_pidfd_open, *pid, 0)));
    if (!handle) {
        return nullptr;
    }
    // Only now does the number stand for one process: it must still be the one that holds the lock.
    std::unique_ptr<QemuProcess> process(new QemuProcess(*pid, std::move(handle)));
    return runtime.runningQemu() == pid ? std::move(process) : nullptr;
}

QemuProcess::QemuProcess(pid_t pid, UniqueFd handle)
    : m_pid(pid)
    , m_handle(std::move(handle))
    , m_notifier(m_handle.get(), QSocketNotifier::Read)
{
    connect(&m_notifier, &QSocketNotifier::activated, this, [this] {
        m_notifier.setEnabled(false);
        m_ended = true;
        Q_EMIT ended();
    });
}

void QemuProcess::terminate()
{
    signal(SIGTERM);
}

void QemuProcess::kill()
{
    signal(SIGKILL);
}

void QemuProcess::signal(int number)
{
    // The only way to fail is that the process is gone, which is what was wanted.
    static_cast<void>(::syscall(SYS_pidfd_send_signal, m_handle.get(), number, nullptr, 0));
}

} // namespace platter
