// SPDX-License-Identifier: GPL-3.0-or-later
// A system that is installed on a VHDX boots after everything that platterctl can do to its disk. Installed once;
// each test has a copy. In its root there is a file with its checksum, and blocks that hold nothing but zeros.
#include "tests/cli/command_line.h"
#include "tests/guest/guest_machine.h"

#include <QDir>
#include <QFileInfo>

using namespace platter;

namespace {

constexpr std::uint64_t mebi = std::uint64_t(1) << 20;
constexpr std::uint64_t gibi = std::uint64_t(1) << 30;
constexpr std::uint64_t zeros = 128 * mebi; // that the guest wrote
constexpr SlotId diskSlot{0, 0};
constexpr SlotId dvdSlot{0, 1};

} // namespace

class DiskEditGuestTest : public QObject {
    Q_OBJECT

    std::unique_ptr<CommandLine> m_shell;

    QString path(const QString& name) const { return m_shell->path(name); }

    // platterctl disk WORDS, which must succeed.
    void edit(const char* words)
    {
        const Outcome outcome = m_shell->run(QStringLiteral("disk ") + QLatin1String(words));
        QVERIFY2(outcome.code == 0, qPrintable(QLatin1String(words) + u'\n' + outcome.out + outcome.err));
    }

    void qemuImg(const QStringList& arguments)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QStringLiteral("qemu-img"), arguments);
        QVERIFY(process.waitForFinished(120'000));
        QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0,
            qPrintable(arguments.join(u' ') + u'\n' + QString::fromUtf8(process.readAll())));
    }

    // To QEMU, too, the disk in FORMAT's file NAME is the one in the VHDX file OTHER.
    void compare(const char* format, const char* name, const char* other)
    {
        qemuImg({QStringLiteral("compare"), QStringLiteral("-f"), QLatin1String(format), QStringLiteral("-F"),
            QStringLiteral("vhdx"), path(QLatin1String(name)), path(QLatin1String(other))});
    }

    // The system on the VHDX file NAME starts, on a disk of SIZE bytes, and finds all that it knows. NOTE is what
    // it is to remember.
    void boot(const char* name, std::uint64_t size, const QString& note)
    {
        QString output;
        const QString file = path(QLatin1String(name));
        edit(qPrintable(QStringLiteral("check ") + QLatin1String(name)));
        qemuImg({QStringLiteral("check"), QStringLiteral("-q"), file});
        GuestMachine machine;
        machine.definition().drives = {{diskSlot, DiskDrive{file, DiskFormat::Vhdx}}};
        machine.definition().bootOrder = {diskSlot};
        BOOT(machine, "booted from disk sda");
        IN_GUEST(machine, output, "cat /sys/block/sda/size");
        QCOMPARE(output.trimmed().toULongLong() * 512, size);
        IN_GUEST(machine, output, "md5sum -c /root/sums");
        IN_GUEST(machine, output, "cat /root/note");
        QCOMPARE(output.trimmed(), m_note);
        // Neither the partition table nor the file system has met with anything odd.
        IN_GUEST(machine, output,
            "! dmesg | grep -e '[ (]GPT:' -e 'EXT4-fs.*recover' -e 'EXT4-fs error' -e 'I/O error'");
        const auto written = machine.serial().run(QStringLiteral("echo %1 > /root/note").arg(note));
        QVERIFY2(written && written->exitCode == 0, qPrintable(machine.transcript()));
        m_note = note;
        machine.serial().type(QStringLiteral("poweroff"));
        QVERIFY2(machine.waitForEnd(), qPrintable(machine.transcript()));
    }

    QString m_note;

#define MUST(step)                                                                                                 \
    do {                                                                                                           \
        step;                                                                                                      \
        if (QTest::currentTestFailed()) {                                                                          \
            return;                                                                                                \
        }                                                                                                          \
    } while (false)

