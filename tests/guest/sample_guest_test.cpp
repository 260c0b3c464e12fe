// SPDX-License-Identifier: GPL-3.0-or-later
// The sample guest, from its ISO to a disk of its own, on real QEMU and real firmware.
#include "tests/guest/guest_machine.h"

#include <QJsonArray>
#include <QProcess>
#include <QTest>

using namespace platter;

namespace {

const QString iso = QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso");
constexpr SlotId diskSlot{0, 0};
constexpr SlotId dvdSlot{0, 1};

} // namespace

class SampleGuestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void livesOnDvdAndThenOnDisk();
    void bootsFromEverySlot();
};

void SampleGuestTest::livesOnDvdAndThenOnDisk()
{
    QString output;
    QTemporaryDir folder;
    const QString disk = folder.filePath(QStringLiteral("system.vhdx"));
    QCOMPARE(QProcess::execute(QStringLiteral("qemu-img"),
                 {QStringLiteral("create"), QStringLiteral("-q"), QStringLiteral("-f"), QStringLiteral("vhdx"),
                     disk, QStringLiteral("2G")}),
        0);

    {
        GuestMachine machine;
        machine.definition().drives = {{diskSlot, DiskDrive{disk, DiskFormat::Vhdx}}, {dvdSlot, DvdDrive{iso}}};
        machine.definition().bootOrder = {diskSlot, dvdSlot};
        BOOT(machine, "booted from DVD");

        // What is typed at the screen reaches a shell there.
        QVERIFY(machine.pressKeys(QStringLiteral("echo typed at the screen > /dev/ttyS0\n")));
        QVERIFY2(
            machine.serial().waitFor(QStringLiteral("typed at the screen\n")), qPrintable(machine.transcript()));

        QVERIFY2(machine.agent(QStringLiteral("guest-ping")), qPrintable(machine.transcript()));
        IN_GUEST(machine, output, "install");
        QVERIFY2(output.endsWith(QStringLiteral("Installed on sda\n")), qPrintable(output));

        // The disk is not empty any more.
        const auto again = machine.serial().run(QStringLiteral("install"));
        QVERIFY(again);
        QCOMPARE(again->exitCode, 1);
        QVERIFY2(again->output.contains(QStringLiteral("install --yes /dev/sda")), qPrintable(again->output));

        QVERIFY(machine.qmp(QStringLiteral("system_powerdown")));
        QVERIFY2(machine.waitForEnd(), qPrintable(machine.transcript()));
    }

    {
        GuestMachine machine;
        machine.definition().drives = {{diskSlot, DiskDrive{disk, DiskFormat::Vhdx}}};
        machine.definition().bootOrder = {diskSlot};
        BOOT(machine, "booted from disk sda");
        IN_GUEST(machine, output, "echo kept > /root/note");

        const auto fileSystems = machine.agent(QStringLiteral("guest-get-fsinfo"));
        QVERIFY(fileSystems);
        bool hasRoot = false;
        for (const QJsonValue& fileSystem : fileSystems->toArray()) {
            hasRoot = hasRoot
                || (fileSystem[QLatin1String("mountpoint")] == QLatin1String("/")
                    && fileSystem[QLatin1String("name")] == QLatin1String("sda2")
                    && fileSystem[QLatin1String("type")] == QLatin1String("ext4"));
        }
        QVERIFY(hasRoot);

        // A guest that goes down sends no answer.
        machine.serial().type(QStringLiteral("poweroff"));
        QVERIFY2(machine.waitForEnd(), qPrintable(machine.transcript()));
    }

    {
        // With both in the machine, what the firmware chose is what it says.
        GuestMachine machine;
        machine.definition().drives = {{diskSlot, DiskDrive{disk, DiskFormat::Vhdx}}, {dvdSlot, DvdDrive{iso}}};
        machine.definition().bootOrder = {diskSlot, dvdSlot};
        BOOT(machine, "booted from disk sda");
        IN_GUEST(machine, output, "cat /root/note");
        QCOMPARE(output, QStringLiteral("kept\n"));
        IN_GUEST(machine, output, "! dmesg | grep -e 'EXT4-fs.*recover' -e 'EXT4-fs error'");
    }
}

// All slots are taken, and what boots sits where a firmware that counted its targets too early would not look.
void SampleGuestTest::bootsFromEverySlot()
{
    constexpr SlotId last{maxControllers - 1, slotsPerController - 1};
    constexpr SlotId far{1, 40};
    QString output;
    QTemporaryDir folder;
    const QString disk = folder.filePath(QStringLiteral("system.vhdx"));
    QCOMPARE(QProcess::execute(QStringLiteral("qemu-img"),
                 {QStringLiteral("create"), QStringLiteral("-q"), QStringLiteral("-f"), QStringLiteral("vhdx"),
                     disk, QStringLiteral("2G")}),
        0);
    {
        GuestMachine machine;
        Definition& definition = machine.definition();
        definition.controllers = maxControllers;
        for (int controller = 0; controller < maxControllers; ++controller) {
            for (int target = 0; target < slotsPerController; ++target) {
                const SlotId slot{controller, target};
                if (slot == far) {
                    definition.drives.push_back({slot, DiskDrive{disk, DiskFormat::Vhdx}});
                } else if (slot == last) {
                    definition.drives.push_back({slot, DvdDrive{iso}});
                } else {
                    const QString data = folder.filePath(slot.toString());
                    QFile file(data);
                    QVERIFY(file.open(QIODevice::WriteOnly) && file.resize(1 << 20));
                    definition.drives.push_back({slot, DiskDrive{data, DiskFormat::Raw}});
                }
            }
        }
        definition.bootOrder = {far, last};
        BOOT(machine, "booted from DVD");
        // The guest sees them all, in the order of the slots.
        IN_GUEST(machine, output,
            "for disk in $(ls /sys/block | grep ^sd | awk '{ print length($0), $0 }' | sort | cut -d' ' -f2); do "
            "tr -cd '[:alnum:]-' </sys/block/$disk/device/vpd_pg80; done | sed 's/platter-/ /g'");
        QStringList slots;
        for (const Drive& drive : definition.drives) {
            if (drive.slot != last) {
                slots.append(drive.slot.toString().replace(QLatin1Char(':'), QLatin1Char('-')));
            }
        }
        QCOMPARE(output.simplified(), slots.join(QLatin1Char(' ')));
        machine.serial().type(QStringLiteral("poweroff"));
        QVERIFY2(machine.waitForEnd(), qPrintable(machine.transcript()));
    }
    {
        // Alone on its target, whose first LUN is empty.
        GuestMachine machine;
        machine.definition().controllers = 2;
        machine.definition().drives = {{far, DiskDrive{disk, DiskFormat::Vhdx}}, {{1, 63}, DvdDrive{iso}}};
        machine.definition().bootOrder = {far, SlotId{1, 63}};
        BOOT(machine, "booted from DVD");
        IN_GUEST(machine, output, "install");
        machine.serial().type(QStringLiteral("poweroff"));
        QVERIFY2(machine.waitForEnd(), qPrintable(machine.transcript()));
    }
    {
        GuestMachine machine;
        machine.definition().controllers = 2;
        machine.definition().drives = {{far, DiskDrive{disk, DiskFormat::Vhdx}}, {{1, 63}, DvdDrive{iso}}};
        machine.definition().bootOrder = {far, SlotId{1, 63}};
        BOOT(machine, "booted from disk sda");
    }
}

QTEST_GUILESS_MAIN(SampleGuestTest)
#include "sample_guest_test.moc"
