// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/guest/guest_machine.h"

#include "core/boot/nvram_file.h"
#include "core/qemu/command_line.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QStandardPaths>
#include <QTest>

namespace platter {

namespace {

constexpr std::chrono::seconds answerTime{60};

// Sends REQUESTS, one JSON object a line, each after the answer to the one before; the last answer's "return".
std::optional<QJsonValue> converse(const QString& path, const QList<QJsonObject>& requests)
{
    QLocalSocket socket;
    socket.connectToServer(path);
    std::optional<QJsonValue> result;
    for (const QJsonObject& request : requests) {
        socket.write(QJsonDocument(request).toJson(QJsonDocument::Compact) + '\n');
        result.reset();
        bool failed = false;
        const auto answered = [&socket, &result, &failed] {
            while (!result && socket.canReadLine()) {
                const QJsonObject line = QJsonDocument::fromJson(socket.readLine()).object();
                if (line.contains(QLatin1String("return"))) {
                    result = line.value(QLatin1String("return"));
                }
                failed = line.contains(QLatin1String("error"));
            }
            return result || failed;
        };
        if (!QTest::qWaitFor(answered, QDeadlineTimer(answerTime)) || failed) {
            return std::nullopt;
        }
    }
    return result;
}

QJsonObject request(const QString& command, const QJsonObject& arguments)
{
    QJsonObject object{{QStringLiteral("execute"), command}};
    if (!arguments.isEmpty()) {
        object.insert(QStringLiteral("arguments"), arguments);
    }
    return object;
}

} // namespace

GuestMachine::GuestMachine()
{
    m_machine.name = QStringLiteral("guest");
    m_machine.folder = m_folder.path();
    m_machine.definition.id = MachineId::random();
    m_machine.definition.memory = ByteCount::mebibytes(512);
    m_machine.definition.adapters = {NetworkAdapter{randomMac(), {}}};
}

GuestMachine::~GuestMachine()
{
    m_qemu.kill();
    m_qemu.waitForFinished();
}

QString GuestMachine::start()
{
    const QString program = QStandardPaths::findExecutable(QStringLiteral("qemu-system-x86_64"));
    if (program.isEmpty()) {
        return QStringLiteral("qemu-system-x86_64 is not installed");
    }
    const Result<Firmware> firmware = findFirmware({QStringLiteral("/usr/share/qemu/firmware")}, SecureBoot::Off);
    if (!firmware) {
        return firmware.error().text();
    }
    const RuntimeFolder runtime{m_folder.path()};
    QDir().mkpath(m_machine.logFolder());
    if (const Result<void> made = provideNvram(m_machine, firmware->varsTemplate); !made) {
        return made.error().text();
    }
    QFile::remove(runtime.serial()); // of an earlier start

    QStringList arguments = commandLine(m_machine, {program, Accelerator::Tcg, *firmware, runtime});
    arguments.removeFirst();
    m_qemu.setProcessChannelMode(QProcess::MergedChannels);
    m_qemu.start(program, arguments);
    if (!m_qemu.waitForStarted() || !m_serial.open(runtime.serial())) {
        return QStringLiteral("QEMU did not start: %1").arg(QString::fromUtf8(m_qemu.readAll()));
    }
    return {};
}

bool GuestMachine::waitForEnd(QDeadlineTimer deadline)
{
    return QTest::qWaitFor([this] { return m_qemu.state() == QProcess::NotRunning; }, deadline);
}

std::optional<QJsonValue> GuestMachine::qmp(const QString& command, const QJsonObject& arguments)
{
    return converse(RuntimeFolder{m_folder.path()}.applicationQmp(),
        {request(QStringLiteral("qmp_capabilities"), {}), request(command, arguments)});
}

std::optional<QJsonValue> GuestMachine::agent(const QString& command, const QJsonObject& arguments)
{
    return converse(RuntimeFolder{m_folder.path()}.agent(), {request(command, arguments)});
}

bool GuestMachine::pressKeys(const QString& text)
{
    static const QMap<QChar, QStringList> others{{QLatin1Char(' '), {QStringLiteral("spc")}},
        {QLatin1Char('/'), {QStringLiteral("slash")}}, {QLatin1Char('\n'), {QStringLiteral("ret")}},
        {QLatin1Char('>'), {QStringLiteral("shift"), QStringLiteral("dot")}},
        {QLatin1Char('S'), {QStringLiteral("shift"), QStringLiteral("s")}}};
    for (const QChar character : text) {
        QJsonArray keys;
        for (const QString& key : others.value(character, {QString(character)})) {
            keys.append(
                QJsonObject{{QStringLiteral("type"), QStringLiteral("qcode")}, {QStringLiteral("data"), key}});
        }
        if (!qmp(QStringLiteral("send-key"), {{QStringLiteral("keys"), keys}, {QStringLiteral("hold-time"), 20}})) {
            return false;
        }
    }
    return true;
}

QString GuestMachine::transcript()
{
    return m_serial.transcript() + QString::fromUtf8(m_qemu.readAll());
}

} // namespace platter
