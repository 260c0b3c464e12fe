// SPDX-License-Identifier: GPL-3.0-or-later
// What Platter says of TRIM is what happens: the sample guest fills a file system, empties it again and trims it,
// on a disk of each format with TRIM on and off, and the host counts.
#include "core/disk/operations/compact_disk.h"
#include "core/disk/operations/create_disk.h"
#include "core/disk/operations/vhdx_file.h"
#include "core/disk/trim_reach.h"
#include "tests/guest/guest_machine.h"

using namespace platter;

namespace {

const QString iso = QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso");
constexpr SlotId dvdSlot{0, 0};
constexpr std::uint64_t written = std::uint64_t(32) << 20; // by the guest
constexpr std::uint64_t most = written * 3 / 4; // of it, leaving the file system its own

} // namespace

class TrimGuestTest : public QObject {
    Q_OBJECT

    std::unique_ptr<GuestMachine> m_machine;

    // Of each format, as they usually are and with what the guest frees kept.
    std::vector<DiskDrive> disks() const
    {
        std::vector<DiskDrive> all;
        for (const DiskFormat format : {DiskFormat::Raw, DiskFormat::Qcow2, DiskFormat::Vhdx}) {
            for (const bool discards : {true, false}) {
                all.push_back({.source = QStringLiteral("%1/disk-%2").arg(m_machine->folder()).arg(all.size()),
                    .format = format,
                    .discards = discards});
            }
        }
        return all;
    }

private Q_SLOTS:

    // One guest for all: it takes longer to start than to do its work.
    void initTestCase()
    {
        m_machine = std::make_unique<GuestMachine>();
        Definition& definition = m_machine->definition();
        definition.cpus = 1;
        definition.drives = {{dvdSlot, DvdDrive{iso}}};
        definition.bootOrder = {dvdSlot};
        for (const DiskDrive& disk : disks()) {
            QVERIFY(createDisk({.file = disk.file(), .format = disk.format, .size = ByteCount::mebibytes(256)}));
            definition.drives.push_back({{0, int(definition.drives.size())}, disk});
        }
        BOOT(*m_machine, "booted from DVD");
    }

    void givesBackWhatIsSaid_data()
    {
        QTest::addColumn<int>("number");
        const std::vector<DiskDrive> all = disks();
        for (std::size_t number = 0; number < all.size(); ++number) {
            QTest::addRow("%s%s", qPrintable(nameOf(all[number].format)), all[number].discards ? "" : ", TRIM off")
                << int(number);
        }
    }

    void givesBackWhatIsSaid()
    {
        QFETCH(int, number);
        const DiskDrive disk = disks()[std::size_t(number)];
        const QString device = QStringLiteral("/dev/sd") + QLatin1Char(char('a' + number));
        QString output;
        IN_GUEST(*m_machine, output, "modprobe ext4");
        const auto mounted =
            m_machine->serial().run(QStringLiteral("mkfs.ext4 -q %1 && mount -t ext4 %1 /mnt").arg(device));
        QVERIFY2(mounted && mounted->exitCode == 0, qPrintable(m_machine->transcript()));
        IN_GUEST(*m_machine, output, "dd if=/dev/urandom of=/mnt/file bs=1M count=32 && sync");
        const std::uint64_t full = sizeOnHostOf(disk.file()).bytes();
        QVERIFY2(full >= written, qPrintable(ByteCount(full).toString()));
        // Where nothing may be freed, the guest may be told so.
        IN_GUEST(*m_machine, output, "rm /mnt/file && sync && { fstrim /mnt; umount /mnt && sync; }");
        const TrimReach said = trimReach(disk.format, holesIn(disk.file()), disk.discards);
        QVERIFY(said.verdict != TrimReach::Verdict::Unknown);
        QCOMPARE(said.verdict == TrimReach::Verdict::TurnedOff, !disk.discards);
        const auto freed = [&] { return full - std::min(full, sizeOnHostOf(disk.file()).bytes()); };
        if (said.verdict == TrimReach::Verdict::ReachesHost) {
            QTRY_VERIFY2(freed() >= most, qPrintable(ByteCount(freed()).toString()));
        } else {
            QVERIFY2(freed() <= written - most, qPrintable(ByteCount(freed()).toString()));
        }
        qInfo("%s of %s came back. %s", qPrintable(ByteCount(freed()).toString()),
            qPrintable(ByteCount(full).toString()), qPrintable(said.sentence()));
    }

    // As the sentence for a VHDX goes on: only what the guest has written zeros over comes back by compacting.
    void compactingGivesBackZeros()
    {
        QString output;
        m_machine.reset();
        GuestMachine machine;
        machine.definition().cpus = 1;
        const QString file = machine.folder() + QStringLiteral("/disk.vhdx");
        QVERIFY(
            createDisk({.file = file, .size = ByteCount::mebibytes(256), .blockSize = ByteCount::mebibytes(1)}));
        machine.definition().drives = {{dvdSlot, DvdDrive{iso}}, {{0, 1}, DiskDrive{file, DiskFormat::Vhdx}}};
        machine.definition().bootOrder = {dvdSlot};
        BOOT(machine, "booted from DVD");
        IN_GUEST(machine, output, "mkfs.ext4 -q /dev/sda && modprobe ext4 && mount -t ext4 /dev/sda /mnt");
        IN_GUEST(machine, output, "dd if=/dev/urandom of=/mnt/file bs=1M count=32 && sync");
        IN_GUEST(machine, output, "rm /mnt/file && sync && fstrim /mnt && umount /mnt");
        const auto compacted = [&]() -> std::uint64_t {
            machine.serial().type(QStringLiteral("poweroff"));
            if (!machine.waitForEnd()) {
                return 0;
            }
            Progress progress;
            CompactDisk compact({.file = file});
            return compact.run(progress) ? sizeOnHostOf(file).bytes() : 0;
        };
        const std::uint64_t trimmed = compacted();
        QVERIFY2(trimmed >= most, qPrintable(ByteCount(trimmed).toString()));
        BOOT(machine, "booted from DVD");
        IN_GUEST(machine, output, "modprobe ext4 && mount -t ext4 /dev/sda /mnt");
        IN_GUEST(machine, output, "dd if=/dev/zero of=/mnt/zeros bs=1M; rm /mnt/zeros && sync && umount /mnt");
        const std::uint64_t zeroed = compacted();
        QVERIFY2(zeroed > 0 && zeroed + most <= trimmed, qPrintable(ByteCount(zeroed).toString()));
    }
};

QTEST_GUILESS_MAIN(TrimGuestTest)
#include "trim_guest_test.moc"
