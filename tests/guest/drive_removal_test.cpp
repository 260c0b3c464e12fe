// SPDX-License-Identifier: GPL-3.0-or-later
// A disk that goes while its guest runs has on it what the guest had written; where that is not sure, it is said,
// and the disk that the system runs from stays.
#include "core/disk/operations/create_disk.h"
#include "core/live/guest_space.h"
#include "tests/guest/live_machine.h"
#include "tests/guest/serial_console.h"

#include <QTest>

using namespace platter;

namespace {

const QString iso = QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso");
constexpr SlotId systemSlot{0, 0};
constexpr SlotId dvdSlot{0, 1};
constexpr SlotId dataSlot{0, 2};

} // namespace

class DriveRemovalTest : public QObject {
    Q_OBJECT

    std::unique_ptr<LiveMachine> m_live;
    std::unique_ptr<MachineSession> m_session;
    DiskDrive m_data;

    Result<DriveRemoval> remove(SlotId slot, RemovalWay way)
    {
        return QCoro::waitFor(m_session->drives().remove(slot, way));
    }

    // As df counts, in KiB.
    static FileSystemSpace spaceByDf(SerialConsole& serial, const QString& where)
    {
        const auto said = serial.run(QStringLiteral("df -k %1 | tail -n 1 | awk '{ print $2, $3 }'").arg(where));
        const QStringList numbers = said ? said->output.trimmed().split(QLatin1Char(' ')) : QStringList();
        return numbers.size() == 2
            ? FileSystemSpace{numbers[0].toULongLong() * 1024, numbers[1].toULongLong() * 1024}
            : FileSystemSpace{};
    }

    void showsHowFullItIs(SerialConsole& serial)
    {
        RUNS("sync");
        GuestSpaceWatch watch;
        watch.setSession(m_session.get());
        watch.start();
        const auto space = [&](SlotId slot, int number, std::uint64_t length) {
            return watch.spaces() ? spaceIn(*watch.spaces(), slot, number, length).value_or(FileSystemSpace{})
                                  : FileSystemSpace{};
        };
        const FileSystemSpace data = spaceByDf(serial, QStringLiteral("/tmp/data"));
        QVERIFY(data.used > 24 << 20);
        QTRY_COMPARE_WITH_TIMEOUT(space(dataSlot, 0, 256 << 20), data, LiveMachine::patience);
        QCOMPARE(space(systemSlot, 2, 0).size, spaceByDf(serial, QStringLiteral("/")).size);
        // It follows.
        RUNS("dd if=/dev/zero of=/tmp/data/more bs=1M count=8; sync");
        const FileSystemSpace more = spaceByDf(serial, QStringLiteral("/tmp/data"));
        QVERIFY(more.used >= data.used + (8 << 20));
        QTRY_COMPARE_WITH_TIMEOUT(space(dataSlot, 0, 256 << 20), more, LiveMachine::patience);
    }

private Q_SLOTS:

    // A guest that runs from its disk, and a disk beside it.
    void initTestCase()
    {
        m_live = std::make_unique<LiveMachine>();
        const QString system = m_live->path(QStringLiteral("system.vhdx"));
        m_data = DiskDrive{m_live->path(QStringLiteral("data.vhdx")), DiskFormat::Vhdx};
        GOOD(createDisk({.file = system, .size = ByteCount::gibibytes(1)}));
        GOOD(createDisk({.file = m_data.file(), .size = ByteCount::mebibytes(256)}));
        m_session = m_live->session(
            m_live->make(QStringLiteral("box"), {{systemSlot, DiskDrive{system}}, {dvdSlot, DvdDrive{iso}}}));
        SerialConsole serial;
        GOOD(QCoro::waitFor(m_session->start()));
        QVERIFY(serial.open(m_live->runtime(m_session->machine()).serial()));
        QVERIFY2(serial.waitFor(QStringLiteral("# ")), qUtf8Printable(serial.transcript()));
        RUNS("install");
        GOOD(QCoro::waitFor(m_session->powerOff()));
        GOOD(QCoro::waitFor(m_session->drives().remove(dvdSlot, RemovalWay::Safely)));
    }

