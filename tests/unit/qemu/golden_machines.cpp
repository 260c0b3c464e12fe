// SPDX-License-Identifier: GPL-3.0-or-later
#include "golden_machines.h"

namespace platter {

namespace {

GoldenMachine named(const QString& golden, const QString& name, const QString& folder)
{
    GoldenMachine result{.golden = golden, .machine = {}};
    result.machine.name = name;
    result.machine.folder = folder + QLatin1Char('/') + name;
    result.machine.definition.id = {QUuid(QStringLiteral("5f1b4b3e-1111-4222-8333-444455556666"))};
    result.machine.definition.memory = ByteCount::mebibytes(256);
    return result;
}

NetworkAdapter adapter(int number, std::vector<PortForward> forwards)
{
    return {QStringLiteral("52:54:00:12:34:%1").arg(number, 2, 10, QLatin1Char('0')), std::move(forwards)};
}

GoldenMachine minimal(const QString& folder)
{
    GoldenMachine result = named(QStringLiteral("minimal"), QStringLiteral("minimal"), folder);
    Definition& definition = result.machine.definition;
    definition.cpus = 1;
    definition.drives = {{{0, 0}, DiskDrive{result.machine.folder + QStringLiteral("/minimal.vhdx")}}};
    definition.bootOrder = {SlotId{0, 0}};
    return result;
}

GoldenMachine kvm(const QString& folder)
{
    GoldenMachine result = minimal(folder);
    result.golden = QStringLiteral("kvm");
    result.accelerator = Accelerator::Kvm;
    return result;
}

GoldenMachine windowsOnKvm(const QString& folder)
{
    GoldenMachine result = named(QStringLiteral("windows-on-kvm"), QStringLiteral("Windows 11"), folder);
    result.accelerator = Accelerator::Kvm;
    Definition& definition = result.machine.definition;
    definition.osId = QStringLiteral("win11");
    definition.firmware = {.secureBoot = SecureBoot::Microsoft, .hasTpm = true};
    definition.drives = {{{0, 0}, DiskDrive{result.machine.folder + QStringLiteral("/Windows 11.vhdx")}},
        {{0, 1}, DvdDrive{folder + QStringLiteral("/Win11.iso")}},
        {{0, 2}, DvdDrive{folder + QStringLiteral("/virtio-win.iso")}}};
    definition.bootOrder = {SlotId{0, 1}, SlotId{0, 0}};
    return result;
}

GoldenMachine secureBoot(const QString& folder)
{
    GoldenMachine result = minimal(folder);
    result.golden = QStringLiteral("secure-boot");
    result.machine.definition.firmware.secureBoot = SecureBoot::Microsoft;
    return result;
}

GoldenMachine networkBoot(const QString& folder)
{
    GoldenMachine result = named(QStringLiteral("network-boot"), QStringLiteral("netboot"), folder);
    result.machine.definition.adapters = {adapter(1, {})};
    result.machine.definition.bootOrder = {AdapterId{0}};
    return result;
}

GoldenMachine networkBootFolder(const QString& folder)
{
    GoldenMachine result = networkBoot(folder);
    result.golden = QStringLiteral("network-boot-folder");
    result.machine.definition.adapters[0].boot = {
        .folder = folder + QStringLiteral("/net, boot=ü"), .file = QStringLiteral("a,b/bootnetx64.efi")};
    return result;
}

// The address is the boot entry's alone.
GoldenMachine networkBootAddress(const QString& folder)
{
    GoldenMachine result = networkBoot(folder);
    result.machine.definition.adapters[0].boot = {.url = QStringLiteral("http://10.0.2.2/guest.iso")};
    return result;
}

// What the settings of a machine can make different.
GoldenMachine settings(const QString& folder)
{
    GoldenMachine result = minimal(folder);
    result.golden = QStringLiteral("settings");
    Definition& definition = result.machine.definition;
    definition.video = VideoAdapter::VirtioVga;
    definition.hasGuestAgent = false;
    definition.debugging = {.hasSerialPort = true, .hasGdbStub = true};
    definition.adapters = {adapter(1, {}), adapter(2, {})};
    definition.adapters[1].isConnected = false;
    return result;
}

GoldenMachine everything(const QString& folder)
{
    GoldenMachine result = named(QStringLiteral("everything"), QStringLiteral("everything"), folder);
    Definition& definition = result.machine.definition;
    definition.osId = QStringLiteral("debian13");
    definition.cpus = 4;
    definition.firmware = {.hasTpm = true, .showsBootMenu = true};
    definition.controllers = 3;
    const QString disks = result.machine.folder;
    definition.drives = {{{0, 0}, DiskDrive{disks + QStringLiteral("/system.vhdx")}},
        {{0, 63},
            DiskDrive{
                .source = disks + QStringLiteral("/data.qcow2"), .format = DiskFormat::Qcow2, .isReadOnly = true}},
        {{1, 5},
            DiskDrive{.source = disks + QStringLiteral("/swap.raw"), .format = DiskFormat::Raw, .discards = false}},
        {{1, 6}, DvdDrive{folder + QStringLiteral("/debian.iso")}}, {{2, 0}, DvdDrive{}}};
    definition.adapters = {adapter(1, {{Protocol::Tcp, 42022, 22}, {Protocol::Udp, 42053, 53}}), adapter(2, {})};
    definition.bootOrder = {SlotId{1, 6}, AdapterId{1}, SlotId{0, 0}};
    return result;
}

GoldenMachine strangeNames(const QString& folder)
{
    GoldenMachine result =
        named(QStringLiteral("strange-names"), QStringLiteral("Büro, \"50% off\", it's=a,,test 机器"), folder);
    const QString disks = result.machine.folder;
    result.machine.definition.drives = {{{0, 0}, DiskDrive{disks + QStringLiteral("/a, b's \"disk\" ü\\n.vhdx")}},
        {{0, 1}, DvdDrive{disks + QStringLiteral("/json:{x}, 100%.iso")}}};
    result.machine.definition.bootOrder = {SlotId{0, 0}, SlotId{0, 1}};
    return result;
}

GoldenMachine allSlots(const QString& folder)
{
    GoldenMachine result = named(QStringLiteral("all-slots"), QStringLiteral("all slots"), folder);
    Definition& definition = result.machine.definition;
    definition.controllers = maxControllers;
    for (int controller = 0; controller < maxControllers; ++controller) {
        for (int target = 0; target < slotsPerController; ++target) {
            definition.drives.push_back({{controller, target}, DvdDrive{}});
        }
    }
    definition.drives.front().what = DiskDrive{result.machine.folder + QStringLiteral("/system.vhdx")};
    definition.bootOrder = {SlotId{0, 0}};
    return result;
}

} // namespace

std::vector<GoldenMachine> goldenMachines(const QString& folder)
{
    return {minimal(folder), kvm(folder), windowsOnKvm(folder), secureBoot(folder), networkBoot(folder),
        networkBootFolder(folder), networkBootAddress(folder), settings(folder), everything(folder),
        strangeNames(folder), allSlots(folder)};
}

} // namespace platter
