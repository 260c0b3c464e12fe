// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/qemu_process.h"

#include <csignal>
extern "C" { // glibc 2.41 forgets to say so
#include <sys/pidfd.h>
}
#include <unistd.h>

namespace platter {

std::unique_ptr<QemuProcess> QemuProcess::find(const RuntimeFolder& runtime)
{
    const std::optional<pid_t> pid = runtime.runningQemu();
    if (!pid) {
        return nullptr;
    }
    const int fd = ::pidfd_open(*pid, 0);
    if (fd < 0) {
        return nullptr;
    }
    // Only now does the number stand for one process: it must still be the one that holds the lock.
    std::unique_ptr<QemuProcess> process(new QemuProcess(*pid, fd));
    return runtime.runningQemu() == pid ? std::move(process) : nullptr;
}

QemuProcess::QemuProcess(pid_t pid, int fd)
    : m_pid(pid)
    , m_fd(fd)
    , m_notifier(fd, QSocketNotifier::Read)
{
    connect(&m_notifier, &QSocketNotifier::activated, this, [this] {
        m_notifier.setEnabled(false);
        m_ended = true;
        Q_EMIT ended();
    });
}

QemuProcess::~QemuProcess()
{
    m_notifier.setEnabled(false);
    ::close(m_fd);
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
    static_cast<void>(::pidfd_send_signal(m_fd, number, nullptr, 0));
}

} // namespace platter
