// SPDX-License-Identifier: GPL-3.0-or-later
// Disks that a real qemu-nbd serves, and a disk of the host where it gives us one: the guest sees, writes and reads
// them, at boot and while it runs.
#include "core/disk/host_device.h"
#include "core/disk/image_facts.h"
#include "core/machine/disk_at.h"
#include "core/machine/disk_trim.h"
#include "tests/disk/loop_device.h"
#include "tests/guest/live_machine.h"
#include "tests/guest/nbd_server.h"
#include "tests/guest/serial_console.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace platter;

namespace {

const QString iso = QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso");
constexpr SlotId dvdSlot{0, 0};
constexpr SlotId firstSlot{0, 1};
constexpr SlotId secondSlot{0, 2};
constexpr std::uint64_t written = std::uint64_t(32) << 20;

QByteArray beginningOf(const QString& file)
{
    QFile source(file);
    return source.open(QIODevice::ReadOnly) ? source.read(24) : QByteArray();
}

std::uint64_t onHost(const QString& file)
{
    return imageFacts(file, DiskFormat::Raw)->sizeOnHost.bytes();
}

// A name in /dev/disk/by-id, which udev gives no loop device.
class StableName {
public:
    explicit StableName(const QString& node)
        : m_path(DeviceRoots().stableNames()
              + QStringLiteral("/platter-test-%1").arg(QCoreApplication::applicationPid()))
    {
        m_made = !node.isEmpty() && QDir().mkpath(DeviceRoots().stableNames()) && QFile::link(node, m_path);
    }

    ~StableName()
    {
        if (m_made) {
            QFile::remove(m_path);
            QDir().rmpath(DeviceRoots().stableNames()); // if it is empty
        }
    }

    Q_DISABLE_COPY_MOVE(StableName)

    bool isThere() const { return m_made; }

    const QString& path() const { return m_path; }

private:
    QString m_path;
    bool m_made = false;
};

} // namespace

class NetworkDiskTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void theGuestUsesThem()
    {
        LiveMachine live;
        const QString raw = live.makeImage(QStringLiteral("a.raw"), QStringLiteral("raw"), QStringLiteral("256M"));
        const QString qcow2 =
            live.makeImage(QStringLiteral("b.qcow2"), QStringLiteral("qcow2"), QStringLiteral("512M"));
        // An export cannot grow, and the image in it does.
        QVERIFY(QFile::resize(qcow2, qint64(640) << 20));
        const NbdServer atSocket(raw, live.path(QStringLiteral("nbd.sock")));
        const NbdServer atPort(qcow2);
        QVERIFY(!atSocket.location().isEmpty() && !atPort.location().isEmpty());

        const Result<DiskDrive> first = diskAt(atSocket.location());
        GOOD(first);
        const StoredMachine machine =
            live.make(QStringLiteral("box"), {{dvdSlot, DvdDrive{iso}}, {firstSlot, *first}});
        const auto session = live.session(machine);
        SerialConsole serial;
        GOOD(QCoro::waitFor(session->start()));
        QVERIFY(serial.open(live.runtime(machine).serial()));
        QVERIFY2(serial.waitFor(QStringLiteral("# ")), qUtf8Printable(serial.transcript()));

        // At boot.
        RUNS("[ $(blockdev --getsize64 /dev/sda) = 268435456 ]");
        RUNS("printf 'written by the guest now' | dd of=/dev/sda conv=fsync");
        QCOMPARE(beginningOf(raw), QByteArray("written by the guest now"));

        // While it runs, by platterctl.
        const LiveMachine::Said added = live.platterctl({QStringLiteral("drive"), QStringLiteral("add"),
            QStringLiteral("box"), atPort.location(), QStringLiteral("--format"), QStringLiteral("qcow2")});
        QVERIFY2(added.code == 0 && added.out.contains(QLatin1String("0:2")), qUtf8Printable(added.err));
        RUNS("while ! [ \"$(blockdev --getsize64 /dev/sdb 2>/dev/null)\" = 536870912 ]; do sleep 0.1; done");
        RUNS("mkfs.ext4 -q /dev/sdb && mkdir -p /tmp/data && modprobe ext4; mount -t ext4 /dev/sdb /tmp/data");
        RUNS("dd if=/dev/urandom of=/tmp/data/file bs=1M count=32 && md5sum /tmp/data/file >/tmp/sum");

        // The running machine has what its definition says, and tells the sizes.
        session->setMachine(*MachineStore(live.places().machines).load(QStringLiteral("box")));
        GOOD(QCoro::waitFor(session->drives().read()));
        QCOMPARE(session->drives().differences(), QStringList());
        QVERIFY(session->drives().list() == session->machine().definition.drives);
        QCOMPARE(session->drives().sizes().at(firstSlot), ByteCount::mebibytes(256));
        QCOMPARE(session->drives().sizes().at(secondSlot), ByteCount::mebibytes(512));
        const LiveMachine::Said listed =
            live.platterctl({QStringLiteral("drive"), QStringLiteral("list"), QStringLiteral("box")});
        QVERIFY2(listed.out.contains(atSocket.location()) && listed.out.contains(atPort.location()),
            qUtf8Printable(listed.out));

        // What it says of itself is enough to define it by.
        const Result<StoredMachine> without =
            MachineStore(live.places().machines)
                .update(QStringLiteral("box"), [](Definition& definition) -> Result<void> {
                    std::erase_if(definition.drives, [](const Drive& drive) { return drive.slot == secondSlot; });
                    return {};
                });
        GOOD(without);
        session->setMachine(*without);
        GOOD(QCoro::waitFor(session->drives().read()));
        QCOMPARE(session->drives().differences().size(), 1);
        GOOD(session->drives().keepRunning());
        QCOMPARE(session->machine().definition.driveAt(secondSlot)->where(), atPort.location());

        // The guest lets go of it, and all is on the server.
        GOOD(QCoro::waitFor(session->drives().remove(secondSlot, RemovalWay::Safely)));
        RUNS("! [ -e /dev/sdb ]");
        GOOD(QCoro::waitFor(session->drives().add(secondSlot, *diskAt(atPort.location(), DiskFormat::Qcow2))));
        RUNS("while ! [ -b /dev/sdb ]; do sleep 0.1; done; mount -t ext4 /dev/sdb /tmp/data && md5sum -c /tmp/sum");

        // This server passes TRIM on; that others need not is why the mark says that it decides.
        QVERIFY(trimOf(*first) == TrimReach{TrimReach::Verdict::UpToServer});
        RUNS("umount /tmp/data; dd if=/dev/urandom of=/dev/sda bs=1M count=32 conv=fsync");
        const std::uint64_t full = onHost(raw);
        QVERIFY2(full >= written, qPrintable(ByteCount(full).toString()));
        RUNS("blkdiscard /dev/sda");
        QTRY_VERIFY2(onHost(raw) + written <= full + (1 << 20), qPrintable(ByteCount(onHost(raw)).toString()));
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    void saysWhereNobodyServes()
    {
        LiveMachine live;
        const DiskDrive disk{NbdExport{.host = QStringLiteral("127.0.0.1"), .port = 1}, DiskFormat::Raw};
        const StoredMachine machine = live.make(QStringLiteral("box"), {{firstSlot, disk}});
        const auto session = live.session(machine);
        const auto expect = [&](const Error& error) {
            QVERIFY2(error.summary.contains(disk.where()) && error.summary.contains(QLatin1String("refused")),
                qUtf8Printable(error.text()));
            QVERIFY(error.advice.contains(QLatin1String("server")));
        };
        const Result<void> started = QCoro::waitFor(session->start());
        QVERIFY(!started);
        expect(started.error());
        GOOD(QCoro::waitFor(session->drives().remove(firstSlot, RemovalWay::Safely)));
        GOOD(QCoro::waitFor(session->start()));
        const Result<SlotId> added = QCoro::waitFor(session->drives().add({}, disk));
        QVERIFY(!added);
        expect(added.error());
        GOOD(QCoro::waitFor(session->drives().read()));
        QVERIFY(session->drives().list().empty() && session->machine().definition.drives.empty());
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    // Where QEMU has no driver, the package is named before anything is tried; where it has one, the server is.
    void saysWhichPackageBringsADriver_data()
    {
        QTest::addColumn<QString>("package");
        QTest::newRow("https://127.0.0.1:1/d.raw") << QStringLiteral("qemu-block-curl");
        QTest::newRow("ssh://127.0.0.1:1/d.raw") << QStringLiteral("qemu-block-ssh");
        QTest::newRow("iscsi://127.0.0.1:1/iqn.x:y/1") << QStringLiteral("qemu-block-iscsi");
    }

    void saysWhichPackageBringsADriver()
    {
        QFETCH(QString, package);
        LiveMachine live;
        const Result<DiskDrive> disk = diskAt(QString::fromUtf8(QTest::currentDataTag()));
        GOOD(disk);
        const auto session = live.session(live.make(QStringLiteral("box"), {{firstSlot, *disk}}));
        const Result<void> started = QCoro::waitFor(session->start());
        QVERIFY(!started);
        QVERIFY2(started.error().text().contains(disk->where()), qUtf8Printable(started.error().text()));
        if (started.error().kind == ErrorKind::Unsupported) {
            QVERIFY2(started.error().advice.contains(package), qUtf8Printable(started.error().text()));
            const LiveMachine::Said said = live.platterctl({QStringLiteral("drive"), QStringLiteral("add"),
                QStringLiteral("box"), disk->where(), QStringLiteral("--slot=0:5")});
            QVERIFY2(
                said.code != 0 && said.err.contains(QLatin1String("qemu-block-extra")), qUtf8Printable(said.err));
        } else {
            QCOMPARE(started.error().kind, ErrorKind::Qemu);
        }
    }

    void aDiskOfTheHostIsPassedThrough()
    {
        LiveMachine live;
        const QString image =
            live.makeImage(QStringLiteral("host.raw"), QStringLiteral("raw"), QStringLiteral("128M"));
        const LoopDevice loop(image);
        const StableName name(loop.node());
        if (!name.isThere()) {
            qInfo("This host gives us no disk to pass through.");
            return;
        }
        const StoredMachine machine = live.make(QStringLiteral("box"), {{dvdSlot, DvdDrive{iso}}});
        const auto session = live.session(machine);
        SerialConsole serial;
        GOOD(QCoro::waitFor(session->start()));
        QVERIFY(serial.open(live.runtime(machine).serial()));
        QVERIFY2(serial.waitFor(QStringLiteral("# ")), qUtf8Printable(serial.transcript()));
        // By any of its names; kept by the one that stays.
        const LiveMachine::Said added =
            live.platterctl({QStringLiteral("drive"), QStringLiteral("add"), QStringLiteral("box"), loop.node()});
        QVERIFY2(added.code == 0 && added.out.contains(name.path()), qUtf8Printable(added.err));
        RUNS("while ! [ \"$(blockdev --getsize64 /dev/sda 2>/dev/null)\" = 134217728 ]; do sleep 0.1; done");
        RUNS("dd if=/dev/urandom of=/dev/sda bs=1M count=32 conv=fsync");
        RUNS("printf 'written by the guest now' | dd of=/dev/sda conv=fsync");
        QCOMPARE(beginningOf(loop.node()), QByteArray("written by the guest now"));
        session->setMachine(*MachineStore(live.places().machines).load(QStringLiteral("box")));
        GOOD(QCoro::waitFor(session->drives().read()));
        QCOMPARE(session->drives().differences(), QStringList());
        QCOMPARE(session->drives().at(firstSlot)->where(), name.path());

        // No second machine gets it.
        const Result<void> again = checkHostDevice(name.path(), ImageUse::ReadWrite);
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::InUse);

        // Its TRIM mark is true.
        const TrimReach trim = trimOf(std::get<DiskDrive>(session->drives().at(firstSlot)->what));
        const std::uint64_t full = onHost(image);
        QVERIFY2(full >= written, qPrintable(ByteCount(full).toString()));
        if (trim.verdict == TrimReach::Verdict::ReachesHost) {
            RUNS("blkdiscard /dev/sda");
            QTRY_VERIFY2(
                onHost(image) + written <= full + (1 << 20), qPrintable(ByteCount(onHost(image)).toString()));
        } else {
            QVERIFY(trim.verdict == TrimReach::Verdict::StopsAtDevice);
        }
        GOOD(QCoro::waitFor(session->powerOff()));
    }
};

QTEST_GUILESS_MAIN(NetworkDiskTest)
#include "network_disk_test.moc"
