// SPDX-License-Identifier: GPL-3.0-or-later
// A disk grows under a guest, and in it: the last partition and the file system on it, by the guest's own programs
// through its agent, while the guest runs from that very disk and writes to it.
#include "core/live/machine_session.h"
#include "tests/guest/live_machine.h"
#include "tests/guest/serial_console.h"

#include <QProcess>
#include <QTest>

#include <csignal>

using namespace platter;

namespace {

const QString iso = QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso");
constexpr SlotId diskSlot{0, 0};
constexpr SlotId dvdSlot{0, 1};
constexpr SlotId secondSlot{0, 2};

// The guest's shell is there.
#define BOOTS(session, from)                                                                                       \
    do {                                                                                                           \
        GOOD(QCoro::waitFor((session)->start()));                                                                  \
        QVERIFY(serial.open(m_live->runtime((session)->machine()).serial()));                                      \
        QVERIFY2(                                                                                                  \
            serial.waitFor(QStringLiteral("Platter sample guest ready: ")), qUtf8Printable(serial.transcript()));  \
        QVERIFY2(serial.waitFor(QStringLiteral(from ", Linux ")), qUtf8Printable(serial.transcript()));            \
        QVERIFY2(serial.waitFor(QStringLiteral("# ")), qUtf8Printable(serial.transcript()));                       \
    } while (false)

// Writes files of random bytes with their checksums, each to the disk, until it is told to stop.
const QString load = QStringLiteral(
    "load() { mkdir -p /root/load; cd /root/load; n=0; while [ ! -e /tmp/stop ]; do f=$((n % 8)); "
    "head -c 300000 /dev/urandom > $f && md5sum $f > $f.sum && sync || break; n=$((n + 1)); echo $n > /tmp/load; "
    "done; [ -e /tmp/stop ] && echo load ended well || echo load failed; }");

} // namespace

class GuestGrowthTest : public QObject {
    Q_OBJECT

    std::unique_ptr<LiveMachine> m_live;

    // How many KiB the guest's df says that PLACE has.
    static qint64 sizeOf(SerialConsole& serial, const QString& place)
    {
        const auto answer =
            serial.run(QStringLiteral("df -kP %1 | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2").arg(place));
        return answer ? answer->output.trimmed().toLongLong() : -1;
    }

private Q_SLOTS:

    // A system on a VHDX of 1 GiB, and the same disk as qcow2 and raw.
    void initTestCase()
    {
        m_live = std::make_unique<LiveMachine>();
        const QString vhdx = m_live->path(QStringLiteral("system.vhdx"));
        QCOMPARE(
            m_live->platterctl(
                      {QStringLiteral("disk"), QStringLiteral("create"), vhdx, QStringLiteral("--size=1G")})
                .code,
            0);
        const StoredMachine machine = m_live->make(
            QStringLiteral("installer"), {{diskSlot, DiskDrive{vhdx, DiskFormat::Vhdx}}, {dvdSlot, DvdDrive{iso}}});
        const auto session = m_live->session(machine);
        SerialConsole serial;
        BOOTS(session, "booted from DVD");
        RUNS("install");
        GOOD(QCoro::waitFor(session->powerOff()));
        for (const char* name : {"system.qcow2", "system.raw"}) {
            const LiveMachine::Said said = m_live->platterctl(
                {QStringLiteral("disk"), QStringLiteral("convert"), vhdx, m_live->path(QLatin1String(name))});
            QVERIFY2(said.code == 0, qUtf8Printable(said.err));
        }
    }

