// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/command_line.h"

#include "core/machine/hardware_address.h"
#include "core/qemu/block_graph.h"
#include "core/qemu/drive_device.h"
#include "core/shell_words.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>

namespace platter {

namespace {

// Where every device sits on pcie.0, with scsiPortDevice and networkPortDevice. Nothing here may ever change, and
// no device's place depends on what other hardware there is. 00 and 1f are the chipset's own.
namespace place {
constexpr QLatin1StringView video("01.0");
constexpr QLatin1StringView rng("04.0");
constexpr QLatin1StringView virtioSerial("05.0");
constexpr QLatin1StringView usb("06.0");
constexpr QLatin1StringView pvpanic("07.0");
} // namespace place

// How long the firmware waits for a key that opens its menu; ms.
constexpr int bootMenuWait = 5000;

// Values of options in QEMU's own syntax end at a comma; a doubled one stands for itself.
QString escaped(QString value)
{
    return value.replace(QLatin1Char(','), QStringLiteral(",,"));
}

// Compact, and with what a reader looks for in front.
QString inReadingOrder(QJsonObject object)
{
    QStringList members;
    const auto move = [&members, &object](const QString& key) {
        const QJsonObject member{{key, object.take(key)}};
        members.append(
            QString::fromUtf8(QJsonDocument(member).toJson(QJsonDocument::Compact)).sliced(1).chopped(1));
    };
    for (const QString& key : {QStringLiteral("driver"), QStringLiteral("id"), QStringLiteral("node-name")}) {
        if (object.contains(key)) {
            move(key);
        }
    }
    while (!object.isEmpty()) {
        move(object.constBegin().key());
    }
    return QLatin1Char('{') + members.join(QLatin1Char(',')) + QLatin1Char('}');
}

// Everything with a file name in it goes through JSON, which needs no escapes.
class Arguments {
public:
    explicit Arguments(const QString& program)
        : m_list(program)
    {
    }

    void flag(const char* name) { m_list.append(QLatin1String(name)); }

    void option(const char* name, const QString& value) { m_list << QLatin1String(name) << value; }

    void option(const char* name, const QJsonObject& value) { option(name, inReadingOrder(value)); }

    void blockdev(const QJsonObject& value) { option("-blockdev", value); }

    void device(const QJsonObject& device) { option("-device", device); }

    void device(const QString& driver, QJsonObject properties)
    {
        properties.insert(QStringLiteral("driver"), driver);
        device(properties);
    }

