// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/partition_reader.h"
#include "descriptor_disk.h"
#include "run_tool.h"

#include <QTest>
#include <QtEndian>

using namespace platter;

using ProblemKind = PartitionProblem::Kind;

namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;
constexpr std::uint64_t gibibyte = 1024 * mebibyte;
constexpr std::uint64_t tebibyte = 1024 * gibibyte;

// ESP, a Linux and a Windows partition, with names and types.
const QByteArray threePartitions = "label: gpt\n"
                                   "label-id: 11111111-2222-3333-4444-555555555555\n"
                                   "start=1MiB, size=64MiB, type=U, name=\"EFI system partition\"\n"
                                   "size=100MiB, type=L, name=root, uuid=AAAAAAAA-0000-0000-0000-000000000001\n"
                                   "start=200MiB, size=32MiB, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7\n";

QStringList kinds(const PartitionTable& table)
{
    QStringList names;
    for (const PartitionProblem& problem : table.problems) {
        names << nameOf(problem.kind);
    }
    return names;
}

template <typename T>
T get(const DescriptorDisk& disk, std::uint64_t offset)
{
    std::array<std::byte, sizeof(T)> bytes{};
    if (!disk.read(offset, bytes)) {
        qFatal("read");
    }
    return qFromLittleEndian<T>(bytes.data());
}

template <typename T>
void put(DescriptorDisk& disk, std::uint64_t offset, T value)
{
    std::array<std::byte, sizeof(T)> bytes{};
    qToLittleEndian(value, bytes.data());
    if (!disk.write(offset, bytes)) {
        qFatal("write");
    }
}

// Makes the checksums of the header at SECTOR right again, after a test has changed it.
void seal(DescriptorDisk& disk, std::uint64_t sector)
{
    const std::uint64_t at = sector * disk.logicalSectorSize();
    std::vector<std::byte> header(92);
    put<quint32>(disk, at + 16, 0);
    QVERIFY(disk.read(at, header));
    put<quint32>(disk, at + 16, crc32(header));
}

} // namespace

class PartitionReaderTest : public QObject {
    Q_OBJECT

    static void partition(const DescriptorDisk& disk, const QByteArray& script)
    {
        const ToolRun run = runTool(QStringLiteral("sfdisk"),
            {QStringLiteral("--sector-size"), QString::number(disk.logicalSectorSize()), QStringLiteral("--quiet"),
                disk.path()},
            script);
        QVERIFY2(run.isGood, qPrintable(run.output));
    }

    static PartitionTable read(const DescriptorDisk& disk)
    {
        const Result<PartitionTable> table = readPartitionTable(disk);
        if (!table) {
            qCritical("%s %s", qPrintable(table.error().text()), qPrintable(table.error().detail));
            return {};
        }
        return *table;
    }

private Q_SLOTS:

    void readsGpt_data()
    {
        QTest::addColumn<quint64>("size");
        QTest::addColumn<quint32>("sectorSize");
        QTest::newRow("1 GiB") << quint64(gibibyte) << 512U;
        QTest::newRow("1 GiB, sectors of 4096") << quint64(gibibyte) << 4096U;
        QTest::newRow("3 TiB") << quint64(3 * tebibyte) << 512U;
        QTest::newRow("64 TiB") << quint64(64 * tebibyte) << 512U;
        QTest::newRow("64 TiB, sectors of 4096") << quint64(64 * tebibyte) << 4096U;
    }

