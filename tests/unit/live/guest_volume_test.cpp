// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/guest_volume.h"

#include <QProcess>
#include <QTest>

using namespace platter;

namespace {

GuestVolume ext4OnRoot()
{
    return {.disk = QStringLiteral("/dev/sda"),
        .diskSize = ByteCount::gibibytes(40),
        .partition = 2,
        .device = QStringLiteral("/dev/sda2"),
        .end = ByteCount(ByteCount::gibibytes(40).bytes() - ByteCount::mebibytes(1).bytes()),
        .type = QStringLiteral("ext4"),
        .mountPoint = QStringLiteral("/"),
        .size = ByteCount::gibibytes(37),
        .tools = growthTools};
}

constexpr ByteCount larger = ByteCount::gibibytes(80);

} // namespace

class GuestVolumeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void readsWhatALinuxSays()
    {
        const Result<GuestVolume> volume = readVolume(GuestSystem::Linux,
            "disk /dev/sda\ndiskSize 42949672960\npartition 2\nend 42948624384\ntable gpt\ndevice /dev/sda2\n"
            "size 42000000000\ntype ext4\nmountPoint /srv/my\\040data\nsize 41000000000\ntool growpart\n"
            "tool resize2fs\n");
        QVERIFY(volume);
        QCOMPARE(*volume,
            (GuestVolume{.disk = QStringLiteral("/dev/sda"),
                .diskSize = ByteCount(42949672960),
                .partition = 2,
                .device = QStringLiteral("/dev/sda2"),
                .end = ByteCount(42948624384),
                .type = QStringLiteral("ext4"),
                .mountPoint = QStringLiteral("/srv/my data"),
                .size = ByteCount(41000000000),
                .tools = {QStringLiteral("growpart"), QStringLiteral("resize2fs")}}));
        QCOMPARE(volume->name(), QStringLiteral("/dev/sda2 (ext4, mounted on /srv/my data)"));
    }

    void readsWhatWindowsSays()
    {
        const Result<GuestVolume> volume = readVolume(GuestSystem::Windows,
            "disk 0\r\ndiskSize 42949672960\r\npartition 3\r\nend 42948624384\r\npartitionType Basic\r\n"
            "device Partition 3\r\nsize 42000000000\r\ntype NTFS\r\nmountPoint C:\r\n");
        QVERIFY(volume);
        QCOMPARE(volume->name(), QStringLiteral("C: (NTFS)"));
        const Result<QStringList> commands = growthCommands(*volume, larger);
        QVERIFY(commands);
        QCOMPARE(*commands,
            QStringList{QStringLiteral("Resize-Partition -DiskNumber 0 -PartitionNumber 3 -Size "
                                       "(Get-PartitionSupportedSize -DiskNumber 0 -PartitionNumber 3).SizeMax")});
    }

    void knowsAGuestWithoutTheDisk()
    {
        for (const QByteArray& said :
            {QByteArray(), QByteArray("\n"), QByteArray("nonsense\xff\n disk\ndisk \n")}) {
            const Result<GuestVolume> volume = readVolume(GuestSystem::Linux, said);
            QVERIFY(!volume);
            QCOMPARE(volume.error().kind, ErrorKind::NotFound);
        }
    }

    void growsInLinux_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QStringList>("tools");
        QTest::addColumn<QStringList>("commands");
        const QString growpart = QStringLiteral("growpart /dev/sda 2");
        QTest::newRow("ext4") << QStringLiteral("ext4") << growthTools
                              << QStringList{growpart, QStringLiteral("resize2fs /dev/sda2")};
        QTest::newRow("xfs") << QStringLiteral("xfs") << growthTools
                             << QStringList{growpart, QStringLiteral("xfs_growfs /")};
        QTest::newRow("btrfs") << QStringLiteral("btrfs") << growthTools
                               << QStringList{growpart,
                                      QStringLiteral(
                                          "btrfs filesystem resize $(btrfs filesystem show / | "
                                          "sed -n 's|.*devid *\\([0-9]*\\) .*path /dev/sda2$|\\1|p'):max /")};
        QTest::newRow("no growpart")
            << QStringLiteral("ext4")
            << QStringList{QStringLiteral("sfdisk"), QStringLiteral("partx"), QStringLiteral("resize2fs")}
            << QStringList{QStringLiteral("echo ,+ | sfdisk --no-reread --no-tell-kernel --force -N 2 /dev/sda"),
                   QStringLiteral("partx --update --nr 2 /dev/sda"), QStringLiteral("resize2fs /dev/sda2")};
    }

    void growsInLinux()
    {
        QFETCH(QString, type);
        QFETCH(QStringList, tools);
        QFETCH(QStringList, commands);
        GuestVolume volume = ext4OnRoot();
        volume.type = type;
        volume.tools = tools;
        const Result<QStringList> answer = growthCommands(volume, larger);
        QVERIFY(answer);
        QCOMPARE(*answer, commands);
    }

    void leavesAPartitionThatHasGrownAlready()
    {
        const GuestVolume volume = ext4OnRoot();
        const Result<QStringList> commands = growthCommands(volume, volume.diskSize);
        QVERIFY(commands);
        QCOMPARE(*commands, QStringList{QStringLiteral("resize2fs /dev/sda2")});
    }

    void growsAFileSystemOnTheWholeDisk()
    {
        GuestVolume volume = ext4OnRoot();
        volume.partition = std::nullopt;
        volume.device = volume.disk;
        const Result<QStringList> commands = growthCommands(volume, larger);
        QVERIFY(commands);
        QCOMPARE(*commands, QStringList{QStringLiteral("resize2fs /dev/sda")});
    }

    void quotesWhereItIsMounted()
    {
        GuestVolume volume = ext4OnRoot();
        volume.type = QStringLiteral("xfs");
        volume.mountPoint = QStringLiteral("/it's; rm -rf /");
        const Result<QStringList> commands = growthCommands(volume, larger);
        QVERIFY(commands);
        QCOMPARE(commands->constLast(), QStringLiteral("xfs_growfs '/it'\\''s; rm -rf /'"));
    }

    void saysWhyItCannot_data()
    {
        QTest::addColumn<GuestVolume>("volume");
        QTest::addColumn<QString>("why");
        const auto row = [](const char* name, const std::function<void(GuestVolume&)>& change, const char* why) {
            GuestVolume volume = ext4OnRoot();
            change(volume);
            QTest::newRow(name) << volume << QString::fromLatin1(why);
        };
        const auto typed = [](const char* type) {
            return [type](GuestVolume& volume) { volume.type = QString::fromLatin1(type); };
        };
        row("swap", typed("swap"), "swap space");
        row("lvm", typed("LVM2_member"), "volume group");
        row("luks", typed("crypto_LUKS"), "encrypted");
        row("f2fs", typed("f2fs"), "f2fs");
        row("nothing", typed(""), "no file system");
        row("not mounted", [](GuestVolume& volume) { volume.mountPoint.clear(); }, "not mounted");
        row("logical", [](GuestVolume& volume) { volume.isLogical = true; }, "extended partition");
        row(
            "no tool", [](GuestVolume& volume) { volume.tools.removeOne(QStringLiteral("resize2fs")); },
            "no resize2fs");
        row(
            "no partitioner", [](GuestVolume& volume) { volume.tools = {QStringLiteral("resize2fs")}; },
            "no sfdisk");
        const auto windows = [](const char* partitionType, const char* type) {
            return [partitionType, type](GuestVolume& volume) {
                volume.system = GuestSystem::Windows;
                volume.partitionType = QString::fromLatin1(partitionType);
                volume.type = QString::fromLatin1(type);
            };
        };
        row("recovery", windows("Recovery", "NTFS"), "recovery partition");
        row("fat", windows("Basic", "FAT32"), "no file system that Windows can grow");
        row(
            "no partition",
            [&](GuestVolume& volume) {
                windows("", "")(volume);
                volume.partition = std::nullopt;
            },
            "no partition");
    }

    void saysWhyItCannot()
    {
        QFETCH(GuestVolume, volume);
        QFETCH(QString, why);
        const Result<QStringList> commands = growthCommands(volume, larger);
        QVERIFY(!commands);
        QCOMPARE(commands.error().kind, ErrorKind::Unsupported);
        QVERIFY2(commands.error().summary.contains(why), qUtf8Printable(commands.error().text()));
        QVERIFY(!commands.error().advice.isEmpty());
    }

    // The real shell on a computer that has no such disk: the script is sound and says nothing.
    void asksAShellForADiskThatIsNotThere()
    {
        QProcess shell;
        shell.start(QStringLiteral("/bin/sh"), {QStringLiteral("-euc"), lookScript(GuestSystem::Linux, {3, 63})});
        QVERIFY(shell.waitForFinished());
        QCOMPARE(shell.exitCode(), 0);
        QCOMPARE(shell.readAllStandardError(), QByteArray());
        QCOMPARE(shell.readAllStandardOutput(), QByteArray());
    }
};

QTEST_GUILESS_MAIN(GuestVolumeTest)
#include "guest_volume_test.moc"
