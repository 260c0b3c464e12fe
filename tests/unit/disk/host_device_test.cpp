// SPDX-License-Identifier: GPL-3.0-or-later
// What is told of the host's disks, from a tree of files that looks as the kernel's do; where this host lets us
// make a loop device, also from the kernel itself.
#include "core/disk/host_device_list.h"
#include "tests/disk/fake_devices.h"
#include "tests/disk/loop_device.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace platter;

class HostDeviceTest : public QObject {
    Q_OBJECT

private:
    static void expect(const Result<void>& result, ErrorKind kind, const char* word)
    {
        QVERIFY(!result);
        const QString said = result.error().text();
        QCOMPARE(nameOf(result.error().kind), nameOf(kind));
        QVERIFY2(said.contains(QLatin1String(word)), qPrintable(said));
        QVERIFY2(!said.contains(QLatin1String("%1")) && !result.error().advice.isEmpty(), qPrintable(said));
    }

private Q_SLOTS:

    void findsTheStableName()
    {
        const FakeDevices host;
        const auto nameOfDevice = [&](const char* node) { return stableDeviceName(host.path(node), host.roots()); };
        QCOMPARE(nameOfDevice("dev/sdb"), host.id("usb-STICK_2"));
        QCOMPARE(nameOfDevice("dev/sdb1"), host.id("usb-STICK_2-part1"));
        QCOMPARE(nameOfDevice("dev/sdc"), host.id("wwn-0x501")); // better than none
        QCOMPARE(nameOfDevice("dev/disk/by-id/wwn-0x500"), host.id("wwn-0x500")); // as somebody wants it
        const Result<QString> none = nameOfDevice("dev/sdc1");
        QVERIFY(!none);
        QCOMPARE(none.error().kind, ErrorKind::Unsupported);
        QCOMPARE(nameOfDevice("dev/sdz").error().kind, ErrorKind::NotFound);
        QCOMPARE(nameOfDevice("proc/swaps").error().kind, ErrorKind::InvalidInput);
    }

    void tellsSizeAndTrim()
    {
        const FakeDevices host;
        QCOMPARE(*sizeOfHostDevice(host.id("usb-STICK_2"), host.roots()), ByteCount::gibibytes(1));
        QCOMPARE(*sizeOfHostDevice(host.id("usb-STICK_2-part1"), host.roots()), ByteCount::mebibytes(512));
        QCOMPARE(trimOfHostDevice(host.id("usb-STICK_2"), host.roots()), HolePunching::Works);
        QCOMPARE(trimOfHostDevice(host.id("usb-STICK_2-part1"), host.roots()), HolePunching::Works);
        QCOMPARE(trimOfHostDevice(host.id("ata-RAID_4"), host.roots()), HolePunching::Unknown);
        host.write(QStringLiteral("sys/class/block/sdd/queue/discard_max_bytes"), "0\n");
        QCOMPARE(trimOfHostDevice(host.id("ata-RAID_4"), host.roots()), HolePunching::Fails);
    }

    void takesWhatNobodyUses()
    {
        const FakeDevices host;
        for (const char* name : {"usb-STICK_2", "usb-STICK_2-part1", "wwn-0x501", "ata-SYSTEM_1-part2"}) {
            const Result<void> usable = checkHostDevice(host.id(name), ImageUse::ReadWrite, host.roots());
            QVERIFY2(usable, qPrintable(usable ? QString() : usable.error().text()));
        }
    }

    void refusesWhatTheHostUses()
    {
        FakeDevices host;
        const auto check = [&](const char* name, ImageUse use = ImageUse::ReadWrite) {
            return checkHostDevice(host.id(name), use, host.roots());
        };
        expect(check("ata-SYSTEM_1"), ErrorKind::Unsupported, "computer runs from");
        expect(check("ata-DVD_5"), ErrorKind::Unsupported, "DVD drive");
        expect(check("usb-READER_6"), ErrorKind::NotFound, "nothing in");
        expect(check("usb-NONE"), ErrorKind::NotFound, "no disk");

        host.mount("/dev/sdb1", "8:17", "/media/my\\040stick");
        expect(check("usb-STICK_2"), ErrorKind::InUse, "/media/my stick");
        expect(check("usb-STICK_2-part1"), ErrorKind::InUse, "/media/my stick");
        expect(check("usb-STICK_2-part1", ImageUse::ReadOnly), ErrorKind::InUse, "/media/my stick");

        // Btrfs has a number of its own.
        host.mount("/dev/sdd", "0:45", "/data");
        expect(check("ata-RAID_4"), ErrorKind::InUse, "/data");
    }

    void refusesSwap()
    {
        const FakeDevices host;
        host.swap("dev/sdb1");
        expect(
            checkHostDevice(host.id("usb-STICK_2"), ImageUse::ReadWrite, host.roots()), ErrorKind::InUse, "swap");
        expect(checkHostDevice(host.id("usb-STICK_2-part1"), ImageUse::ReadWrite, host.roots()), ErrorKind::InUse,
            "swap");
    }

