// SPDX-License-Identifier: GPL-3.0-or-later
#include "scripted_machine.h"

#include "core/machine/store.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <fcntl.h>
#include <utility>

namespace platter {

namespace {

QByteArray line(const QJsonObject& object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + "\r\n";
}

} // namespace

ScriptedMachine::ScriptedMachine()
{
    m_places = {.machines = m_folder.filePath(QStringLiteral("machines")),
        .runtime = m_folder.filePath(QStringLiteral("run")),
        .cache = m_folder.filePath(QStringLiteral("cache")),
        .firmwareDescriptors = {},
        .sampleGuest = {}};
    for (const QString& folder : {m_places.machines, m_places.runtime, m_places.cache}) {
        QDir().mkpath(folder);
    }
    Definition definition{.id = MachineId::random()};
    definition.drives = {{{0, 0}, DiskDrive{QStringLiteral("/images/system.vhdx"), DiskFormat::Vhdx}},
        {{0, 1}, DvdDrive{QStringLiteral("/images/disc.iso")}}};
    definition.adapters = {{QStringLiteral("52:54:00:12:34:56")}};
    definition.bootOrder = {SlotId{0, 1}, SlotId{0, 0}};
    const Result<StoredMachine> made = MachineStore(m_places.machines)
                                           .create(QStringLiteral("box"), definition, std::nullopt,
                                               [](Definition&, const QString&) { return Result<void>(); });
    if (!made) {
        qFatal("%s", qUtf8Printable(made.error().text()));
    }
    m_machine = *made;
}

ScriptedMachine::~ScriptedMachine()
{
    m_process.kill();
    m_process.waitForFinished();
}

RuntimeFolder ScriptedMachine::runtime() const
{
    return RuntimeFolder::of(m_places.runtime, m_machine.definition.id);
}

void ScriptedMachine::run(const QString& status, Accelerator accelerator)
{
    m_status = status;
    m_process.start(QStringLiteral("sleep"), {QStringLiteral("1000")});
    m_process.waitForStarted();
    QDir().mkpath(runtime().path);
    QFile::remove(runtime().pidFile());
    m_pidFile =
        UniqueFd(::open(QFile::encodeName(runtime().pidFile()).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    const QByteArray number = QByteArray::number(m_process.processId());
    if (::fcntl(m_pidFile.get(), F_OFD_SETLK, &lock) != 0
        || ::write(m_pidFile.get(), number.constData(), size_t(number.size())) != number.size()) {
        qFatal("The pid file cannot be made.");
    }
    QFile::remove(runtime().applicationQmp());
    m_server.emplace(runtime().applicationQmp());
    m_server->onConnect([this](ScriptedServer&) { greet(); });
    m_server->onRequest([this](ScriptedServer&, const QJsonObject& request) { answer(request); });
    const Result<void> written = LaunchRecord{.machine = m_machine,
        .pid = pid_t(m_process.processId()),
        .startedAt = QDateTime::currentDateTimeUtc(),
        .accelerator = {accelerator, {}, {}},
        .qemuVersion = QStringLiteral("10.0.0"),
        .commandLine = {QStringLiteral("/usr/bin/qemu-system-x86_64")}}
                                     .write(runtime());
    if (!written) {
        qFatal("%s", qUtf8Printable(written.error().text()));
    }
}

void ScriptedMachine::greet()
{
    if (!m_hangs) {
        m_server->say(line({{QStringLiteral("QMP"), QJsonObject()}}));
    }
}

void ScriptedMachine::answer(const QJsonObject& request)
{
    if (m_hangs) {
        m_unanswered.push_back(request);
        return;
    }
    const QString command = request[QLatin1String("execute")].toString();
    m_commands << command;
    if (command == QLatin1String("set_link")) {
        m_isPlugged = request[QLatin1String("arguments")][QLatin1String("up")].toBool();
    }
    QJsonValue value = QJsonObject();
    if (command == QLatin1String("query-status")) {
        value = QJsonObject{{QStringLiteral("status"), m_status}};
    } else if (command == QLatin1String("query-block")) {
        value = QJsonArray{QJsonObject{
            {QStringLiteral("qdev"), QStringLiteral("drive-0-0")}, {QStringLiteral("io-status"), m_diskStatus}}};
    }
    m_server->say(line({{QStringLiteral("return"), value}, {QStringLiteral("id"), request[QLatin1String("id")]}}));
}

void ScriptedMachine::answerAgain()
{
    m_hangs = false;
    greet();
    for (const QJsonObject& request : std::exchange(m_unanswered, {})) {
        answer(request);
    }
}

void ScriptedMachine::tell(const QString& event, const QJsonObject& data)
{
    m_server->say(line({{QStringLiteral("event"), event}, {QStringLiteral("data"), data}}));
}

void ScriptedMachine::log(const QByteArray& words)
{
    QDir().mkpath(m_machine.logFolder());
    QFile file(m_machine.qemuLog());
    if (!file.open(QIODevice::Append) || file.write(words) != words.size()) {
        qFatal("%s", qUtf8Printable(file.errorString()));
    }
}

void ScriptedMachine::end(End end)
{
    if (end == End::Clean) {
        QFile::remove(runtime().pidFile());
    }
    m_pidFile = UniqueFd();
    m_server.reset();
    m_process.kill();
    m_process.waitForFinished();
}

} // namespace platter
