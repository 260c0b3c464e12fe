// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/launch.h"

#include "core/boot/nvram_file.h"
#include "core/durable_file.h"
#include "core/qemu/bridge_tap.h"
#include "core/qemu/detached_process.h"
#include "core/qemu/launch_failure.h"
#include "core/qemu/start_lock.h"
#include "core/qemu/tpm_emulator.h"
#include "core/unique_fd.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QCoroTimer>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QProcessEnvironment>
#include <QtConcurrentRun>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>

namespace platter {

namespace {

using namespace std::chrono_literals;

constexpr auto startDeadline = 60s;
constexpr auto pollInterval = 5ms;
constexpr ByteCount largestLog = ByteCount::mebibytes(8);

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::Launch)
};

// One older file is kept beside a log that has grown.
void rotate(const QString& log)
{
    if (ByteCount(quint64(QFileInfo(log).size())) > largestLog) {
        ::rename(QFile::encodeName(log).constData(), QFile::encodeName(log + QStringLiteral(".1")).constData());
    }
}

Result<void> prepare(const StoredMachine& machine, const LaunchSettings& settings)
{
    if (!QFileInfo(machine.folder).isDir()) {
        Error error = systemError(Texts::tr("Starting the machine"), machine.folder, ENOENT);
        error.advice = Texts::tr("The machine's folder was moved or deleted; put it back, then start again.");
        return std::unexpected(error);
    }
    if (!QDir().mkpath(machine.logFolder())) {
        return std::unexpected(
            systemError(Texts::tr("Making the machine's log folder"), machine.logFolder(), errno ? errno : EIO));
    }
    rotate(machine.qemuLog());
    rotate(machine.serialLog());
    return provideNvram(machine, settings.firmware.varsTemplate);
}

// In the order in which the command line counts them.
Result<std::vector<UniqueFd>> openTaps(const Definition& definition)
{
    std::vector<UniqueFd> taps;
    for (const NetworkAdapter& adapter : definition.adapters) {
        if (adapter.bridge.isEmpty()) {
            continue;
        }
        Result<UniqueFd> tap = openTapOn(adapter.bridge);
        if (!tap) {
            return std::unexpected(std::move(tap).error());
        }
        taps.push_back(*std::move(tap));
    }
    return taps;
}

// QEMU's screen server greets whoever connects, from its main loop, which begins when everything else is made. It
// serves any number of clients, so that nobody's seat is taken.
class UpWatch {
public:
    explicit UpWatch(const QString& socket)
        : m_path(QFile::encodeName(socket))
    {
    }

    bool isUp()
    {
        if (!m_fd && !connect()) {
            return false;
        }
        char greeting[3];
        const ssize_t got = ::recv(m_fd.get(), greeting, sizeof greeting, MSG_PEEK);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            m_fd.reset();
        }
        return got == ssize_t(sizeof greeting) && std::memcmp(greeting, "RFB", sizeof greeting) == 0;
    }

private:
    bool connect()
    {
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        if (size_t(m_path.size()) >= sizeof address.sun_path) {
            return false;
        }
        std::memcpy(address.sun_path, m_path.constData(), size_t(m_path.size()));
        m_fd = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (m_fd && ::connect(m_fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            m_fd.reset();
        }
        return bool(m_fd);
    }

    QByteArray m_path;
    UniqueFd m_fd;
};

QString wordsSince(const QString& log, qint64 offset)
{
    constexpr qint64 enough = 16 << 10;
    QFile file(log);
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    file.seek(qMax(offset, file.size() - enough));
    return QString::fromUtf8(file.readAll());
}

QProcessEnvironment qemuEnvironment()
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    // Its words are read by a program.
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    // QEMU reads the whole table of a VHDX when it opens it, 15 MiB of a disk of 60 TiB in blocks of 32 MiB, and an
    // exchange lets the guest wait for that. It takes half as long into memory that the C library did not give
    // back.
    QStringList tunables{QStringLiteral("glibc.malloc.mmap_threshold=33554432"),
        QStringLiteral("glibc.malloc.trim_threshold=33554432")};
    const QString name = QStringLiteral("GLIBC_TUNABLES");
    if (const QString theirs = environment.value(name); !theirs.isEmpty()) {
        tunables += theirs; // the last one counts
    }
    environment.insert(name, tunables.join(QLatin1Char(':')));
    return environment;
}

// Ends when QEMU is up.
QCoro::Task<Result<void>> launchQemu(StoredMachine machine, LaunchSettings settings)
{
    const RuntimeFolder& runtime = settings.runtime;
    const Result<std::vector<UniqueFd>> taps =
        co_await qCoro(QtConcurrent::run(openTaps, machine.definition)).takeResult();
    if (!taps) {
        co_return std::unexpected(taps.error());
    }
    const qint64 logStart = QFileInfo(machine.qemuLog()).size();
    Result<DetachedProcess> qemu =
        DetachedProcess::start(commandLine(machine, settings), machine.qemuLog(), qemuEnvironment(), *taps);
    if (!qemu) {
        co_return std::unexpected(qemu.error());
    }
    UpWatch watch(runtime.vnc());
    QElapsedTimer time;
    time.start();
    while (!watch.isUp()) {
        if (qemu->hasEnded()) {
            runtime.removeStaleFiles();
            co_return std::unexpected(launchFailure(machine, wordsSince(machine.qemuLog(), logStart)));
        }
        if (time.durationElapsed() > startDeadline) {
            qemu->kill();
            co_return std::unexpected(
                Error{ErrorKind::TimedOut, Texts::tr("QEMU was not up within a minute and was ended."),
                    Texts::tr("Look whether the storage of the machine's disks answers, then start again."),
                    wordsSince(machine.qemuLog(), logStart).trimmed()});
        }
        co_await QCoro::sleepFor(pollInterval);
    }
    co_return Result<void>{};
}

} // namespace

QCoro::Task<Result<void>> launch(StoredMachine machine, LaunchSettings settings)
{
    const RuntimeFolder& runtime = settings.runtime;
    if (const Result<void> made = runtime.create(); !made) {
        co_return std::unexpected(made.error());
    }
    const Result<StartLock> lock = StartLock::take(runtime);
    if (!lock) {
        co_return std::unexpected(lock.error());
    }
    if (runtime.runningQemu()) {
        co_return std::unexpected(
            Error{ErrorKind::WrongState, Texts::tr("%1 runs already.").arg(machine.name), {}, runtime.path});
    }
    if (const Result<void> prepared = prepare(machine, settings); !prepared) {
        co_return std::unexpected(prepared.error());
    }
    runtime.removeStaleFiles();

    co_await QtConcurrent::run(endTpm, runtime); // what a start that died has left behind
    if (machine.definition.firmware.hasTpm) {
        const Result<void> tpm = co_await startTpm(settings.tpmProgram, machine, runtime);
        if (!tpm) {
            co_return tpm;
        }
    }
    const Result<void> launched = co_await launchQemu(machine, settings);
    if (!launched && machine.definition.firmware.hasTpm) {
        co_await QtConcurrent::run(endTpm, runtime); // QEMU may not have come as far as to it
    }
    co_return launched;
}

} // namespace platter
