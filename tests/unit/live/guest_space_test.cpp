// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/guest_space.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace platter;

namespace {

constexpr std::uint64_t mebi = 1 << 20;

// As guest-get-fsinfo of QEMU 10 returns it in Debian 13, shortened.
const QByteArray linuxAnswer = R"([
{"name": "sda2", "mountpoint": "/", "type": "ext4", "used-bytes": 41943040, "total-bytes": 500000000,
 "total-bytes-privileged": 524288000, "disk": [{"serial": "0QEMU_QEMU_HARDDISK_platter-0-0", "dev": "/dev/sda2",
 "bus-type": "scsi", "bus": 0, "target": 0, "unit": 0}]},
{"name": "sda2", "mountpoint": "/home", "type": "ext4", "used-bytes": 41943040, "total-bytes": 500000000,
 "total-bytes-privileged": 524288000, "disk": [{"serial": "0QEMU_QEMU_HARDDISK_platter-0-0"}]},
{"name": "sdb", "mountpoint": "/srv", "type": "xfs", "used-bytes": 1048576, "total-bytes": 104857600,
 "disk": [{"serial": "platter-1-63"}]},
{"name": "dm-0", "mountpoint": "/var", "type": "ext4", "used-bytes": 1, "total-bytes": 2,
 "disk": [{"serial": "0QEMU_QEMU_HARDDISK_platter-0-2"}]},
{"name": "sdd1", "mountpoint": "/mnt", "type": "btrfs", "used-bytes": 1, "total-bytes": 2,
 "disk": [{"serial": "platter-0-3"}, {"serial": "platter-0-4"}]},
{"name": "sde1", "mountpoint": "/usb", "type": "vfat", "used-bytes": 1, "total-bytes": 2,
 "disk": [{"serial": "SanDisk_platter-0-99"}]},
{"name": "sdf1", "mountpoint": "/a", "type": "vfat", "used-bytes": 3, "total-bytes": 2,
 "disk": [{"serial": "platter-0-5"}]},
{"name": "sr0", "mountpoint": "/cd", "type": "iso9660", "disk": []}])";

const QByteArray windowsAnswer = R"([
{"name": "\\\\?\\Volume{1}\\", "mountpoint": "C:\\", "type": "NTFS", "used-bytes": 1048576,
 "total-bytes": 104853504, "disk": [{"serial": "platter-0-0", "dev": "\\\\.\\PhysicalDrive0"}]}])";

GuestSpaces read(const QByteArray& json)
{
    return readGuestSpaces(QJsonDocument::fromJson(json).array());
}

} // namespace

class GuestSpaceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void readsWhatLiesOnOneDiskOfOurs()
    {
        const GuestSpaces spaces = read(linuxAnswer);
        QCOMPARE(spaces, (GuestSpaces{{{0, 0}, 2, {500 * mebi, 40 * mebi}}, {{1, 63}, 0, {100 * mebi, mebi}}}));
        QVERIFY(read("[]").empty());
        QVERIFY(readGuestSpaces(QJsonValue(7)).empty());
    }

    void findsItByPartition()
    {
        const GuestSpaces spaces = read(linuxAnswer);
        QCOMPARE(spaceIn(spaces, {0, 0}, 2, 512 * mebi)->used, 40 * mebi);
        QVERIFY(!spaceIn(spaces, {0, 0}, 1, 512 * mebi));
        QVERIFY(!spaceIn(spaces, {0, 1}, 2, 512 * mebi));
        QCOMPARE(spaceIn(spaces, {1, 63}, 0, 128 * mebi)->used, mebi);
        // Windows says on which disk, and how large.
        const GuestSpaces windows = read(windowsAnswer);
        QVERIFY(!spaceIn(windows, {0, 0}, 1, 16 * mebi));
        QCOMPARE(spaceIn(windows, {0, 0}, 3, 100 * mebi)->used, mebi);
        QVERIFY(!spaceIn(windows, {0, 0}, 4, 200 * mebi));
    }
};

QTEST_GUILESS_MAIN(GuestSpaceTest)
#include "guest_space_test.moc"