private Q_SLOTS:

    void initTestCase()
    {
        m_shell = std::make_unique<CommandLine>();
        MUST(edit("create installed.vhdx --size 1G --block-size 1M"));
        QString output;
        GuestMachine machine;
        machine.definition().drives = {
            {diskSlot, DiskDrive{path(QStringLiteral("installed.vhdx")), DiskFormat::Vhdx}},
            {dvdSlot, DvdDrive{QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso")}}};
        machine.definition().bootOrder = {diskSlot, dvdSlot};
        BOOT(machine, "booted from DVD");
        IN_GUEST(machine, output, "dd if=/dev/zero of=/dev/sda bs=1M seek=600 count=128 && sync");
        IN_GUEST(machine, output, "install");
        IN_GUEST(machine, output,
            "mkdir /tmp/root && mount /dev/sda2 /tmp/root && "
            "dd if=/dev/urandom of=/tmp/root/root/bytes bs=1M count=16 && echo installed > /tmp/root/root/note && "
            "md5sum /tmp/root/root/bytes | sed 's,/tmp/root,,' > /tmp/root/root/sums && umount /tmp/root");
        machine.serial().type(QStringLiteral("poweroff"));
        QVERIFY2(machine.waitForEnd(), qPrintable(machine.transcript()));
    }

    void init()
    {
        m_note = QStringLiteral("installed");
        QVERIFY(QFile::copy(path(QStringLiteral("installed.vhdx")), path(QStringLiteral("disk.vhdx"))));
    }

    void cleanup()
    {
        for (const QFileInfo& file : QDir(path(QString())).entryInfoList(QDir::Files)) {
            if (file.fileName() != QLatin1String("installed.vhdx")) {
                QFile::remove(file.filePath());
            }
        }
    }

    void expandedAndShrunkAndCompacted()
    {
        MUST(edit("expand disk.vhdx 3G --fix-gpt"));
        MUST(boot("disk.vhdx", 3 * gibi, QStringLiteral("expanded")));
        MUST(edit("shrink disk.vhdx 1G"));
        const qint64 before = QFileInfo(path(QStringLiteral("disk.vhdx"))).size();
        MUST(edit("compact disk.vhdx"));
        const qint64 after = QFileInfo(path(QStringLiteral("disk.vhdx"))).size();
        // Some of the zeros the file system has written to since.
        QVERIFY2(before - after >= qint64(zeros / 2), qPrintable(QString::number(before - after)));
        MUST(boot("disk.vhdx", gibi, QStringLiteral("compacted")));
    }

    // The child shows its parent's system on a larger disk.
    void asAChild()
    {
        MUST(edit("create child.vhdx --parent disk.vhdx"));
        MUST(edit("create other.vhdx --parent disk.vhdx"));
        MUST(edit("expand child.vhdx 2G --fix-gpt"));
        MUST(edit("expand other.vhdx 2G --fix-gpt"));
        MUST(edit("flatten child.vhdx flat.vhdx --verify"));
        MUST(edit("flatten other.vhdx"));
        MUST(edit("merge child.vhdx"));
        QVERIFY(!QFile::exists(path(QStringLiteral("child.vhdx"))));
        MUST(compare("vhdx", "disk.vhdx", "flat.vhdx"));
        MUST(compare("vhdx", "other.vhdx", "flat.vhdx"));
        MUST(boot("flat.vhdx", 2 * gibi, QStringLiteral("flattened")));
    }

    void asAnotherFormatAndBack()
    {
        MUST(edit("convert disk.vhdx disk.raw --verify"));
        MUST(edit("convert disk.vhdx disk.vhd --verify"));
        MUST(edit("convert disk.vhd fixed.vhdx --type fixed --verify"));
        MUST(compare("raw", "disk.raw", "disk.vhdx"));
        MUST(compare("vhdx", "disk.vhdx", "fixed.vhdx"));
        MUST(boot("fixed.vhdx", gibi, QStringLiteral("converted")));
    }
};

QTEST_GUILESS_MAIN(DiskEditGuestTest)
#include "disk_edit_guest_test.moc"
