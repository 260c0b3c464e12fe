// SPDX-License-Identifier: GPL-3.0-or-later
// Over tables that sfdisk has written; sfdisk's own check judges what comes out.
#include "core/disk/host_file.h"
#include "core/disk/partition_reader.h"
#include "core/disk/patched_disk.h"
#include "core/disk/raw_disk.h"
#include "core/disk/uefi_layout.h"
#include "run_tool.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

} // namespace

class UefiLayoutTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    // A disk of MEBIBYTES, partitioned by SCRIPT, full of its own sector numbers.
    std::unique_ptr<VirtualDisk> makeDisk(const QByteArray& script, qint64 mebibytes)
    {
        const QString path = m_folder.filePath(QStringLiteral("disk.raw"));
        QFile::remove(path);
        QFile disk(path);
        if (!disk.open(QIODevice::ReadWrite)) {
            return nullptr;
        }
        QByteArray bytes(mebibytes * qint64(mebibyte), '\0');
        for (qsizetype at = 0; at + 8 <= bytes.size(); at += 4096) {
            memcpy(bytes.data() + at, &at, sizeof at);
        }
        disk.write(bytes);
        disk.close();
        const ToolRun ran = runTool(
            QStringLiteral("sfdisk"), {QStringLiteral("--quiet"), QStringLiteral("--wipe=always"), path}, script);
        if (!ran.isGood) {
            qWarning("%s", qPrintable(ran.output));
            return nullptr;
        }
        return std::make_unique<RawDisk>(HostFile::open(path, HostFile::Access::ReadOnly).value());
    }