    void readsGpt()
    {
        QFETCH(quint64, size);
        QFETCH(quint32, sectorSize);
        DescriptorDisk disk(size, sectorSize);
        partition(disk, threePartitions);
        const std::uint64_t before = disk.bytesRead();
        const PartitionTable table = read(disk);
        QVERIFY2(disk.bytesRead() - before < 24 * mebibyte, qPrintable(QString::number(disk.bytesRead())));
        QCOMPARE(table.kind, PartitionTable::Kind::Gpt);
        QCOMPARE(kinds(table), QStringList());
        QCOMPARE(table.id, QStringLiteral("11111111-2222-3333-4444-555555555555"));
        QVERIFY(table.backupAtEnd);
        const std::uint64_t backup = 16384 + sectorSize;
        QCOMPARE(table.backupSize, backup);
        QVERIFY(table.usable.offset >= 2 * sectorSize + 16384 && table.usable.offset <= mebibyte);
        QVERIFY(table.usable.end() <= size - backup && table.usable.end() > size - 2 * mebibyte);
        QCOMPARE(table.partitions.size(), 3U);
        const Partition& esp = table.partitions[0];
        QCOMPARE(esp.number, 1);
        QCOMPARE(esp.range, (DiskRange{mebibyte, 64 * mebibyte}));
        QCOMPARE(esp.name, QStringLiteral("EFI system partition"));
        QCOMPARE(esp.type, QStringLiteral("C12A7328-F81F-11D2-BA4B-00A0C93EC93B"));
        QCOMPARE(esp.typeName, QStringLiteral("EFI System"));
        QVERIFY(esp.isEfiSystem);
        const Partition& root = table.partitions[1];
        QCOMPARE(root.range, (DiskRange{65 * mebibyte, 100 * mebibyte}));
        QCOMPARE(root.typeName, QStringLiteral("Linux filesystem"));
        QCOMPARE(root.uuid, QStringLiteral("AAAAAAAA-0000-0000-0000-000000000001"));
        QVERIFY(!root.isEfiSystem && !root.fileSystem);
        QCOMPARE(table.endOfPartitions(), 232 * mebibyte);
        QCOMPARE(table.smallestDiskSize(), 232 * mebibyte + backup);
        QCOMPARE(table.rangesOutsidePartitions(),
            (std::vector<DiskRange>{{165 * mebibyte, 35 * mebibyte},
                {232 * mebibyte, std::min<std::uint64_t>(table.usable.end(), size - mebibyte) - 232 * mebibyte}}));
        QCOMPARE(table.freeRanges().back().end(), table.usable.end());
    }

    void readsMbrWithLogicalPartitions()
    {
        DescriptorDisk disk(4 * gibibyte);
        QByteArray script = "label: dos\nlabel-id: 0x1234abcd\n"
                            "start=1MiB, size=100MiB, type=83, bootable\n"
                            "start=101MiB, size=3GiB, type=5\n"
                            "start=3500MiB, size=64MiB, type=ef\n"
                            "start=3600MiB, size=10MiB, type=7\n";
        for (int i = 0; i < 20; ++i) {
            script += "start=" + QByteArray::number(110 + i * 100) + "MiB, size=90MiB, type=83\n";
        }
        partition(disk, script);
        const PartitionTable table = read(disk);
        QCOMPARE(table.kind, PartitionTable::Kind::Mbr);
        QCOMPARE(kinds(table), QStringList());
        QCOMPARE(table.id, QStringLiteral("0x1234abcd"));
        QCOMPARE(table.partitions.size(), 24U);
        QVERIFY(table.partitions[0].isActive);
        QCOMPARE(table.partitions[0].type, QStringLiteral("0x83"));
        QCOMPARE(table.partitions[0].typeName, QStringLiteral("Linux"));
        QVERIFY(table.partitions[1].isContainer);
        for (std::size_t i = 0; i < 20; ++i) {
            const Partition& logical = table.partitions[2 + i];
            QCOMPARE(logical.number, 5 + int(i));
            QCOMPARE(logical.range, (DiskRange{(110 + i * 100) * mebibyte, 90 * mebibyte}));
        }
        QVERIFY(table.partitions[22].isEfiSystem);
        QCOMPARE(table.partitions[22].number, 3);
        QCOMPARE(table.smallestDiskSize(), 3610 * mebibyte);
        // The tables between the logical partitions belong to nobody else either.
        QCOMPARE(table.rangesOutsidePartitions(),
            (std::vector<DiskRange>{{3173 * mebibyte, 327 * mebibyte}, {3564 * mebibyte, 36 * mebibyte},
                {3610 * mebibyte, 485 * mebibyte}}));
    }

