// SPDX-License-Identifier: GPL-3.0-or-later
// A Linux disk as a generation-1 machine of Hyper-V has it (VHD, MBR, ext4, a grub.cfg and no EFI system partition)
// is migrated by platterctl, and its copy starts under OVMF from SCSI by that very grub.cfg.
#include "tests/disk/mbr_linux_disk.h"
#include "tests/guest/live_machine.h"
#include "tests/guest/serial_console.h"
#include "tests/unit/disk/run_tool.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QTest>

using namespace platter;

namespace {

const QString iso = QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso");
const QString rootId = QStringLiteral("11112222-3333-4444-8555-666677778888");
constexpr qint64 mebibyte = 1 << 20;

#define TOOL(...)                                                                                                  \
    do {                                                                                                           \
        const ToolRun ran = runTool(__VA_ARGS__);                                                                  \
        QVERIFY2(ran.isGood, qPrintable(ran.output));                                                              \
    } while (false)

QByteArray digest(const QString& path)
{
    QFile file(path);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    return file.open(QIODevice::ReadOnly) && hash.addData(&file) ? hash.result() : QByteArray();
}

} // namespace

class MigrateGuestTest : public QObject {
    Q_OBJECT

private:
    LiveMachine m_live;
    QString m_old;

    QString path(const char* name) const { return m_live.path(QString::fromLatin1(name)); }

    // The sample guest's kernel and initramfs, which are sections of its EFI program.
    void makeRoot()
    {
        const QString boot = path("root/boot");
        QVERIFY(QDir().mkpath(boot + QStringLiteral("/grub")));
        TOOL(QStringLiteral("xorriso"),
            {QStringLiteral("-osirrox"), QStringLiteral("on"), QStringLiteral("-indev"), iso,
                QStringLiteral("-extract_boot_images"), path("images")});
        const QStringList images = QDir(path("images")).entryList({QStringLiteral("*uefi*.img")});
        QVERIFY(!images.isEmpty());
        TOOL(QStringLiteral("mcopy"),
            {QStringLiteral("-i"), path("images/") + images.first(), QStringLiteral("::EFI/BOOT/BOOTX64.EFI"),
                path("guest.efi")});
        for (const auto& [section, file] : {std::pair(".linux", "vmlinuz"), std::pair(".initrd", "initrd.img")}) {
            TOOL(QStringLiteral("objcopy"),
                {QStringLiteral("-O"), QStringLiteral("binary"), QStringLiteral("--only-section"),
                    QString::fromLatin1(section), path("guest.efi"),
                    boot + QLatin1Char('/') + QLatin1String(file)});
        }
        // As grub-mkconfig writes it for BIOS.
        QFile config(boot + QStringLiteral("/grub/grub.cfg"));
        QVERIFY(config.open(QIODevice::WriteOnly));
        QVERIFY(config.write("if [ -s $prefix/grubenv ]; then load_env; fi\n"
                             "insmod part_msdos\ninsmod ext2\nset timeout=0\n"
                             "menuentry 'Old system' --class debian {\n"
                             "    insmod gzio\n    insmod part_msdos\n    insmod ext2\n"
                             "    set root='hd0,msdos1'\n"
                             "    search --no-floppy --fs-uuid --set=root --hint-bios=hd0,msdos1 "
                    + rootId.toLatin1()
                    + "\n    linux /boot/vmlinuz console=tty0 console=ttyS0,115200 quiet no_timer_check "
                      "migrated=yes\n"
                      "    initrd /boot/initrd.img\n}\n")
            > 0);
    }

private Q_SLOTS:

    void initTestCase()
    {
        makeRoot();
        if (QTest::currentTestFailed()) {
            return;
        }
        const QString raw = path("old.raw");
        const ToolRun made = makeMbrLinuxDisk(raw, ByteCount::mebibytes(128), ByteCount::mebibytes(127),
            {QStringLiteral("-U"), rootId, QStringLiteral("-d"), path("root")});
        QVERIFY2(made.isGood, qPrintable(made.output));
        m_old = path("old.vhd");
        TOOL(QStringLiteral("qemu-img"),
            {QStringLiteral("convert"), QStringLiteral("-f"), QStringLiteral("raw"), QStringLiteral("-O"),
                QStringLiteral("vpc"), QStringLiteral("-o"), QStringLiteral("force_size=on"), raw, m_old});
    }

    void thePlanSaysWhyAndTouchesNothing()
    {
        const LiveMachine::Said info =
            m_live.platterctl({QStringLiteral("disk"), QStringLiteral("info"), path("old.raw")});
        QVERIFY2(info.out.contains(QLatin1String("partitioned for BIOS firmware (MBR)")), qPrintable(info.out));
        QVERIFY2(info.out.contains(QLatin1String("disk migrate")), qPrintable(info.out));
        const QString target = path("planned.vhdx");
        const LiveMachine::Said plan = m_live.platterctl(
            {QStringLiteral("disk"), QStringLiteral("migrate"), m_old, target, QStringLiteral("--plan")});
        QVERIFY2(plan.code == 0, qPrintable(plan.err));
        for (const char* words :
            {"stays as it is", "GPT", "grows from 128 MiB to 393 MiB", "Partition 2, an EFI"}) {
            QVERIFY2(plan.out.contains(QLatin1String(words)), qPrintable(plan.out));
        }
        QVERIFY(!QFile::exists(target));
    }