private Q_SLOTS:

    void everyPartitionKeepsItsPlaceAndNumber_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<int>("mebibytes");
        QTest::addColumn<int>("efiAt"); // MiB
        QTest::addColumn<int>("sizeAfter"); // MiB
        QTest::newRow("full disk") << QByteArray("label: dos\nstart=2048, type=83\n") << 64 << 64 << 329;
        QTest::newRow("as DOS aligned it")
            << QByteArray("label: dos\nstart=63, size=65473, type=83\n") << 64 << 32 << 297;
        QTest::newRow("room at the end")
            << QByteArray("label: dos\nstart=1MiB, size=31MiB, type=83\n") << 400 << 32 << 400;
        QTest::newRow("room in between")
            << QByteArray("label: dos\nstart=1MiB, size=9MiB, type=82\nstart=300MiB, type=8e\n") << 320 << 10
            << 321;
        QTest::newRow("logical partitions")
            << QByteArray("label: dos\nstart=1MiB, size=8MiB, type=83\nstart=10MiB, type=5\n"
                          "start=11MiB, size=4MiB, type=82\nstart=16MiB, size=8MiB, type=83\n")
            << 32 << 24 << 289;
        QTest::newRow("GPT without an EFI system partition")
            << QByteArray("label: gpt\nstart=1MiB, size=1MiB, type=21686148-6449-6E6F-744E-656564454649\n"
                          "start=2MiB, size=20MiB, type=linux, name=\"root\"\n")
            << 32 << 22 << 287;
    }

    void everyPartitionKeepsItsPlaceAndNumber()
    {
        QFETCH(QByteArray, script);
        QFETCH(int, mebibytes);
        QFETCH(int, efiAt);
        QFETCH(int, sizeAfter);
        std::unique_ptr<VirtualDisk> disk = makeDisk(script, mebibytes);
        QVERIFY(disk);
        const PartitionTable before = readPartitionTable(*disk).value();
        const Result<UefiLayout> layout = layOutForUefi(before, std::nullopt);
        QVERIFY2(layout, qPrintable(layout ? QString() : layout.error().text()));
        QCOMPARE(layout->efiPartition.offset, std::uint64_t(efiAt) * mebibyte);
        QCOMPARE(layout->diskSize, std::uint64_t(sizeAfter) * mebibyte);

        SparseCopy patch = SparseCopy::make(layout->diskSize).value();
        const Result<std::vector<DiskRange>> ranges = writeUefiTable(*layout, patch, 512, 512);
        QVERIFY2(ranges, qPrintable(ranges ? QString() : ranges.error().text() + ranges.error().detail));
        const PatchedDisk after(std::move(disk), std::move(patch), *ranges);
        const PartitionTable table = readPartitionTable(after).value();
        QCOMPARE(table.kind, PartitionTable::Kind::Gpt);
        QVERIFY2(table.problems.empty(),
            qPrintable(table.problems.empty() ? QString() : table.problems.front().sentence()));
        QVERIFY(table.backupAtEnd);
        QCOMPARE(table.partitions.size(), layout->partitions.size() + 1);
        for (const Partition& old : before.partitions) {
            if (old.isContainer) {
                continue;
            }
            const auto kept = std::ranges::find(table.partitions, old.number, &Partition::number);
            QVERIFY(kept != table.partitions.end());
            QVERIFY(kept->range == old.range);
            if (before.kind == PartitionTable::Kind::Gpt) {
                QCOMPARE(kept->uuid, old.uuid);
                QCOMPARE(kept->type, old.type);
                QCOMPARE(kept->name, old.name);
            }
            // Its bytes are those of before.
            std::int64_t mark = 0;
            const std::uint64_t at = (old.range.offset + 4095) / 4096 * 4096;
            QVERIFY(after.read(at, std::as_writable_bytes(std::span(&mark, 1))));
            QCOMPARE(std::uint64_t(mark), at);
        }
        QCOMPARE(std::ranges::count_if(table.partitions, &Partition::isEfiSystem), 1);

        const QString made = m_folder.filePath(QStringLiteral("made.raw"));
        QFile file(made);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        std::vector<std::byte> bytes(after.size());
        QVERIFY(after.read(0, bytes));
        QVERIFY(file.write(reinterpret_cast<const char*>(bytes.data()), qint64(bytes.size())) > 0);
        file.close();
        const ToolRun verified = runTool(QStringLiteral("sfdisk"), {QStringLiteral("--verify"), made});
        QVERIFY2(verified.isGood && verified.output.contains(QLatin1String("No errors detected")),
            qPrintable(verified.output));
    }

    void theMapCoversTheDisk()
    {
        std::unique_ptr<VirtualDisk> disk = makeDisk("label: dos\nstart=2048, type=83\n", 8);
        QVERIFY(disk);
        SparseCopy patch = SparseCopy::make(16 * mebibyte).value();
        const std::byte one[4096]{std::byte{1}};
        QVERIFY(patch.write(4 * mebibyte, one));
        const PatchedDisk patched(std::move(disk), std::move(patch), {{4 * mebibyte, mebibyte}});
        std::uint64_t data = 0;
        for (std::uint64_t at = 0; at < patched.size();) {
            const DiskRun run = patched.runAt(at, patched.size() - at).value();
            QVERIFY(run.length > 0 && at + run.length <= patched.size());
            data += run.content == DiskRun::Content::Data ? run.length : 0;
            at += run.length;
        }
        QVERIFY(data >= 4096 && data <= 7 * mebibyte + 4096);
        std::byte bytes[8]{};
        QVERIFY(patched.read(5 * mebibyte - 4, bytes)); // the patch's zeros and the disk's mark
        QVERIFY(bytes[0] == std::byte{} && bytes[6] != std::byte{});
        QVERIFY(patched.read(8 * mebibyte - 4, bytes));
        QVERIFY(!patched.read(16 * mebibyte - 4, bytes));
    }

    void whatHasNoPlaceIsSaid()
    {
        std::unique_ptr<VirtualDisk> disk = makeDisk("label: dos\nstart=2048, type=83\n", 64);
        QVERIFY(disk);
        const PartitionTable table = readPartitionTable(*disk).value();
        const Result<UefiLayout> small = layOutForUefi(table, ByteCount::mebibytes(200));
        QCOMPARE(small.error().kind, ErrorKind::InvalidInput);
        QVERIFY2(small.error().advice.contains(QLatin1String("329 MiB")), qPrintable(small.error().advice));
        QCOMPARE(layOutForUefi(table, ByteCount::mebibytes(400))->diskSize, 400 * mebibyte);
        disk = makeDisk("label: dos\nstart=8, type=83\n", 64);
        QVERIFY(disk);
        QCOMPARE(
            layOutForUefi(readPartitionTable(*disk).value(), std::nullopt).error().kind, ErrorKind::WrongState);
    }
};

QTEST_GUILESS_MAIN(UefiLayoutTest)
#include "uefi_layout_test.moc"
