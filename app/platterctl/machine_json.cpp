// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/machine_json.h"

#include "app/platterctl/report.h"
#include "core/machine/definition_json.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

namespace platter::ctl {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("platterctl", text);
}

QString displayName(const Drive& drive)
{
    if (const auto* disk = std::get_if<DiskDrive>(&drive.what)) {
        return tr("disk (%1) %2").arg(displayName(disk->format), disk->where());
    }
    const QString medium = std::get<DvdDrive>(drive.what).medium;
    return medium.isEmpty() ? tr("DVD drive, empty") : tr("DVD drive with %1").arg(medium);
}

// Those that are not as they usually are, and what of them waits for the next start.
void addSettings(QStringList& lines, const MachineSession& session)
{
    const Definition& definition = session.machine().definition;
    const RuntimeFolder runtime = RuntimeFolder::of(session.places().runtime, definition.id);
    if (definition.video == VideoAdapter::VirtioVga) {
        lines << tr("display     virtio-vga");
    }
    if (!definition.hasGuestAgent) {
        lines << tr("agent       no channel");
    }
    if (definition.startsWithSession) {
        lines << tr("starts      when you log in");
    }
    if (definition.debugging.hasSerialPort) {
        lines << tr("serial 2    %1").arg(runtime.debugSerial());
    }
    if (definition.debugging.hasGdbStub) {
        lines << tr("gdb         %1").arg(runtime.gdb());
    }
    if (!definition.notes.isEmpty()) {
        lines << tr("notes") << indented(definition.notes);
    }
    lines << session.waitingSettings();
}

} // namespace

QString networkName(const NetworkAdapter& adapter)
{
    return adapter.bridge.isEmpty() ? tr("NAT") : tr("bridge %1").arg(adapter.bridge);
}

QString displayName(const BootDevice& device)
{
    if (const auto* slot = std::get_if<SlotId>(&device)) {
        return slot->toString();
    }
    return tr("network %1").arg(std::get<AdapterId>(device).index);
}

QJsonObject toJson(const MachineSession& session, const std::optional<Error>& definition)
{
    const StoredMachine& machine = session.machine();
    QJsonObject json{
        {QStringLiteral("name"), machine.name},
        {QStringLiteral("folder"), machine.folder},
        {QStringLiteral("state"), nameOf(session.state())},
        {QStringLiteral("definition"),
            QJsonDocument::fromJson(platter::toJson(machine.definition, machine.folder)).object()},
    };
    const RuntimeFolder runtime = RuntimeFolder::of(session.places().runtime, machine.definition.id);
    if (machine.definition.debugging.hasSerialPort) {
        json[QStringLiteral("debugSerialSocket")] = runtime.debugSerial();
    }
    if (machine.definition.debugging.hasGdbStub) {
        json[QStringLiteral("gdbSocket")] = runtime.gdb();
    }
    if (session.accelerator()) {
        const bool kvm = session.accelerator()->accelerator == Accelerator::Kvm;
        json[QStringLiteral("accelerator")] = kvm ? QStringLiteral("kvm") : QStringLiteral("tcg");
        json[QStringLiteral("acceleratorReason")] = session.accelerator()->reason;
        json[QStringLiteral("startedAt")] = session.startedAt().toUTC().toString(Qt::ISODate);
        json[QStringLiteral("vncSocket")] = session.vncSocket();
        if (const QStringList waiting = session.waitingSettings(); !waiting.isEmpty()) {
            json[QStringLiteral("waiting")] = QJsonArray::fromStringList(waiting);
        }
    }
    QStringList errors;
    for (const std::optional<Error>& error : {definition, session.lastError()}) {
        if (error) {
            errors << error->text();
        }
    }
    if (session.lastError() && !session.lastError()->detail.isEmpty()) {
        json[QStringLiteral("errorDetail")] = session.lastError()->detail;
    }
    if (!errors.isEmpty()) {
        json[QStringLiteral("error")] = errors.join(QLatin1Char('\n'));
    }
    return json;
}

QString describe(const MachineSession& session)
{
    const StoredMachine& machine = session.machine();
    const Definition& definition = machine.definition;
    QStringList lines{
        tr("%1: %2").arg(machine.name, displayName(session.state())),
        tr("folder      %1").arg(machine.folder),
        tr("memory      %1").arg(definition.memory.toString()),
        tr("processors  %1").arg(definition.cpus),
    };
    if (session.lastError()) {
        lines.insert(1, session.lastError()->text());
        // The sentence may point to it.
        if (!session.lastError()->detail.isEmpty()) {
            lines.insert(2, indented(session.lastError()->detail));
        }
    }
    if (session.accelerator()) {
        const bool kvm = session.accelerator()->accelerator == Accelerator::Kvm;
        lines << tr("accelerator %1")
                     .arg(kvm ? QStringLiteral("KVM") : tr("software emulation. ") + session.accelerator()->reason);
    }
    for (const Drive& drive : definition.drives) {
        lines << tr("drive %1   %2").arg(drive.slot.toString(), displayName(drive));
    }
    for (std::size_t i = 0; i < definition.adapters.size(); ++i) {
        const NetworkAdapter& adapter = definition.adapters[i];
        lines << (adapter.isConnected ? tr("network %1   %2, %3") : tr("network %1   %2, %3, unplugged"))
                     .arg(QString::number(i), networkName(adapter), adapter.mac);
        for (const PortForward& forward : adapter.forwards) {
            lines << tr("            127.0.0.1:%1 leads to port %2 (%3)")
                         .arg(forward.hostPort)
                         .arg(forward.guestPort)
                         .arg(forward.protocol == Protocol::Tcp ? QStringLiteral("TCP") : QStringLiteral("UDP"));
        }
    }
    QStringList order;
    for (const BootDevice& device : definition.bootOrder) {
        order << displayName(device);
    }
    lines << tr("boot order  %1").arg(order.isEmpty() ? tr("none") : order.join(QStringLiteral(", ")));
    addSettings(lines, session);
    return lines.join(QLatin1Char('\n'));
}

} // namespace platter::ctl