    void followsNoCircleOfLogicalPartitions()
    {
        DescriptorDisk disk(gibibyte);
        partition(disk,
            "label: dos\nstart=1MiB, size=500MiB, type=5\n"
            "start=2MiB, size=10MiB, type=83\nstart=20MiB, size=10MiB, type=83\n"
            "start=40MiB, size=10MiB, type=83\n");
        QCOMPARE(read(disk).partitions.size(), 4U);
        constexpr std::uint64_t link = mebibyte + 446 + 16 + 8; // in the first one's own table
        for (const quint32 target : {0U, 30U * 2048, 2000U * 2048}) { // itself, a partition's data, past the end
            put<quint32>(disk, link, target);
            const PartitionTable table = read(disk);
            QCOMPARE(table.partitions.size(), 2U);
            QCOMPARE(kinds(table), QStringList{QStringLiteral("logical-chain-damaged")});
            QVERIFY(!table.isSound());
            QVERIFY(table.rangesOutsidePartitions().empty());
            QCOMPARE(table.smallestDiskSize(), disk.size());
        }
    }

    void knowsFileSystems_data()
    {
        QTest::addColumn<QStringList>("command"); // %1 the path, %2 the offset in bytes, %3 in sectors of 512
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("shown");
        QTest::addColumn<QString>("label");
        QTest::addColumn<QString>("uuid");
        const auto row = [](const char* name, const char* command, const char* type, const char* shown,
                             const char* label, const char* uuid) {
            QTest::newRow(name) << QString::fromLatin1(command).split(QLatin1Char(' ')) << QString::fromLatin1(type)
                                << QString::fromLatin1(shown) << QString::fromLatin1(label)
                                << QString::fromLatin1(uuid);
        };
        row("ext4", "mkfs.ext4 -q -F -L alabel -U 12345678-1234-1234-1234-123456789abc -E offset=%2 %1 100M",
            "ext4", "ext4", "alabel", "12345678-1234-1234-1234-123456789abc");
        row("ext2", "mkfs.ext2 -q -F -L two -U 12345678-1234-1234-1234-123456789abc -E offset=%2 %1 100M", "ext2",
            "ext2", "two", "12345678-1234-1234-1234-123456789abc");
        row("FAT16", "mkfs.vfat -F 16 -n SIXTEEN -i 12345678 --offset %3 %1 102400", "vfat", "FAT16", "SIXTEEN",
            "1234-5678");
        row("FAT32", "mkfs.vfat -F 32 -n THIRTYTWO -i 12345678 --offset %3 %1 102400", "vfat", "FAT32", "THIRTYTWO",
            "1234-5678");
        row("FAT32 with small clusters", "mkfs.vfat -F 32 -s 1 -n SMALL -i 12345678 --offset %3 %1 524288", "vfat",
            "FAT32", "SMALL", "1234-5678");
        row("swap", "mkswap -q -L aswap -U 12345678-1234-1234-1234-123456789abc --offset %2 %1", "swap", "swap",
            "aswap", "12345678-1234-1234-1234-123456789abc");
    }

