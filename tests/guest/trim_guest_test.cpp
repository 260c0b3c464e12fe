// SPDX-License-Identifier: GPL-3.0-or-later
// What Platter says of TRIM is what happens: the sample guest fills a file system, empties it again and trims it,
// on a disk of each format, and the host counts.
#include "core/disk/operations/compact_disk.h"
#include "core/disk/operations/create_disk.h"
#include "core/disk/operations/vhdx_file.h"
#include "core/disk/trim_reach.h"
#include "tests/guest/guest_machine.h"

using namespace platter;

namespace {

const QString iso = QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso");
constexpr std::uint64_t written = std::uint64_t(64) << 20; // by the guest
constexpr std::uint64_t most = written * 3 / 4; // of it, leaving the file system its own

} // namespace

class TrimGuestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void givesBackWhatIsSaid_data()
    {
        QTest::addColumn<DiskFormat>("format");
        QTest::newRow("raw") << DiskFormat::Raw;
        QTest::newRow("qcow2") << DiskFormat::Qcow2;
        QTest::newRow("vhdx") << DiskFormat::Vhdx;
    }

    void givesBackWhatIsSaid()
    {
        QFETCH(DiskFormat, format);
        QString output;
        GuestMachine machine;
        const QString file = machine.folder() + QStringLiteral("/disk");
        QVERIFY(createDisk({.file = file, .format = format, .size = ByteCount::mebibytes(256)}));
        machine.definition().drives = {{{0, 0}, DvdDrive{iso}}, {{0, 1}, DiskDrive{file, format}}};
        machine.definition().bootOrder = {SlotId{0, 0}};
        BOOT(machine, "booted from DVD");
        IN_GUEST(machine, output, "mkfs.ext4 -q /dev/sda && modprobe ext4 && mount -t ext4 /dev/sda /mnt");
        IN_GUEST(machine, output, "dd if=/dev/urandom of=/mnt/file bs=1M count=64 && sync");
        const std::uint64_t full = sizeOnHostOf(file).bytes();
        QVERIFY2(full >= written, qPrintable(ByteCount(full).toString()));
        IN_GUEST(machine, output, "rm /mnt/file && sync && fstrim /mnt");
        IN_GUEST(machine, output, "umount /mnt && sync");

        const TrimReach said = trimReach(format, holesIn(file));
        QVERIFY(said.verdict != TrimReach::Verdict::Unknown);
        if (said.verdict == TrimReach::Verdict::ReachesHost) {
            const auto freed = [&] { return full - std::min(full, sizeOnHostOf(file).bytes()); };
            QTRY_VERIFY2(freed() >= most, qPrintable(ByteCount(freed()).toString()));
        }
        machine.serial().type(QStringLiteral("poweroff"));
        QVERIFY2(machine.waitForEnd(), qPrintable(machine.transcript()));
        const std::uint64_t after = sizeOnHostOf(file).bytes();
        qInfo("%s: %s, then %s. %s", qPrintable(nameOf(format)), qPrintable(ByteCount(full).toString()),
            qPrintable(ByteCount(after).toString()), qPrintable(said.sentence()));
        if (said.verdict != TrimReach::Verdict::ReachesHost) {
            QVERIFY2(after + (written - most) >= full, qPrintable(ByteCount(after).toString()));
        }
    }

    // As the sentence for a VHDX goes on: only what the guest has written zeros over comes back by compacting.
    void compactingGivesBackZeros()
    {
        QString output;
        GuestMachine machine;
        const QString file = machine.folder() + QStringLiteral("/disk.vhdx");
        QVERIFY(
            createDisk({.file = file, .size = ByteCount::mebibytes(256), .blockSize = ByteCount::mebibytes(1)}));
        machine.definition().drives = {{{0, 0}, DvdDrive{iso}}, {{0, 1}, DiskDrive{file, DiskFormat::Vhdx}}};
        machine.definition().bootOrder = {SlotId{0, 0}};
        BOOT(machine, "booted from DVD");
        IN_GUEST(machine, output, "mkfs.ext4 -q /dev/sda && modprobe ext4 && mount -t ext4 /dev/sda /mnt");
        IN_GUEST(machine, output, "dd if=/dev/urandom of=/mnt/file bs=1M count=64 && sync");
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