    void refusesWhatSomethingIsMadeOf()
    {
        FakeDevices host;
        host.hold("sdc1", "dm-0");
        host.hold("sdd", "md0");
        const auto check = [&](const char* name) {
            return checkHostDevice(host.id(name), ImageUse::ReadWrite, host.roots());
        };
        expect(check("wwn-0x501"), ErrorKind::InUse, "vg-data (LVM)");
        expect(check("ata-RAID_4"), ErrorKind::InUse, "md0 (RAID)");
        // And the system on it.
        host.mount("/dev/dm-0", "254:0", "/");
        expect(check("wwn-0x501"), ErrorKind::Unsupported, "computer runs from");
    }

    void refusesWhatIsTooOpen()
    {
        const FakeDevices host;
        host.allow(
            QStringLiteral("sdb"), QFile::ReadOwner | QFile::WriteOwner | QFile::WriteGroup | QFile::WriteOther);
        expect(checkHostDevice(host.id("usb-STICK_2"), ImageUse::ReadWrite, host.roots()), ErrorKind::Unsupported,
            "chmod o-rwx");
    }

    void refusesWhatCannotBeWritten()
    {
        const FakeDevices host;
        host.write(QStringLiteral("sys/class/block/sdb/ro"), "1\n");
        expect(checkHostDevice(host.id("usb-STICK_2"), ImageUse::ReadWrite, host.roots()),
            ErrorKind::PermissionDenied, "read-only");
        QVERIFY(checkHostDevice(host.id("usb-STICK_2"), ImageUse::ReadOnly, host.roots()));
        if (::geteuid() != 0) { // whom no permission stops
            host.allow(QStringLiteral("sdd"), QFile::ReadOwner);
            expect(checkHostDevice(host.id("ata-RAID_4"), ImageUse::ReadWrite, host.roots()),
                ErrorKind::PermissionDenied, "setfacl");
            QVERIFY(checkHostDevice(host.id("ata-RAID_4"), ImageUse::ReadOnly, host.roots()));
        }
    }

    void refusesWhatAMachineHas()
    {
        const FakeDevices host;
        QFile file(host.path("dev/sdb"));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(lockImage(file.handle(), file.fileName(), ImageUse::ReadWrite));
        expect(
            checkHostDevice(host.id("usb-STICK_2"), ImageUse::ReadWrite, host.roots()), ErrorKind::InUse, "in use");
    }

    void listsAllWithTheReasons()
    {
        const FakeDevices host;
        const std::vector<HostDeviceEntry> list = hostDevices(host.roots());
        QStringList said;
        for (const HostDeviceEntry& entry : list) {
            said << entry.node + QLatin1Char(' ') + QFileInfo(entry.path).fileName() + QLatin1Char(' ')
                    + (entry.obstacle ? nameOf(entry.obstacle->kind) : QStringLiteral("free"));
        }
        QCOMPARE(said,
            (QStringList{QStringLiteral("sda ata-SYSTEM_1 unsupported"),
                QStringLiteral("sda2 ata-SYSTEM_1-part2 free"), QStringLiteral("sdb usb-STICK_2 free"),
                QStringLiteral("sdb1 usb-STICK_2-part1 free"), QStringLiteral("sdc wwn-0x501 free"),
                QStringLiteral("sdd ata-RAID_4 free"), QStringLiteral("sdx usb-READER_6 not-found")}));
    }

    void theKernelSaysTheSame()
    {
        const QTemporaryDir folder;
        QFile image(folder.filePath(QStringLiteral("disk")));
        QVERIFY(image.open(QIODevice::WriteOnly) && image.resize(64 << 20));
        image.close();
        const LoopDevice loop(image.fileName());
        if (!loop.isThere()) {
            qInfo("This host gives us no loop device.");
            return;
        }
        QDir(folder.path()).mkpath(QStringLiteral("dev/disk/by-id"));
        const DeviceRoots roots{.dev = folder.filePath(QStringLiteral("dev"))};
        const QString path = roots.stableNames() + QStringLiteral("/loop-1");
        QVERIFY(QFile::link(loop.node(), path));
        const Result<void> usable = checkHostDevice(path, ImageUse::ReadWrite, roots);
        QVERIFY2(usable, qPrintable(usable ? QString() : usable.error().text()));
        QCOMPARE(*sizeOfHostDevice(path, roots), ByteCount::mebibytes(64));
        QCOMPARE(trimOfHostDevice(path, roots), holesIn(image.fileName()));
        QCOMPARE(stableDeviceName(loop.node(), roots), path);

        QCOMPARE(QProcess::execute(QStringLiteral("mkfs.ext4"), {QStringLiteral("-q"), path}), 0);
        const QString place = folder.filePath(QStringLiteral("mounted"));
        QVERIFY(QDir().mkdir(place));
        if (QProcess::execute(QStringLiteral("mount"), {loop.node(), place}) == 0) {
            const Result<void> mounted = checkHostDevice(path, ImageUse::ReadOnly, roots);
            QCOMPARE(QProcess::execute(QStringLiteral("umount"), {place}), 0);
            expect(mounted, ErrorKind::InUse, "mounted");
        }
    }
};

QTEST_GUILESS_MAIN(HostDeviceTest)
#include "host_device_test.moc"