    void growsTheDiskThatTheGuestRunsFrom_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<DiskFormat>("format");
        QTest::newRow("vhdx") << QStringLiteral("system.vhdx") << DiskFormat::Vhdx;
        QTest::newRow("qcow2") << QStringLiteral("system.qcow2") << DiskFormat::Qcow2;
        QTest::newRow("raw") << QStringLiteral("system.raw") << DiskFormat::Raw;
    }

    void growsTheDiskThatTheGuestRunsFrom()
    {
        QFETCH(QString, file);
        QFETCH(DiskFormat, format);
        const QString image = m_live->path(file);
        const StoredMachine machine = m_live->make(file, {{diskSlot, DiskDrive{image, format}}});
        const auto session = m_live->session(machine);
        {
            SerialConsole serial;
            BOOTS(session, "booted from disk sda");
            const auto defined = serial.run(load);
            QVERIFY(defined && defined->exitCode == 0);
            RUNS("{ load > /tmp/said 2>&1 & }");
            QVERIFY(sizeOf(serial, QStringLiteral("/")) < 1 << 20);

            const QStringList words{QStringLiteral("disk"), QStringLiteral("expand"), image, QStringLiteral("3G"),
                QStringLiteral("--grow")};
            LiveMachine::Said planned;
            const auto agentAnswers = [&] { // which starts in its own time
                planned = m_live->platterctl(words + QStringList{QStringLiteral("--plan")});
                return planned.code != 0 || !planned.out.contains(QLatin1String("No guest agent answers"));
            };
            QVERIFY2(QTest::qWaitFor(agentAnswers, 60'000), qUtf8Printable(planned.out));
            QVERIFY2(planned.code == 0, qUtf8Printable(planned.err));
            QVERIFY2(planned.out.contains(QLatin1String("growpart /dev/sda 2; resize2fs /dev/sda2")),
                qUtf8Printable(planned.out));
            const LiveMachine::Said said = m_live->platterctl(words);
            QVERIFY2(said.code == 0, qUtf8Printable(said.out + said.err));
            QVERIFY2(said.out.contains(QLatin1String("/dev/sda2 (ext4, mounted on /) has grown from")),
                qUtf8Printable(said.out));

            QVERIFY2(sizeOf(serial, QStringLiteral("/")) > qint64(28) << 16, qUtf8Printable(serial.transcript()));
            RUNS("touch /tmp/stop; wait");
            const auto ended = serial.run(QStringLiteral("cat /tmp/said"));
            QVERIFY(ended);
            QCOMPARE(ended->output, QStringLiteral("load ended well\n"));
            RUNS("cat /tmp/load; cd /root/load && cat *.sum | md5sum -c");
            RUNS("dmesg | grep -q 'detected capacity change'");
            RUNS("! dmesg | grep -e 'I/O error' -e 'EXT4-fs error' -e 'EXT4-fs warning'");
            RUNS("sync");
            GOOD(QCoro::waitFor(session->powerOff()));
        }
        SerialConsole serial;
        BOOTS(session, "booted from disk sda");
        QVERIFY(sizeOf(serial, QStringLiteral("/")) > qint64(28) << 16);
        RUNS("cd /root/load && cat *.sum | md5sum -c");
        RUNS("! dmesg | grep -e '[ (]GPT:' -e 'I/O error' -e 'EXT4-fs error'");
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    // A file system on a disk without partitions; then no agent answers, and nothing but the disk grows.
    void growsWhatTheGuestLets()
    {
        const QString data = m_live->path(QStringLiteral("data.vhdx"));
        QCOMPARE(
            m_live->platterctl(
                      {QStringLiteral("disk"), QStringLiteral("create"), data, QStringLiteral("--size=1G")})
                .code,
            0);
        const StoredMachine machine = m_live->make(
            QStringLiteral("box"), {{dvdSlot, DvdDrive{iso}}, {secondSlot, DiskDrive{data, DiskFormat::Vhdx}}});
        const auto session = m_live->session(machine);
        SerialConsole serial;
        BOOTS(session, "booted from DVD");
        const auto expand = [&](const char* size) {
            return m_live->platterctl({QStringLiteral("disk"), QStringLiteral("expand"), data, QLatin1String(size),
                QStringLiteral("--grow"), QStringLiteral("--json")});
        };

        const LiveMachine::Said empty = expand("2G");
        QCOMPARE(empty.code, 1);
        QVERIFY2(
            empty.err.contains(QLatin1String("There is no file system on /dev/sda")), qUtf8Printable(empty.err));

        RUNS("mkfs.ext4 -q /dev/sda && modprobe ext4");
        const LiveMachine::Said unmounted = expand("3G");
        QCOMPARE(unmounted.code, 1);
        QVERIFY2(unmounted.err.contains(QLatin1String("is not mounted")), qUtf8Printable(unmounted.err));

        RUNS("mkdir '/mnt/my data' && mount -t ext4 /dev/sda '/mnt/my data'");
        const LiveMachine::Said grown = expand("4G");
        QVERIFY2(grown.code == 0, qUtf8Printable(grown.out + grown.err));
        QVERIFY2(grown.out.contains(QLatin1String("/dev/sda (ext4, mounted on /mnt/my data) has grown from")),
            qUtf8Printable(grown.out));
        QVERIFY(sizeOf(serial, QStringLiteral("'/mnt/my data'")) > qint64(38) * 100'000);

        // The guest's program takes long, and is killed there, as for want of memory.
        RUNS("printf '#!/bin/sh\\ntouch /tmp/growing; exec sleep 600\\n' > /tmp/slow && chmod +x /tmp/slow && "
             "cp /tmp/slow $(command -v resize2fs)");
        {
            QProcess program;
            program.setProcessEnvironment(m_live->environment());
            program.start(QStringLiteral(PLATTER_BINARY_DIR "/bin/platterctl"),
                {QStringLiteral("disk"), QStringLiteral("expand"), data, QStringLiteral("4608M"),
                    QStringLiteral("--grow")});
            RUNS("n=0; while [ ! -e /tmp/growing ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n + 1)); done; "
                 "[ -e /tmp/growing ]");
            RUNS("killall -9 sleep");
            QVERIFY(
                QTest::qWaitFor([&] { return program.state() == QProcess::NotRunning; }, LiveMachine::patience));
            QCOMPARE(program.exitCode(), 1);
            const QString said = QString::fromUtf8(program.readAllStandardError());
            QVERIFY2(
                said.contains(QLatin1String("A command failed in the guest: resize2fs")), qUtf8Printable(said));
        }

        RUNS("killall guest_agent qemu-ga; while pidof guest_agent qemu-ga > /dev/null; do sleep 0.1; done");
        const LiveMachine::Said alone = expand("5G");
        QCOMPARE(alone.code, 1);
        QVERIFY2(alone.err.contains(QLatin1String("No guest agent answers")), qUtf8Printable(alone.err));
        const auto sectors = serial.run(QStringLiteral("cat /sys/block/sda/size"));
        QVERIFY(sectors);
        QCOMPARE(sectors->output.trimmed().toULongLong() * 512, ByteCount::gibibytes(5).bytes());

        RUNS("{ qemu-ga --method virtio-serial --path /dev/virtio-ports/org.qemu.guest_agent.0 "
             "--block-rpcs=guest-exec > /dev/null 2>&1 & }");
        const LiveMachine::Said forbidden = expand("6G");
        QCOMPARE(forbidden.code, 1);
        QVERIFY2(forbidden.err.contains(QLatin1String("may not run programs")), qUtf8Printable(forbidden.err));

        // The machine is gone in the middle: it is said at once, and the disk has its new size.
        // The agent's port opens for one program at a time.
        RUNS("killall qemu-ga; while pidof qemu-ga > /dev/null; do sleep 0.1; done; "
             "rm -f /tmp/growing; { qemu-ga --method virtio-serial "
             "--path /dev/virtio-ports/org.qemu.guest_agent.0 > /dev/null 2>&1 & }");
        QProcess program;
        program.setProcessEnvironment(m_live->environment());
        program.start(QStringLiteral(PLATTER_BINARY_DIR "/bin/platterctl"),
            {QStringLiteral("disk"), QStringLiteral("expand"), data, QStringLiteral("7G"),
                QStringLiteral("--grow")});
        RUNS("n=0; while [ ! -e /tmp/growing ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n + 1)); done; "
             "[ -e /tmp/growing ]");
        ::kill(m_live->pid(machine), SIGKILL);
        QVERIFY(QTest::qWaitFor([&] { return program.state() == QProcess::NotRunning; }, LiveMachine::patience));
        QCOMPARE(program.exitCode(), 1);
        const QString said = QString::fromUtf8(program.readAllStandardError());
        QVERIFY2(said.contains(QLatin1String("The disk has grown, but not all")), qUtf8Printable(said));
        const LiveMachine::Said info = m_live->platterctl({QStringLiteral("disk"), QStringLiteral("info"), data});
        QVERIFY2(info.out.contains(QLatin1String("7 GiB")), qUtf8Printable(info.out + info.err));
    }
};

QTEST_GUILESS_MAIN(GuestGrowthTest)
#include "guest_growth_test.moc"
