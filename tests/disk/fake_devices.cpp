// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/disk/fake_devices.h"

#include <QDir>
#include <QFileInfo>

namespace platter {

namespace {

void insist(bool isGood)
{
    if (!isGood) {
        qFatal("The files that stand for the kernel's cannot be made.");
    }
}

} // namespace

FakeDevices::FakeDevices()
{
    disk("sda", "8:0", 1 << 20, {{"sda1", "8:1"}, {"sda2", "8:2"}});
    disk("sdb", "8:16", 1 << 21, {{"sdb1", "8:17"}});
    disk("sdc", "8:32", 1 << 21, {{"sdc1", "8:33"}});
    disk("sdd", "8:48", 1 << 21);
    disk("sr0", "11:0", 1 << 10);
    disk("sdx", "8:112", 0);
    disk("dm-0", "254:0", 1 << 20);
    disk("md0", "9:0", 1 << 20);
    write(QStringLiteral("sys/class/block/dm-0/dm/uuid"), "LVM-abc");
    write(QStringLiteral("sys/class/block/dm-0/dm/name"), "vg-data");
    write(QStringLiteral("sys/class/block/sdb/queue/discard_max_bytes"), "2147450880\n");
    link("sda", "ata-SYSTEM_1");
    link("sda2", "ata-SYSTEM_1-part2");
    link("sdb", "usb-STICK_2");
    link("sdb", "wwn-0x500");
    link("sdb1", "usb-STICK_2-part1");
    link("sdc", "wwn-0x501");
    link("sdd", "ata-RAID_4");
    link("sr0", "ata-DVD_5");
    link("sdx", "usb-READER_6");
    mount("/dev/sda1", "8:1", "/");
    swap(nullptr);
}

void FakeDevices::write(const QString& name, const QByteArray& content) const
{
    insist(QDir(m_folder.path()).mkpath(QFileInfo(name).path()));
    QFile file(m_folder.filePath(name));
    insist(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
}

void FakeDevices::mount(const char* source, const char* number, const char* place)
{
    const QByteArray node = QByteArray(source).replace("/dev", path("dev").toUtf8());
    m_mounts += QByteArray("20 1 ") + number + " / " + place + " rw,relatime shared:1 - ext4 " + node + " rw\n";
    write(QStringLiteral("proc/self/mountinfo"), m_mounts);
}

void FakeDevices::swap(const char* node) const
{
    write(QStringLiteral("proc/swaps"),
        "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
            + (node != nullptr ? path(node).toUtf8() + " partition\t1000\t0\t-2\n" : QByteArray()));
}

void FakeDevices::hold(const char* device, const char* holder) const
{
    write(QStringLiteral("sys/class/block/%1/holders/%2").arg(QLatin1String(device), QLatin1String(holder)), {});
}

void FakeDevices::allow(const QString& device, QFile::Permissions permissions) const
{
    insist(QFile::setPermissions(path("dev/") + device, permissions));
}

void FakeDevices::disk(
    const char* name, const char* number, qint64 sectors, std::initializer_list<Partition> partitions) const
{
    const QString folder = QStringLiteral("sys/devices/block/") + QLatin1String(name);
    device(folder, name, number, sectors);
    for (const Partition& partition : partitions) {
        const QString inside = folder + QLatin1Char('/') + QLatin1String(partition.name);
        device(inside, partition.name, partition.number, sectors / 2);
        write(inside + QStringLiteral("/partition"), "1\n");
    }
}

void FakeDevices::device(const QString& folder, const char* name, const char* number, qint64 sectors) const
{
    write(folder + QStringLiteral("/dev"), QByteArray(number) + '\n');
    write(folder + QStringLiteral("/size"), QByteArray::number(sectors) + '\n');
    write(folder + QStringLiteral("/ro"), "0\n");
    insist(QDir(m_folder.path()).mkpath(QStringLiteral("sys/class/block")));
    insist(QFile::link(m_folder.filePath(folder), path("sys/class/block/") + QLatin1String(name)));
    write(QStringLiteral("dev/") + QLatin1String(name), {});
    allow(QLatin1String(name), QFile::ReadOwner | QFile::WriteOwner);
}

void FakeDevices::link(const char* name, const char* stable) const
{
    insist(QDir(m_folder.path()).mkpath(QStringLiteral("dev/disk/by-id")));
    insist(QFile::link(QStringLiteral("../../") + QLatin1String(name), id(stable)));
}

} // namespace platter
