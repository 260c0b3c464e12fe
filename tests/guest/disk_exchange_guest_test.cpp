// SPDX-License-Identifier: GPL-3.0-or-later
// What a guest notices of its disk being changed under it: the sample guest, which writes and checks all the time.
#include "core/disk/operations/create_disk.h"
#include "core/live/running_disk_job.h"
#include "tests/guest/live_machine.h"
#include "tests/guest/serial_console.h"

#include <QTest>

using namespace platter;

namespace {

constexpr int patience = LiveMachine::patience;
const QString iso = QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso");
constexpr SlotId bootSlot{0, 0};
constexpr SlotId diskSlot{0, 1};

// Writes files of random bytes, and reads each back past the cache and compares, until it is told to stop or finds
// one that differs. What it has done and found is in /tmp/load.
const QString load = QStringLiteral(
    "load() { n=0; while [ ! -e /tmp/stop ]; do f=/mnt/$((n % 8)); head -c 300000 /dev/urandom > /tmp/data; "
    "cp /tmp/data $f || break; sync; echo 3 > /proc/sys/vm/drop_caches; cmp /tmp/data $f || break; n=$((n + 1)); "
    "echo $n > /tmp/load; done; [ -e /tmp/stop ] && echo load ended well || echo load failed; }");

} // namespace

class DiskExchangeGuestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    // 200 expansions of a VHDX with small blocks, so that its table is full and moves several times.
    void expandsUnderLoad()
    {
        LiveMachine live;
        const NewDiskRequest request{.file = live.path(QStringLiteral("disk.vhdx")),
            .size = ByteCount::gibibytes(1),
            .blockSize = ByteCount::mebibytes(1)};
        GOOD(createDisk(request));
        const StoredMachine machine = live.make(QStringLiteral("box"),
            {{bootSlot, DvdDrive{iso}}, {diskSlot, DiskDrive{request.file, DiskFormat::Vhdx}}});
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        SerialConsole serial;
        QVERIFY(serial.open(live.runtime(machine).serial()));
        QVERIFY2(
            serial.waitFor(QStringLiteral("Platter sample guest ready: ")), qUtf8Printable(serial.transcript()));
        QVERIFY(serial.waitFor(QStringLiteral("# ")));
        RUNS("dmesg -n 1 && mkfs.ext4 -q /dev/sda && modprobe ext4 && mount -t ext4 /dev/sda /mnt");
        const auto defined = serial.run(load);
        QVERIFY(defined && defined->exitCode == 0);
        RUNS("{ load > /tmp/said 2>&1 & }");

        std::vector<double> pauses;
        ByteCount size = *request.size;
        constexpr int expansions = 200;
        for (int i = 0; i < expansions; ++i) {
            size = ByteCount(size.bytes() + ByteCount::gibibytes(3).bytes());
            const std::unique_ptr<DiskJob> job =
                expandRunning({session.get(), diskSlot}, {.file = request.file, .newSize = size}, InGuest::Leave);
            const Result<OperationOutcome> outcome = QCoro::waitFor(job->run(std::make_shared<Progress>()));
            GOOD(outcome);
            QVERIFY(outcome->pause);
            pauses.push_back(std::chrono::duration<double, std::milli>(*outcome->pause).count());
        }
        std::ranges::sort(pauses);
        qInfo("%d expansions: the guest stood still for %.1f ms in the median, %.1f ms at worst.", expansions,
            pauses[pauses.size() / 2], pauses.back());

        RUNS("touch /tmp/stop; wait");
        const auto said = serial.run(QStringLiteral("cat /tmp/said"));
        QVERIFY(said);
        QCOMPARE(said->output, QStringLiteral("load ended well\n"));
        const auto done = serial.run(QStringLiteral("cat /tmp/load"));
        QVERIFY2(done && done->output.toInt() > 3, qUtf8Printable(serial.transcript()));
        // No notice is lost, however busy the guest was: it sees the last size by itself.
        const auto sectors = serial.run(
            QStringLiteral("n=0; while [ $(cat /sys/block/sda/size) != %1 ] && [ $n -lt 60 ]; do sleep 1; "
                           "n=$((n + 1)); done; cat /sys/block/sda/size")
                .arg(size.bytes() / 512));
        QVERIFY(sectors);
        QCOMPARE(sectors->output.trimmed().toULongLong() * 512, size.bytes());
        // Of a paused guest's sizes as many are kept as it has buffers, 8 in Linux; of a further one it is said.
        GOOD(QCoro::waitFor(session->pause()));
        QStringList told;
        for (int i = 0; i < 9; ++i) {
            size = ByteCount(size.bytes() + ByteCount::gibibytes(3).bytes());
            const Result<OperationOutcome> outcome = QCoro::waitFor(
                expandRunning({session.get(), diskSlot}, {.file = request.file, .newSize = size}, InGuest::Leave)
                    ->run(std::make_shared<Progress>()));
            GOOD(outcome);
            told << outcome->sentences.join(QLatin1Char(' '));
        }
        const QStringList lost = told.filter(QStringLiteral("could not be told"));
        QCOMPARE(lost, told.sliced(8));
        GOOD(QCoro::waitFor(session->resume()));

        const auto errors =
            serial.run(QStringLiteral("dmesg | grep -ciE 'I/O error|EXT4-fs (error|warning)|offline'"));
        QVERIFY(errors);
        QCOMPARE(errors->output.trimmed(), QStringLiteral("0"));
        const auto notices = serial.run(QStringLiteral("dmesg | grep -c 'Capacity data has changed'"));
        QVERIFY(notices && notices->output.trimmed().toInt() > 0);
        RUNS("umount /mnt && e2fsck -fn /dev/sda");
        GOOD(QCoro::waitFor(session->powerOff()));
        QCOMPARE(session->state(), MachineState::Off);
    }
};

QTEST_GUILESS_MAIN(DiskExchangeGuestTest)
#include "disk_exchange_guest_test.moc"
