// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/tpm_emulator.h"

#include "core/unique_fd.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QCoroProcess>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QtConcurrentRun>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace platter {

namespace {

using namespace std::chrono_literals;

constexpr auto startDeadline = 10s;
constexpr timeval answerDeadline{.tv_sec = 2, .tv_usec = 0};
// CMD_SHUTDOWN of swtpm's control channel (swtpm_ioctls(3)), big-endian.
constexpr std::array<char, 4> shutDown{0, 0, 0, 3};

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::TpmEmulator)
};

// swtpm's options end at a comma, which a machine's name may have: it finds the machine's folders by links in the
// runtime folder.
Result<QString> linkTo(const QString& folder, const RuntimeFolder& runtime, const QString& name)
{
    const QString link = runtime.path + QLatin1Char('/') + name;
    QFile::remove(link);
    if (::symlink(QFile::encodeName(folder).constData(), QFile::encodeName(link).constData()) != 0) {
        return std::unexpected(systemError(Texts::tr("Starting the TPM"), link, errno));
    }
    return link;
}

} // namespace

Result<QString> findTpmEmulator()
{
    const QString program = QStandardPaths::findExecutable(QStringLiteral("swtpm"));
    if (program.isEmpty()) {
        return std::unexpected(Error{ErrorKind::MissingProgram,
            Texts::tr("The machine has a TPM, and swtpm, which emulates it, is not installed."),
            Texts::tr("Install the package swtpm, or switch the TPM off in the machine's settings."), {}});
    }
    return program;
}

QCoro::Task<Result<void>> startTpm(QString program, StoredMachine machine, RuntimeFolder runtime)
{
    const QByteArray folder = QFile::encodeName(machine.tpmFolder());
    if (::mkdir(folder.constData(), 0700) != 0 && errno != EEXIST) {
        co_return std::unexpected(systemError(Texts::tr("Making the TPM's folder"), machine.tpmFolder(), errno));
    }
    const Result<QString> state = linkTo(machine.tpmFolder(), runtime, QStringLiteral("tpm"));
    const Result<QString> logs = linkTo(machine.logFolder(), runtime, QStringLiteral("log"));
    if (!state || !logs) {
        co_return std::unexpected(state ? logs.error() : state.error());
    }
    QProcess swtpm;
    swtpm.setProgram(program);
    swtpm.setWorkingDirectory(QStringLiteral("/"));
    // It leaves for the background when it listens; until then it says what is wrong.
    swtpm.setArguments({QStringLiteral("socket"), QStringLiteral("--tpm2"), QStringLiteral("--tpmstate"),
        QStringLiteral("dir=") + *state, QStringLiteral("--ctrl"),
        QStringLiteral("type=unixio,path=") + runtime.tpm(), QStringLiteral("--log"),
        QStringLiteral("file=%1/%2,level=1,truncate").arg(*logs, QFileInfo(machine.tpmLog()).fileName()),
        QStringLiteral("--terminate"), QStringLiteral("--daemon")});
    const bool started = co_await qCoro(swtpm).start(QIODevice::ReadOnly, startDeadline);
    if (started && swtpm.state() != QProcess::NotRunning) {
        co_await qCoro(swtpm).waitForFinished(startDeadline);
    }
    if (started && swtpm.state() == QProcess::NotRunning && swtpm.exitStatus() == QProcess::NormalExit
        && swtpm.exitCode() == 0) {
        co_return Result<void>{};
    }
    QFile said(machine.tpmLog());
    const QByteArray logged = said.open(QIODevice::ReadOnly) ? said.readAll() : QByteArray();
    const QString words = QString::fromUtf8(swtpm.readAllStandardError() + logged).trimmed();
    swtpm.kill();
    co_await QtConcurrent::run(endTpm, runtime);
    co_return std::unexpected(Error{ErrorKind::Unsupported, Texts::tr("The machine's TPM could not be started."),
        Texts::tr("Look at what swtpm says, or switch the TPM off in the machine's settings."),
        words.isEmpty() ? swtpm.errorString() : words});
}

void endTpm(const RuntimeFolder& runtime)
{
    const QByteArray path = QFile::encodeName(runtime.tpm());
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    if (size_t(path.size()) >= sizeof address.sun_path) {
        return;
    }
    std::memcpy(address.sun_path, path.constData(), size_t(path.size()));
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket && ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &answerDeadline, sizeof answerDeadline);
        std::array<char, 4> answer;
        if (::send(socket.get(), shutDown.data(), shutDown.size(), MSG_NOSIGNAL) == ssize_t(shutDown.size())) {
            ::recv(socket.get(), answer.data(), answer.size(), 0);
        }
    }
    QFile::remove(runtime.tpm());
}

} // namespace platter
