// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/detached_process.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QProcess>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace platter {

namespace {

constexpr int firstInherited = STDERR_FILENO + 1;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::DetachedProcess)
};

} // namespace

DetachedProcess::DetachedProcess(pid_t pid, UniqueFd handle)
    : m_pid(pid)
    , m_handle(std::move(handle))
{
}

Result<DetachedProcess> DetachedProcess::start(const QStringList& commandLine, const QString& logFile,
    const QProcessEnvironment& environment, const std::vector<UniqueFd>& descriptors)
{
    // QProcess does not say why it cannot open it.
    const UniqueFd log(
        ::open(QFile::encodeName(logFile).constData(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (!log) {
        return std::unexpected(systemError(Texts::tr("Writing the log"), logFile, errno));
    }
    QProcess process;
    process.setProgram(commandLine.first());
    process.setArguments(commandLine.mid(1));
    process.setWorkingDirectory(QStringLiteral("/"));
    process.setStandardInputFile(QProcess::nullDevice());
    process.setStandardOutputFile(logFile, QIODevice::Append);
    process.setStandardErrorFile(logFile, QIODevice::Append);
    const int firstClosed = firstInherited + int(descriptors.size());
    process.setUnixProcessParameters(
        {.flags = QProcess::UnixProcessFlag::CloseFileDescriptors | QProcess::UnixProcessFlag::ResetSignalHandlers,
            .lowestFileDescriptorToClose = firstClosed});
    // Copies above all the numbers that they are to have, so that none takes another's place.
    std::vector<UniqueFd> copies;
    for (const UniqueFd& descriptor : descriptors) {
        copies.emplace_back(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, firstClosed));
    }
    process.setChildProcessModifier([&copies] {
        for (int number = firstInherited; const UniqueFd& copy : copies) {
            ::dup2(copy.get(), number++);
        }
    });
    process.setProcessEnvironment(environment);
    qint64 pid = 0;
    // With every descriptor closed there is none left on which an exec that fails could be reported.
    if (!QFileInfo(process.program()).isExecutable() || !process.startDetached(&pid)) {
        return std::unexpected(
            Error{ErrorKind::MissingProgram, Texts::tr("The program %1 cannot be run.").arg(process.program()),
                Texts::tr("Install it anew."), process.errorString()});
    }
    return DetachedProcess(pid_t(pid), UniqueFd(int(::syscall(SYS_pidfd_open, pid_t(pid), 0))));
}

bool DetachedProcess::hasEnded() const
{
    if (!m_handle) {
        // It ended before there was a handle on it.
        return true;
    }
    pollfd handle{m_handle.get(), POLLIN, 0};
    return ::poll(&handle, 1, 0) > 0;
}

void DetachedProcess::kill()
{
    if (m_handle) {
        ::syscall(SYS_pidfd_send_signal, m_handle.get(), SIGKILL, nullptr, 0);
    }
}

} // namespace platter