    void knowsFileSystems()
    {
        QFETCH(QStringList, command);
        DescriptorDisk disk(gibibyte);
        constexpr std::uint64_t offset = 300 * mebibyte;
        for (QString& word : command) {
            word.replace(QLatin1String("%1"), disk.path())
                .replace(QLatin1String("%2"), QString::number(offset))
                .replace(QLatin1String("%3"), QString::number(offset / 512));
        }
        const QString program = command.takeFirst();
        const ToolRun run = runTool(program, command);
        QVERIFY2(run.isGood, qPrintable(run.output));
        partition(disk, "label: gpt\nstart=1MiB, size=10MiB\nstart=300MiB\n");
        const PartitionTable table = read(disk);
        QCOMPARE(table.partitions.size(), 2U);
        QVERIFY(!table.partitions[0].fileSystem);
        QVERIFY(table.partitions[1].fileSystem);
        const FileSystem& found = *table.partitions[1].fileSystem;
        QTEST(found.type, "type");
        QTEST(found.displayType(), "shown");
        QTEST(found.label, "label");
        QTEST(found.uuid, "uuid");
    }

    // The label is not where the signature is.
    void findsTheNameOfAnNtfsVolumeFarAway()
    {
        DescriptorDisk disk(tebibyte);
        constexpr std::uint64_t cluster = 4096;
        constexpr std::uint64_t mft = 786432;
        std::array<std::byte, 8> name{};
        std::ranges::copy(std::as_bytes(std::span("NTFS    ", 8)), name.begin());
        QVERIFY(disk.write(3, name));
        put<quint16>(disk, 11, 512);
        put<quint8>(disk, 13, 8);
        put<quint64>(disk, 40, tebibyte / 512);
        put<quint64>(disk, 48, mft);
        put<quint64>(disk, 56, 2);
        put<quint8>(disk, 64, 0xF6); // records of 1024 bytes
        put<quint64>(disk, 72, 0x1122334455667788);
        put<quint16>(disk, 510, 0xAA55);
        put<quint32>(disk, mft * cluster, 0x454C4946); // "FILE"
        const std::uint64_t volume = mft * cluster + 3 * 1024;
        put<quint32>(disk, volume, 0x454C4946);
        put<quint16>(disk, volume + 20, 56); // the first attribute
        put<quint32>(disk, volume + 24, 512);
        put<quint32>(disk, volume + 28, 1024);
        put<quint32>(disk, volume + 56, 0x60); // $VOLUME_NAME
        put<quint32>(disk, volume + 60, 40);
        put<quint32>(disk, volume + 56 + 16, 8); // bytes
        put<quint16>(disk, volume + 56 + 20, 24); // at
        put<quint64>(disk, volume + 56 + 24, 0x0061007400610044); // "Data"
        const PartitionTable table = read(disk);
        QCOMPARE(table.kind, PartitionTable::Kind::None);
        QVERIFY(table.fileSystem);
        QCOMPARE(table.fileSystem->type, QStringLiteral("ntfs"));
        QCOMPARE(table.fileSystem->label, QStringLiteral("Data"));
        QCOMPARE(table.fileSystem->uuid, QStringLiteral("1122334455667788"));
        QCOMPARE(table.smallestDiskSize(), tebibyte);
    }