    const QStringList& list() const { return m_list; }

private:
    QStringList m_list;
};

bool isWindows(const Definition& definition)
{
    return definition.osId.startsWith(QStringLiteral("win"));
}

QString cpuModel(const Definition& definition, Accelerator accelerator)
{
    if (accelerator == Accelerator::Tcg) {
        return QStringLiteral("max");
    }
    return isWindows(definition) ? QStringLiteral("host,hv-relaxed=on,hv-vapic=on,hv-spinlocks=0x1fff,hv-time=on")
                                 : QStringLiteral("host");
}

void addBoard(Arguments& arguments, const StoredMachine& machine, const LaunchSettings& settings)
{
    const Definition& definition = machine.definition;
    const Firmware& firmware = settings.firmware;
    arguments.flag("-no-user-config");
    arguments.flag("-nodefaults");
    arguments.option(
        "-sandbox", QStringLiteral("on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"));
    arguments.option("-name", QStringLiteral("guest=%1,debug-threads=on").arg(escaped(machine.name)));
    arguments.option("-uuid", definition.id.toString());
    arguments.option("-machine",
        QStringLiteral("q35,usb=off,vmport=off,sata=off,i8042=off,hpet=off,smm=%1,pflash0=firmware,pflash1=nvram")
            .arg(firmware.needsSmm ? QStringLiteral("on") : QStringLiteral("off")));
    arguments.option("-accel",
        settings.accelerator == Accelerator::Kvm ? QStringLiteral("kvm") : QStringLiteral("tcg,thread=multi"));
    arguments.option("-cpu", cpuModel(definition, settings.accelerator));
    arguments.option("-smp", QStringLiteral("cpus=%1,sockets=1,cores=%1,threads=1").arg(definition.cpus));
    arguments.option("-m", QStringLiteral("size=%1M").arg(definition.memory.wholeMebibytes()));
    // A guest that puts itself to sleep would look dead.
    arguments.option("-global", QStringLiteral("ICH9-LPC.disable_s3=1"));
    arguments.option("-global", QStringLiteral("ICH9-LPC.disable_s4=1"));
    if (firmware.needsSmm) {
        // Only code in system management mode may write the variables: what Secure Boot rests on.
        arguments.option("-global", QStringLiteral("driver=cfi.pflash01,property=secure,value=on"));
    }
    // No device has a bootindex: with one, OVMF would replace the order that is in NVRAM (core/boot).
    arguments.option("-boot",
        definition.firmware.showsBootMenu ? QStringLiteral("menu=on,splash-time=%1").arg(bootMenuWait)
                                          : QStringLiteral("menu=off"));
    // Windows keeps its hardware clock in local time.
    arguments.option("-rtc", isWindows(definition) ? QStringLiteral("base=localtime") : QStringLiteral("base=utc"));
    arguments.option("-action", QStringLiteral("panic=pause"));
}

void addFirmware(Arguments& arguments, const StoredMachine& machine, const Firmware& firmware)
{
    const auto image = [&arguments](
                           const QString& node, const QString& format, const QString& file, bool readOnly) {
        arguments.blockdev({{QStringLiteral("driver"), QStringLiteral("file")},
            {QStringLiteral("node-name"), node + QStringLiteral("-file")}, {QStringLiteral("filename"), file},
            {QStringLiteral("read-only"), readOnly}});
        arguments.blockdev({{QStringLiteral("driver"), format}, {QStringLiteral("node-name"), node},
            {QStringLiteral("file"), node + QStringLiteral("-file")}, {QStringLiteral("read-only"), readOnly}});
    };
    image(QStringLiteral("firmware"), firmware.codeFormat, firmware.code, true);
    image(QStringLiteral("nvram"), QStringLiteral("raw"), machine.nvramFile(), false);
}

// PORT's function 0 must be there for the others to be found.
void addRootPort(Arguments& arguments, const QString& id, int device, int function, int chassis)
{
    const QString address = QStringLiteral("%1.%2").arg(device, 2, 16, QLatin1Char('0')).arg(function);
    QJsonObject port{{QStringLiteral("id"), id}, {QStringLiteral("bus"), QStringLiteral("pcie.0")},
        {QStringLiteral("addr"), address}, {QStringLiteral("chassis"), chassis},
        // Modern virtio needs no port I/O, and x86 has too little of it for many bridges.
        {QStringLiteral("io-reserve"), 0}};
    if (function == 0) {
        port.insert(QStringLiteral("multifunction"), true);
    }
    arguments.device(QStringLiteral("pcie-root-port"), port);
}

void addControllers(Arguments& arguments, const Definition& definition)
{
    // All ports, so that a running machine can get a controller.
    for (int controller = 0; controller < maxControllers; ++controller) {
        const QString port = QStringLiteral("scsi-port-%1").arg(controller);
        addRootPort(arguments, port, scsiPortDevice, controller, 1 + controller);
        if (controller < definition.controllers) {
            arguments.device(controllerDevice(controller));
        }
    }
}

void addDrive(Arguments& arguments, const Drive& drive)
{
    for (const QJsonObject& node : driveNodes(drive, 0)) {
        arguments.blockdev(node);
    }
    arguments.device(driveDevice(drive, 0));
}

// What is at the other end of an adapter's cable. An unplugged one has it, too, to be plugged in while the machine
// runs.
QString networkOf(const Definition& definition, AdapterId id)
{
    const NetworkAdapter& adapter = definition.adapters.at(size_t(id.index));
    if (!adapter.bridge.isEmpty()) {
        const auto onBridge = std::count_if(definition.adapters.begin(), definition.adapters.begin() + id.index,
            [](const NetworkAdapter& before) { return !before.bridge.isEmpty(); });
        return QStringLiteral("tap,id=%1,fd=%2").arg(adapterName(id)).arg(firstTapDescriptor + onBridge);
    }
    QString network = QStringLiteral("user,id=%1").arg(adapterName(id));
    if (!adapter.boot.folder.isEmpty()) {
        network +=
            QStringLiteral(",tftp=%1,bootfile=%2").arg(escaped(adapter.boot.folder), escaped(adapter.boot.file));
    }
    for (const PortForward& forward : adapter.forwards) {
        network += QStringLiteral(",hostfwd=%1:127.0.0.1:%2-:%3")
                       .arg(forward.protocol == Protocol::Tcp ? QStringLiteral("tcp") : QStringLiteral("udp"))
                       .arg(forward.hostPort)
                       .arg(forward.guestPort);
    }
    return network;
}

void addAdapter(Arguments& arguments, const Definition& definition, AdapterId id)
{
    const NetworkAdapter& adapter = definition.adapters.at(size_t(id.index));
    const QString port = QStringLiteral("net-port-%1").arg(id.index);
    addRootPort(arguments, port, networkPortDevice, id.index, 1 + maxControllers + id.index);
    arguments.option("-netdev", networkOf(definition, id));
    QJsonObject device{{QStringLiteral("id"), adapterName(id)}, {QStringLiteral("netdev"), adapterName(id)},
        {QStringLiteral("mac"), adapter.mac}, {QStringLiteral("bus"), port},
        {QStringLiteral("addr"), QStringLiteral("00.0")},
        // OVMF has a driver of its own; a boot ROM would only be in its way.
        {QStringLiteral("romfile"), QString()}};
    arguments.device(QStringLiteral("virtio-net-pci"), device);
}

// A socket that QEMU listens on.
QString socket(const QString& id, const QString& path)
{
    return QStringLiteral("socket,id=%1,path=%2,server=on,wait=off").arg(id, escaped(path));
}

void addDebugPorts(Arguments& arguments, const DebugPorts& ports, const RuntimeFolder& runtime)
{
    if (ports.hasSerialPort) {
        arguments.option("-chardev", socket(QStringLiteral("serial-2"), runtime.debugSerial()));
        arguments.device(QStringLiteral("isa-serial"), {{QStringLiteral("chardev"), QStringLiteral("serial-2")}});
    }
    if (ports.hasGdbStub) {
        arguments.option("-chardev", socket(QStringLiteral("gdb"), runtime.gdb()));
        arguments.option("-gdb", QStringLiteral("chardev:gdb"));
    }
}

// Its registers are at an address that all TPMs of this kind have; there is nothing to choose.
void addTpm(Arguments& arguments, const RuntimeFolder& runtime)
{
    arguments.option("-chardev", QStringLiteral("socket,id=tpm,path=%1").arg(escaped(runtime.tpm())));
    arguments.option("-tpmdev", QStringLiteral("emulator,id=tpm,chardev=tpm"));
    arguments.device(QStringLiteral("tpm-crb"), {{QStringLiteral("tpmdev"), QStringLiteral("tpm")}});
}

void addPlatform(Arguments& arguments, const StoredMachine& machine, const RuntimeFolder& runtime)
{
    const Definition& definition = machine.definition;
    const auto onRootBus = [](QLatin1StringView address) {
        return QJsonObject{{QStringLiteral("bus"), QStringLiteral("pcie.0")}, {QStringLiteral("addr"), address}};
    };
    const auto modern = [&onRootBus](QLatin1StringView address) {
        QJsonObject device = onRootBus(address);
        device.insert(QStringLiteral("disable-legacy"), QStringLiteral("on"));
        return device;
    };

    QJsonObject video = onRootBus(place::video);
    // A new machine's screen.
    video.insert(QStringLiteral("xres"), 1280);
    video.insert(QStringLiteral("yres"), 800);
    if (definition.video == VideoAdapter::VirtioVga) {
        arguments.device(QStringLiteral("virtio-vga"), video);
    } else {
        video.insert(QStringLiteral("vgamem_mb"), 64); // 3840 x 2160 fits
        arguments.device(QStringLiteral("VGA"), video);
    }
    arguments.option("-vnc", QStringLiteral("unix:") + escaped(runtime.vnc()));

    QJsonObject usb = onRootBus(place::usb);
    usb.insert(QStringLiteral("id"), QStringLiteral("usb"));
    arguments.device(QStringLiteral("qemu-xhci"), usb);
    int port = 1;
    for (const QString& input : {QStringLiteral("usb-kbd"), QStringLiteral("usb-tablet")}) {
        arguments.device(input,
            {{QStringLiteral("bus"), QStringLiteral("usb.0")}, {QStringLiteral("port"), QString::number(port++)}});
    }

    arguments.device(QStringLiteral("virtio-rng-pci"), modern(place::rng));
    QJsonObject channels = modern(place::virtioSerial);
    channels.insert(QStringLiteral("id"), QStringLiteral("channels"));
    arguments.device(QStringLiteral("virtio-serial-pci"), channels);
    if (definition.hasGuestAgent) {
        arguments.option("-chardev", socket(QStringLiteral("agent"), runtime.agent()));
        arguments.device(QStringLiteral("virtserialport"),
            {{QStringLiteral("bus"), QStringLiteral("channels.0")},
                {QStringLiteral("chardev"), QStringLiteral("agent")},
                {QStringLiteral("name"), QStringLiteral("org.qemu.guest_agent.0")}});
    }
    arguments.device(QStringLiteral("pvpanic-pci"), onRootBus(place::pvpanic));

    arguments.option("-chardev",
        socket(QStringLiteral("serial"), runtime.serial())
            + QStringLiteral(",logfile=%1,logappend=on").arg(escaped(machine.serialLog())));
    arguments.device(QStringLiteral("isa-serial"), {{QStringLiteral("chardev"), QStringLiteral("serial")}});
    addDebugPorts(arguments, definition.debugging, runtime);
}

} // namespace

QStringList commandLine(const StoredMachine& machine, const LaunchSettings& settings)
{
    const Definition& definition = machine.definition;
    Arguments arguments(settings.program);
    addBoard(arguments, machine, settings);
    addFirmware(arguments, machine, settings.firmware);
    addControllers(arguments, definition);
    for (const Drive& drive : definition.drives) {
        addDrive(arguments, drive);
    }
    for (int index = 0; index < int(definition.adapters.size()); ++index) {
        addAdapter(arguments, definition, {index});
    }
    addPlatform(arguments, machine, settings.runtime);
    if (definition.firmware.hasTpm) {
        addTpm(arguments, settings.runtime);
    }
    for (const auto& [id, path] : {std::pair(QStringLiteral("qmp-app"), settings.runtime.applicationQmp()),
             std::pair(QStringLiteral("qmp-ctl"), settings.runtime.commandLineQmp())}) {
        arguments.option("-chardev", socket(id, path));
        arguments.option("-mon", QStringLiteral("chardev=%1,mode=control").arg(id));
    }
    arguments.option("-msg", QStringLiteral("timestamp=on"));
    arguments.option("-pidfile", settings.runtime.pidFile());
    return arguments.list();
}

QString shellText(const QStringList& commandLine)
{
    QString text;
    for (const QString& argument : commandLine) {
        if (!text.isEmpty()) {
            text += argument.startsWith(QLatin1Char('-')) ? QStringLiteral(" \\\n  ") : QStringLiteral(" ");
        }
        text += shellQuoted(argument);
    }
    return text;
}

} // namespace platter