    void keepsWhatWasWritten()
    {
        SerialConsole serial;
        GOOD(QCoro::waitFor(m_session->start()));
        QVERIFY(serial.open(m_live->runtime(m_session->machine()).serial()));
        QVERIFY2(serial.waitFor(QStringLiteral("booted from disk ")), qUtf8Printable(serial.transcript()));
        QVERIFY2(serial.waitFor(QStringLiteral("# ")), qUtf8Printable(serial.transcript()));

        // A disk that comes while it runs.
        GOOD(QCoro::waitFor(m_session->drives().add(dataSlot, m_data)));
        RUNS("while ! [ -b /dev/sdb ]; do sleep 0.1; done; mkfs.ext4 -q /dev/sdb && mkdir -p /tmp/data && "
             "modprobe ext4; mount -t ext4 /dev/sdb /tmp/data");
        RUNS("dd if=/dev/urandom of=/tmp/data/file bs=1M count=24 && md5sum /tmp/data/file >/tmp/sum");
        showsHowFullItIs(serial);
        // It is in the guest's memory as yet. The guest lets go of the disk, and all is on it.
        const Result<DriveRemoval> removed = remove(dataSlot, RemovalWay::Safely);
        GOOD(removed);
        QVERIFY(removed->isSafe);
        QVERIFY2(removed->sentences.join(QLatin1Char(' ')).contains(QLatin1String("/tmp/data")),
            qUtf8Printable(removed->sentences.join(QLatin1Char(' '))));
        RUNS("! [ -e /dev/sdb ] && ! grep -q /tmp/data /proc/mounts");
        GOOD(QCoro::waitFor(m_session->drives().add(dataSlot, m_data)));
        RUNS("while ! [ -b /dev/sdb ]; do sleep 0.1; done; mount -t ext4 /dev/sdb /tmp/data && md5sum -c /tmp/sum");

        // A program that writes to it is named; by force, what was written until then is there.
        serial.type(QStringLiteral(
            "(n=0; while n=$((n+1)); do echo $n || break; sync; done >/tmp/data/count 2>/dev/null) 2>/dev/null &"));
        RUNS("while ! [ -s /tmp/data/count ]; do sleep 0.1; done; md5sum -c /tmp/sum");
        const Result<DriveRemoval> busy = remove(dataSlot, RemovalWay::Safely);
        QVERIFY(!busy);
        QCOMPARE(busy.error().kind, ErrorKind::InUse);
        QVERIFY2(busy.error().summary.contains(QLatin1String("/tmp/data")), qUtf8Printable(busy.error().summary));
        QVERIFY2(busy.error().summary.contains(QLatin1String("sh (")), qUtf8Printable(busy.error().summary));
        QVERIFY(m_session->drives().at(dataSlot) != nullptr);
        RUNS("md5sum -c /tmp/sum");
        const auto counted = serial.run(QStringLiteral("tail -n 1 /tmp/data/count"));
        QVERIFY(counted && counted->output.trimmed().toInt() > 0);
        const Result<DriveRemoval> forced = remove(dataSlot, RemovalWay::Forcibly);
        GOOD(forced);
        QVERIFY2(forced->isSafe, qUtf8Printable(forced->sentences.join(QLatin1Char(' '))));
        RUNS("kill %1; wait; umount -l /tmp/data; true");
        GOOD(QCoro::waitFor(m_session->drives().add(SlotId{0, 3}, m_data)));
        RUNS("while ! d=$(ls /dev/sd[b-z] 2>/dev/null | head -n 1) || [ -z \"$d\" ]; do sleep 0.1; done; "
             "mount -t ext4 $d /tmp/data && md5sum -c /tmp/sum");
        const auto recounted = serial.run(QStringLiteral("tail -n 1 /tmp/data/count"));
        QVERIFY(recounted);
        QVERIFY2(recounted->output.trimmed().toInt() >= counted->output.trimmed().toInt(),
            qUtf8Printable(recounted->output));
        GOOD(remove({0, 3}, RemovalWay::Safely));

        // The disk that it runs from stays, whoever asks.
        const auto staysInPlace = [&](const QString& why) {
            for (const RemovalWay way : {RemovalWay::Safely, RemovalWay::Forcibly}) {
                const Result<DriveRemoval> refused = remove(systemSlot, way);
                QVERIFY(!refused);
                QCOMPARE(refused.error().kind, ErrorKind::WrongState);
                QVERIFY2(refused.error().summary.contains(why), qUtf8Printable(refused.error().summary));
            }
            const LiveMachine::Said said = m_live->platterctl({QStringLiteral("drive"), QStringLiteral("remove"),
                QStringLiteral("box"), QStringLiteral("0:0"), QStringLiteral("--force")});
            QCOMPARE(said.code, 1);
            QVERIFY2(said.err.contains(QLatin1String("system runs from it")), qUtf8Printable(said.err));
            RUNS("dd if=/dev/sda of=/dev/null bs=1M count=8");
        };
        staysInPlace(QStringLiteral("system runs from it"));

        // Without the agent nothing is claimed.
        RUNS("for p in $(pidof qemu-ga guest_agent); do kill -STOP $p; done");
        GOOD(QCoro::waitFor(m_session->drives().add(dataSlot, m_data)));
        staysInPlace(QStringLiteral("boot loader"));
        const Result<DriveRemoval> unknown = remove(dataSlot, RemovalWay::Safely);
        QVERIFY(!unknown);
        QCOMPARE(unknown.error().kind, ErrorKind::InUse);
        QVERIFY2(
            unknown.error().text().contains(QLatin1String("platter-0-2")), qUtf8Printable(unknown.error().text()));
        const Result<DriveRemoval> lost = remove(dataSlot, RemovalWay::Forcibly);
        GOOD(lost);
        QVERIFY(!lost->isSafe);
        GOOD(QCoro::waitFor(m_session->powerOff()));
    }
};

QTEST_GUILESS_MAIN(DriveRemovalTest)
#include "drive_removal_test.moc"