    // Their boot sectors have the signature of an MBR.
    void takesNoFileSystemForAnMbr_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::addColumn<QString>("type");
        QTest::newRow("FAT32") << QStringList{QStringLiteral("mkfs.vfat"), QStringLiteral("-F32")}
                               << QStringLiteral("vfat");
        QTest::newRow("FAT16 with an MBR in it") << QStringList{QStringLiteral("mkfs.vfat"), QStringLiteral("-F16"),
            QStringLiteral("--mbr=y")} << QStringLiteral("vfat");
        QTest::newRow("ext4") << QStringList{QStringLiteral("mkfs.ext4"), QStringLiteral("-q")}
                              << QStringLiteral("ext4");
    }

    void takesNoFileSystemForAnMbr()
    {
        QFETCH(QStringList, command);
        DescriptorDisk disk(100 * mebibyte);
        const QString program = command.takeFirst();
        const ToolRun run = runTool(program, command << disk.path());
        QVERIFY2(run.isGood, qPrintable(run.output));
        const PartitionTable table = read(disk);
        QCOMPARE(table.kind, PartitionTable::Kind::None);
        QVERIFY(table.fileSystem);
        QTEST(table.fileSystem->type, "type");
    }

    void readsEmptyAndTinyDisks()
    {
        for (const std::uint64_t size : {0ULL, 512ULL, 1024ULL, 4096ULL, 1ULL << 20, 64ULL << 40}) {
            DescriptorDisk disk(size);
            const Result<PartitionTable> table = readPartitionTable(disk);
            QVERIFY(table);
            QCOMPARE(table->kind, PartitionTable::Kind::None);
            QVERIFY(!table->fileSystem && table->partitions.empty() && table->problems.empty());
        }
    }

    void saysWhatIsWrong_data()
    {
        using Change = std::function<void(DescriptorDisk&)>;
        QTest::addColumn<Change>("change");
        QTest::addColumn<QStringList>("problems");
        QTest::addColumn<int>("partitions");
        QTest::addColumn<bool>("isSound");
        const auto row = [](const char* name, QStringList problems, int partitions, bool isSound, Change change) {
            QTest::newRow(name) << std::move(change) << std::move(problems) << partitions << isSound;
        };
        using namespace Qt::StringLiterals;
        constexpr std::uint64_t lastSector = gibibyte / 512 - 1;
        row("nothing", {}, 3, true, [](DescriptorDisk&) { });
        row("made larger", {u"backup-gpt-not-at-end"_s}, 3, true,
            [](DescriptorDisk& disk) { disk.resize(64 * tebibyte); });
        row("made larger, backup damaged", {u"backup-gpt-not-at-end"_s, u"backup-gpt-damaged"_s}, 3, true,
            [](DescriptorDisk& disk) {
                put<quint8>(disk, lastSector * 512 + 60, 1);
                disk.resize(2 * gibibyte);
            });
        row("cut behind the partitions", {u"gpt-for-larger-disk"_s}, 3, true,
            [](DescriptorDisk& disk) { disk.resize(300 * mebibyte); });
        row("cut in a partition", {u"gpt-for-larger-disk"_s, u"partition-past-end"_s}, 3, false,
            [](DescriptorDisk& disk) { disk.resize(220 * mebibyte); });
        row("primary header damaged", {u"primary-gpt-damaged"_s}, 3, true,
            [](DescriptorDisk& disk) { put<quint8>(disk, 512 + 60, 1); });
        row("primary signature gone", {u"primary-gpt-damaged"_s}, 3, true,
            [](DescriptorDisk& disk) { put<quint64>(disk, 512, 0); });
        row("primary entries damaged", {u"primary-gpt-damaged"_s}, 3, true,
            [](DescriptorDisk& disk) { put<quint8>(disk, 1024 + 40, 0x77); });
        row("backup header damaged", {u"backup-gpt-damaged"_s}, 3, true,
            [](DescriptorDisk& disk) { put<quint8>(disk, lastSector * 512 + 60, 1); });
        row("backup entries damaged", {u"backup-gpt-damaged"_s}, 3, true,
            [](DescriptorDisk& disk) { put<quint8>(disk, (lastSector - 32) * 512 + 3, 1); });
        row("both damaged", {u"both-gpts-damaged"_s}, 0, false, [](DescriptorDisk& disk) {
            put<quint8>(disk, 512 + 60, 1);
            put<quint8>(disk, lastSector * 512 + 60, 1);
        });
        row("protective entry gone", {u"protective-mbr-missing"_s}, 1, false,
            [](DescriptorDisk& disk) { put<quint8>(disk, 446 + 4, 0); });
        row("hybrid", {u"hybrid-mbr"_s}, 3, false, [](DescriptorDisk& disk) {
            put<quint8>(disk, 446 + 16 + 4, 0x83);
            put<quint32>(disk, 446 + 16 + 8, 2048);
            put<quint32>(disk, 446 + 16 + 12, 2048);
        });
        row("copies differ", {u"gpts-differ"_s}, 3, false, [](DescriptorDisk& disk) {
            put<quint8>(disk, lastSector * 512 + 56, 0x77);
            seal(disk, lastSector);
        });
        row("array that no disk justifies", {u"primary-gpt-damaged"_s}, 3, true, [](DescriptorDisk& disk) {
            put<quint32>(disk, 512 + 80, 0xFFFFFFFF);
            seal(disk, 1);
        });
        row("entries of 8 bytes", {u"primary-gpt-damaged"_s}, 3, true, [](DescriptorDisk& disk) {
            put<quint32>(disk, 512 + 84, 8);
            seal(disk, 1);
        });
        row("usable range without an end", {u"primary-gpt-damaged"_s}, 3, true, [](DescriptorDisk& disk) {
            put<quint64>(disk, 512 + 48, ~quint64(0));
            seal(disk, 1);
        });
        row("backup in the primary's place", {u"primary-gpt-damaged"_s}, 3, true, [](DescriptorDisk& disk) {
            put<quint64>(disk, 512 + 32, 1);
            seal(disk, 1);
        });
        row("header from elsewhere", {u"primary-gpt-damaged"_s}, 3, true, [](DescriptorDisk& disk) {
            put<quint64>(disk, 512 + 24, 2);
            seal(disk, 1);
        });
        const auto moveSecond = [](quint64 first, quint64 last) {
            return [first, last](DescriptorDisk& disk) {
                put<quint64>(disk, 1024 + 128 + 32, first);
                put<quint64>(disk, 1024 + 128 + 40, last);
                std::vector<std::byte> entries(16384);
                QVERIFY(disk.read(1024, entries));
                put<quint32>(disk, 512 + 88, crc32(entries));
                seal(disk, 1);
                QVERIFY(disk.write((lastSector - 32) * 512, entries));
                put<quint32>(disk, lastSector * 512 + 88, crc32(entries));
                seal(disk, lastSector);
            };
        };
        row("partitions overlap", {u"partitions-overlap"_s}, 3, false, moveSecond(100000, 200000));
        row("partition past the end", {u"partition-past-end"_s}, 3, false, moveSecond(1000000, 9000000));
        row("partition that ends before it begins", {u"partition-reversed"_s}, 2, false,
            moveSecond(1000000, 900000));
        row("partition in the backup", {u"partition-over-table"_s}, 3, false, moveSecond(1000000, lastSector - 1));
        row("partition past every disk", {u"partition-past-end"_s}, 2, false, moveSecond(1000000, ~0ULL >> 1));
    }

    void saysWhatIsWrong()
    {
        QFETCH(std::function<void(DescriptorDisk&)>, change);
        QFETCH(int, partitions);
        DescriptorDisk disk(gibibyte);
        partition(disk, threePartitions);
        change(disk);
        const PartitionTable table = read(disk);
        QTEST(kinds(table), "problems");
        QCOMPARE(int(table.partitions.size()), partitions);
        QTEST(table.isSound(), "isSound");
        QCOMPARE(table.rangesOutsidePartitions().empty(), !table.isSound());
        for (const PartitionProblem& problem : table.problems) {
            QVERIFY(problem.sentence().endsWith(QLatin1Char('.')));
        }
        if (!table.isSound()) {
            QCOMPARE(table.smallestDiskSize(), disk.size());
        }
    }

    void saysThatThereIsAnotherTable()
    {
        DescriptorDisk disk(gibibyte);
        partition(disk, "label: sun\nsize=100MiB\n");
        const PartitionTable table = read(disk);
        QCOMPARE(table.kind, PartitionTable::Kind::None);
        QCOMPARE(kinds(table), QStringList{QStringLiteral("other-table")});
        QCOMPARE(table.problems[0].detail, QStringLiteral("sun"));
    }
};

QTEST_GUILESS_MAIN(PartitionReaderTest)
#include "partition_reader_test.moc"