    void aCrashLeavesAWholeTargetOrNone()
    {
        const QByteArray before = digest(m_old);
        const QString target = path("crashed.vhdx");
        int killed = 0;
        for (int delay = 50; delay <= 1200; delay += 115) {
            QProcess program;
            program.setProcessEnvironment(m_live.environment());
            program.start(QStringLiteral(PLATTER_BINARY_DIR "/bin/platterctl"),
                {QStringLiteral("disk"), QStringLiteral("migrate"), m_old, target});
            if (!program.waitForFinished(delay)) {
                program.kill();
                program.waitForFinished();
                ++killed;
            }
            // It may have been about to say that all is done.
            if (QFile::exists(target)) {
                const LiveMachine::Said check =
                    m_live.platterctl({QStringLiteral("disk"), QStringLiteral("check"), target});
                QVERIFY2(check.code == 0, qPrintable(check.out + check.err));
                const LiveMachine::Said info =
                    m_live.platterctl({QStringLiteral("disk"), QStringLiteral("info"), target});
                QVERIFY2(info.out.contains(QLatin1String("A machine starts from it")), qPrintable(info.out));
            }
            QFile::remove(target);
        }
        QVERIFY(killed > 0);
        QCOMPARE(digest(m_old), before);
    }

    void theCopyStartsByItsOwnMenu()
    {
        const QByteArray before = digest(m_old);
        const QString target = path("new.vhdx");
        const LiveMachine::Said said =
            m_live.platterctl({QStringLiteral("disk"), QStringLiteral("migrate"), m_old, target});
        QVERIFY2(said.code == 0, qPrintable(said.err));
        QVERIFY2(said.out.contains(QLatin1String("It starts with UEFI")), qPrintable(said.out));
        QCOMPARE(digest(m_old), before);

        const StoredMachine machine = m_live.make(QStringLiteral("box"), {{{0, 0}, DiskDrive{target}}});
        const auto session = m_live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        SerialConsole serial;
        QVERIFY(serial.open(m_live.runtime(machine).serial()));
        QVERIFY2(serial.waitFor(QStringLiteral("Platter sample guest ready")), qUtf8Printable(serial.transcript()));
        QVERIFY(serial.waitFor(QStringLiteral("# ")));
        RUNS("grep migrated=yes /proc/cmdline");
        RUNS("sfdisk -d /dev/sda | grep 'label: gpt'");
        RUNS("blkid /dev/sda1 | grep 11112222-3333-4444-8555-666677778888");
        RUNS("blkid /dev/sda2 | grep vfat");
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    // What starts already, and what mbr2gpt is for.
    void otherDisksAreRefused()
    {
        const LiveMachine::Said again = m_live.platterctl(
            {QStringLiteral("disk"), QStringLiteral("migrate"), path("new.vhdx"), path("again.vhdx")});
        QCOMPARE(again.code, 1);
        QVERIFY2(again.err.contains(QLatin1String("starts from it")), qPrintable(again.err));

        const QString windows = path("windows.raw");
        QFile disk(windows);
        QVERIFY(disk.open(QIODevice::ReadWrite) && disk.resize(64 * mebibyte));
        TOOL(QStringLiteral("sfdisk"), {QStringLiteral("--quiet"), windows},
            "label: dos\nstart=2048, type=7, bootable\n");
        // An NTFS boot sector, as far as libblkid asks: jump, name, sector and cluster sizes, counts, MFT places.
        QByteArray sector(512, '\0');
        sector.replace(0, 11, "\xEB\x52\x90NTFS    ");
        sector[0x0C] = 2;
        sector[0x0D] = 8;
        sector[0x15] = char(0xF8);
        sector[0x29] = 0x40;
        sector[0x30] = 4;
        sector[0x38] = 2;
        sector[0x40] = char(0xF6);
        sector[0x44] = 1;
        sector[0x1FE] = 0x55;
        sector[0x1FF] = char(0xAA);
        QVERIFY(disk.seek(mebibyte) && disk.write(sector) == sector.size());
        QByteArray record(1024, '\0');
        record.replace(0, 4, "FILE");
        for (const int cluster : {4, 2}) {
            QVERIFY(disk.seek(mebibyte + cluster * 4096) && disk.write(record) > 0);
            QVERIFY(disk.seek(mebibyte + cluster * 4096 + 3 * 1024) && disk.write(record) > 0);
        }
        QVERIFY(disk.flush());
        const LiveMachine::Said refused =
            m_live.platterctl({QStringLiteral("disk"), QStringLiteral("migrate"), windows, path("no.vhdx")});
        QCOMPARE(refused.code, 1);
        QVERIFY2(refused.err.contains(QLatin1String("mbr2gpt")), qPrintable(refused.err));
        QVERIFY(!QFile::exists(path("no.vhdx")));
    }
};

QTEST_GUILESS_MAIN(MigrateGuestTest)
#include "migrate_guest_test.moc"
