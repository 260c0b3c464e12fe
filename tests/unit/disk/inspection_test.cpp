// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/inspection.h"
#include "core/disk/inspection_text.h"
#include "descriptor_disk.h"
#include "run_tool.h"

#include <QJsonArray>
#include <QTest>

using namespace platter;

namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;
constexpr std::uint64_t gibibyte = 1024 * mebibyte;

ImageDetails everything()
{
    return ImageDetails{.file = QStringLiteral("/disks/system.vhdx"),
        .format = ImageKind::Vhdx,
        .type = ImageDetails::Type::Differencing,
        .sizeOnHost = ByteCount::mebibytes(68),
        .fileSize = ByteCount::mebibytes(70),
        .blockSize = ByteCount::mebibytes(32),
        .identifier = QStringLiteral("3a1f0c4e-1111-4222-8333-944444444444"),
        .dataIdentifier = QStringLiteral("f88d4d92-6fcc-408d-9bef-9b7c89f15c89"),
        .creator = QStringLiteral("Microsoft Windows 10.0.19041.0"),
        .created = QDateTime(QDate(2020, 5, 1), QTime(12, 0), QTimeZone::UTC),
        .parents = {{QStringLiteral("/disks/base.vhdx"), QStringLiteral(".\\base.vhdx"), QStringLiteral("a")},
            {QString(), QStringLiteral(".\\gone.vhdx"), QStringLiteral("b")}},
        .log = ImageDetails::Log::ToReplay,
        .fragmentation = Fragmentation{1234, 2, ByteCount::mebibytes(1)},
        .smallestSize = ByteCount::mebibytes(500)};
}

} // namespace

class InspectionTest : public QObject {
    Q_OBJECT

    static DescriptorDisk partitioned()
    {
        DescriptorDisk disk(gibibyte);
        const ToolRun made = runTool(QStringLiteral("sfdisk"), {QStringLiteral("--quiet"), disk.path()},
            "label: gpt\nlabel-id: 11111111-2222-3333-4444-555555555555\n"
            "start=1MiB, size=64MiB, type=U, name=\"EFI system partition\"\n"
            "size=100MiB, type=L, name=root\nsize=16MiB, type=S\n");
        const ToolRun formatted = runTool(QStringLiteral("mkfs.ext4"),
            {QStringLiteral("-q"), QStringLiteral("-F"), QStringLiteral("-L"), QStringLiteral("system"),
                QStringLiteral("-E"), QStringLiteral("offset=%1").arg(65 * mebibyte), disk.path(),
                QStringLiteral("100M")});
        if (!made.isGood || !formatted.isGood) {
            qCritical("%s %s", qPrintable(made.output), qPrintable(formatted.output));
        }
        disk.resize(2 * gibibyte);
        return disk;
    }

private Q_SLOTS:

    void printsEverything()
    {
        const DescriptorDisk disk = partitioned();
        const Result<DiskInspection> inspection = inspect(disk, everything());
        QVERIFY(inspection);
        QCOMPARE(toText(*inspection), QStringLiteral(R"(File:                /disks/system.vhdx
Format:              VHDX, differencing
Virtual size:        2 GiB (2,147,483,648 bytes)
Size on host:        68 MiB
Can be shrunk to:    181.02 MiB (189,809,152 bytes)
Block size:          32 MiB
Sectors:             512 bytes logical, 4096 bytes physical
Identifier:          3a1f0c4e-1111-4222-8333-944444444444
Data identifier:     f88d4d92-6fcc-408d-9bef-9b7c89f15c89
Creator:             Microsoft Windows 10.0.19041.0
Created:             2020-05-01 12:00:00 UTC
Parent:              /disks/base.vhdx
Its parent:          not found: .\gone.vhdx
Log:                 has changes that are to be replayed; the next program that writes does that
Blocks in the file:  1,234 in 2 runs, 1 MiB unused
Partition table:     GPT, 11111111-2222-3333-4444-555555555555

  No.    Start     Size    Used  Holds  Label                 Type
    1    1 MiB   64 MiB       -  -      EFI system partition  EFI System
    2   65 MiB  100 MiB  46 KiB  ext4   system                Linux filesystem
    3  165 MiB   16 MiB       -  -      -                     Linux swap

The partition table's copy (GPT) is not at the disk's end: the disk has been made larger. Repair it with --fix-gpt.
No machine starts from it: its parent is missing, with most of what is on the disk. Bring the parent back, or tell the disk where it is: platterctl disk reconnect.
)"));
    }

    void printsLittle()
    {
        DescriptorDisk disk(gibibyte, 4096);
        const Result<DiskInspection> inspection =
            inspect(disk, {.file = QStringLiteral("empty.raw"), .sizeOnHost = ByteCount(0)});
        QVERIFY(inspection);
        QCOMPARE(toText(*inspection), QStringLiteral(R"(File:              empty.raw
Format:            raw
Virtual size:      1 GiB (1,073,741,824 bytes)
Size on host:      0 bytes
Can be shrunk to:  1 GiB (1,073,741,824 bytes)
Sectors:           4096 bytes logical, 4096 bytes physical
Partition table:   none
No machine starts from it: it is empty. Put an installation medium into the machine's DVD drive and install a system on the disk.
)"));
    }

    void makesJson()
    {
        const DescriptorDisk disk = partitioned();
        const Result<DiskInspection> inspection = inspect(disk, everything());
        QVERIFY(inspection);
        const QJsonObject json = toJson(*inspection);
        const auto text = [&](const char* key) { return json.value(QLatin1String(key)).toString(); };
        QCOMPARE(text("format"), QStringLiteral("vhdx"));
        QCOMPARE(text("type"), QStringLiteral("differencing"));
        QCOMPARE(text("log"), QStringLiteral("to-replay"));
        QCOMPARE(text("created"), QStringLiteral("2020-05-01T12:00:00Z"));
        QCOMPARE(json.value(QLatin1String("virtualSize")).toInteger(), qint64(2 * gibibyte));
        QCOMPARE(json.value(QLatin1String("smallestSize")).toInteger(), qint64(181 * mebibyte + 33 * 512));
        QCOMPARE(json.value(QLatin1String("blockSize")).toInteger(), qint64(32 * mebibyte));
        const QJsonArray parents = json.value(QLatin1String("parents")).toArray();
        QCOMPARE(parents.size(), 2);
        QVERIFY(parents[0][QLatin1String("found")].toBool() && !parents[1][QLatin1String("found")].toBool());
        const QJsonObject table = json.value(QLatin1String("partitionTable")).toObject();
        QCOMPARE(table.value(QLatin1String("kind")).toString(), QStringLiteral("gpt"));
        QCOMPARE(table.value(QLatin1String("backupAtEnd")).toBool(true), false);
        const QJsonArray partitions = table.value(QLatin1String("partitions")).toArray();
        QCOMPARE(partitions.size(), 3);
        QVERIFY(partitions[0][QLatin1String("efiSystem")].toBool());
        QCOMPARE(partitions[1][QLatin1String("offset")].toInteger(), qint64(65 * mebibyte));
        QCOMPARE(partitions[1][QLatin1String("fileSystem")][QLatin1String("label")].toString(),
            QStringLiteral("system"));
        QCOMPARE(table.value(QLatin1String("problems"))[0][QLatin1String("problem")].toString(),
            QStringLiteral("backup-gpt-not-at-end"));
        const QJsonObject boot = json.value(QLatin1String("boot")).toObject();
        QCOMPARE(boot.value(QLatin1String("bootable")).toBool(true), false);
        // Whichever parent of the chain is lost.
        QCOMPARE(boot.value(QLatin1String("verdict")).toString(), QStringLiteral("parent-missing"));
    }

    void leavesOutOfJsonWhatIsNotKnown()
    {
        DescriptorDisk disk(gibibyte);
        const Result<DiskInspection> inspection = inspect(disk, {});
        QVERIFY(inspection);
        const QJsonObject json = toJson(*inspection);
        for (const char* key : {"file", "type", "blockSize", "identifier", "dataIdentifier", "creator", "created",
                 "parents", "log", "fragmentation"}) {
            QVERIFY2(!json.contains(QLatin1String(key)), key);
        }
    }

    void knowsHowFarADiskShrinks()
    {
        DescriptorDisk empty(gibibyte);
        ImageDetails details;
        details.smallestSize = ByteCount::mebibytes(96);
        QCOMPARE(inspect(empty, details)->smallestSize(), ByteCount::mebibytes(96));
        const DescriptorDisk disk = partitioned();
        QCOMPARE(inspect(disk, details)->smallestSize(), ByteCount(181 * mebibyte + 33 * 512));
    }
};

QTEST_GUILESS_MAIN(InspectionTest)
#include "inspection_test.moc"
