// SPDX-License-Identifier: GPL-3.0-or-later
#include "scratch_machine.h"

#include "core/qemu/tpm_emulator.h"

#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include <csignal>

namespace platter {

using namespace std::chrono_literals;

ScratchMachine::ScratchMachine(const QString& name)
    // Below /tmp whatever TMPDIR says: sockets have short paths.
    : m_folder(QStringLiteral("/tmp/platter-XXXXXX"))
{
    machine.name = name;
    machine.folder = m_folder.filePath(name);
    machine.definition.id = MachineId::random();
    machine.definition.memory = ByteCount::mebibytes(256);
    machine.definition.cpus = 1;
    QDir().mkpath(machine.folder);
    settings.program = QStandardPaths::findExecutable(QStringLiteral("qemu-system-x86_64"));
    settings.accelerator = Accelerator::Tcg;
    settings.firmware = findFirmware({QStringLiteral("/usr/share/qemu/firmware")}, SecureBoot::Off).value();
    settings.tpmProgram = findTpmEmulator().value();
    settings.runtime = RuntimeFolder::of(m_folder.filePath(QStringLiteral("run")), machine.definition.id);
}

ScratchMachine::~ScratchMachine()
{
    if (const std::optional<pid_t> qemu = settings.runtime.runningQemu()) {
        ::kill(*qemu, SIGKILL);
    }
}

bool ScratchMachine::makeImage(const QString& file, DiskFormat format, ByteCount size)
{
    // "file:", for a name may look like a protocol.
    return QProcess::execute(QStringLiteral("qemu-img"),
               {QStringLiteral("create"), QStringLiteral("-q"), QStringLiteral("-f"), nameOf(format),
                   QStringLiteral("file:") + file, QString::number(size.bytes())})
        == 0;
}

QJsonObject ScratchMachine::qmp(const QString& command, const QJsonObject& arguments) const
{
    QLocalSocket socket;
    socket.connectToServer(settings.runtime.applicationQmp());
    if (!socket.waitForConnected(5000)) {
        return {};
    }
    const auto readAnswer = [&socket] {
        for (;;) {
            while (!socket.canReadLine()) {
                if (!socket.waitForReadyRead(10000)) {
                    return QJsonObject();
                }
            }
            const QJsonObject message = QJsonDocument::fromJson(socket.readLine()).object();
            if (!message.contains(QStringLiteral("event"))) {
                return message;
            }
        }
    };
    const auto send = [&socket](const QJsonObject& message) {
        socket.write(QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n');
    };
    readAnswer(); // the greeting
    send({{QStringLiteral("execute"), QStringLiteral("qmp_capabilities")}});
    readAnswer();
    send({{QStringLiteral("execute"), command}, {QStringLiteral("arguments"), arguments}});
    return readAnswer();
}

bool ScratchMachine::quit() const
{
    qmp(QStringLiteral("quit"));
    return QTest::qWaitFor([this] { return !settings.runtime.runningQemu(); }, 10s);
}

} // namespace platter
