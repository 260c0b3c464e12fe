// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/gpt_repair.h"
#include "core/disk/partition_reader.h"
#include "descriptor_disk.h"
#include "run_tool.h"

#include <QRandomGenerator>
#include <QTest>
#include <QtEndian>

#include <map>

using namespace platter;

namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;
constexpr std::uint64_t gibibyte = 1024 * mebibyte;
constexpr std::uint64_t tebibyte = 1024 * gibibyte;

const QByteArray twoPartitions = "label: gpt\n"
                                 "start=1MiB, size=64MiB, type=U, name=first\n"
                                 "start=100MiB, size=100MiB, type=L, name=second\n";

void partition(const DescriptorDisk& disk, const QByteArray& script)
{
    const ToolRun run = runTool(QStringLiteral("sfdisk"),
        {QStringLiteral("--sector-size"), QString::number(disk.logicalSectorSize()), QStringLiteral("--quiet"),
            disk.path()},
        script);
    QVERIFY2(run.isGood, qPrintable(run.output));
}

// sfdisk's own opinion.
QString verified(const DescriptorDisk& disk)
{
    const ToolRun run = runTool(QStringLiteral("sfdisk"),
        {QStringLiteral("--sector-size"), QString::number(disk.logicalSectorSize()), QStringLiteral("--verify"),
            disk.path()});
    return run.output;
}

template <typename T>
void put(DescriptorDisk& disk, std::uint64_t offset, T value)
{
    std::array<std::byte, sizeof(T)> bytes{};
    qToLittleEndian(value, bytes.data());
    QVERIFY(disk.write(offset, bytes));
}

enum class Damage { None, Primary, Backup };

} // namespace

Q_DECLARE_METATYPE(Damage)

class GptRepairTest : public QObject {
    Q_OBJECT

    // The disk before, its sectors changed as a power cut may leave them.
    struct CutDisk final : VirtualDisk {
        const DescriptorDisk& before;
        std::uint64_t diskSize;
        std::map<std::uint64_t, std::vector<std::byte>> sectors; // of 512 bytes

        CutDisk(const DescriptorDisk& disk, std::uint64_t size)
            : before(disk)
            , diskSize(size)
        {
        }

        std::uint64_t size() const override { return diskSize; }

        std::uint32_t logicalSectorSize() const override { return before.logicalSectorSize(); }

        std::uint32_t physicalSectorSize() const override { return 4096; }

        Result<DiskRun> runAt(std::uint64_t offset, std::uint64_t limit) const override
        {
            return DiskRun{DiskRun::Content::Data, std::min(limit, diskSize - offset), nullptr, 0};
        }

        Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override
        {
            if (Result<void> done = before.read(offset, into); !done) {
                return done;
            }
            for (auto at = sectors.lower_bound(offset / 512 * 512);
                at != sectors.end() && at->first < offset + into.size(); ++at) {
                for (std::size_t i = 0; i < 512; ++i) {
                    const std::uint64_t where = at->first + i;
                    if (where >= offset && where < offset + into.size()) {
                        into[where - offset] = at->second[i];
                    }
                }
            }
            return {};
        }
    };

private Q_SLOTS:

    void repairs_data()
    {
        QTest::addColumn<quint64>("before");
        QTest::addColumn<quint64>("after");
        QTest::addColumn<quint32>("sectorSize");
        QTest::addColumn<Damage>("damage");
        const auto row = [](const char* name, quint64 before, quint64 after, quint32 sectorSize = 512,
                             Damage damage = Damage::None) {
            QTest::newRow(name) << before << after << sectorSize << damage;
        };
        row("grown", gibibyte, 2 * gibibyte);
        row("grown by a sector", gibibyte, gibibyte + 512);
        row("grown by less than the backup", gibibyte, gibibyte + 20 * 512);
        row("grown to 64 TiB", gibibyte, 64 * tebibyte);
        row("grown past 2 TiB", tebibyte, 3 * tebibyte);
        row("grown, sectors of 4096", gibibyte, 2 * gibibyte, 4096);
        row("grown to 64 TiB, sectors of 4096", gibibyte, 64 * tebibyte, 4096);
        row("grown, backup damaged", gibibyte, 2 * gibibyte, 512, Damage::Backup);
        row("to be cut", gibibyte, 500 * mebibyte);
        row("to be cut by a sector", gibibyte, gibibyte - 512);
        row("to be cut to the last partition", gibibyte, 200 * mebibyte + 33 * 512);
        row("to be cut, sectors of 4096", gibibyte, 200 * mebibyte + 5 * 4096, 4096);
        row("to be cut from 64 TiB", 64 * tebibyte, gibibyte);
        row("to be cut, primary damaged", gibibyte, 500 * mebibyte, 512, Damage::Primary);
        row("to be cut, backup damaged", gibibyte, 500 * mebibyte, 512, Damage::Backup);
        row("primary damaged", gibibyte, gibibyte, 512, Damage::Primary);
        row("primary damaged, sectors of 4096", gibibyte, gibibyte, 4096, Damage::Primary);
        row("backup damaged", gibibyte, gibibyte, 512, Damage::Backup);
        row("in order", gibibyte, gibibyte);
    }

    // Every state that a power cut during the repair leaves has a sound table, and the end is as sfdisk wants it.
    void repairs()
    {
        QFETCH(quint64, before);
        QFETCH(quint64, after);
        QFETCH(quint32, sectorSize);
        QFETCH(Damage, damage);
        DescriptorDisk disk(before, sectorSize);
        partition(disk, twoPartitions);
        const Result<PartitionTable> original = readPartitionTable(disk);
        QVERIFY(original && original->problems.empty());
        if (damage == Damage::Primary) {
            put<quint64>(disk, sectorSize, 0x7777777777777777);
            put<quint64>(disk, 2 * sectorSize + 140, 0x7777777777777777);
        } else if (damage == Damage::Backup) {
            put<quint64>(disk, before - sectorSize, 0);
        }
        if (after > before) {
            disk.resize(after);
        }
        DescriptorDisk start(disk.size(), sectorSize); // what it was before
        for (const DiskRange& range : {DiskRange{0, mebibyte}, DiskRange{before - mebibyte, mebibyte}}) {
            std::vector<std::byte> bytes(range.length);
            QVERIFY(disk.read(range.offset, bytes) && start.write(range.offset, bytes));
        }
        disk.epochs.clear();

        QVERIFY(checkGptRepair(disk, after));
        QVERIFY(disk.epochs.empty());
        const Result<GptRepair> repair = repairGpt(disk, after);
        QVERIFY2(repair.has_value(), repair ? "" : qPrintable(repair.error().text() + repair.error().detail));
        QCOMPARE(repair->backupSector, after / sectorSize - 1);
        std::uint64_t written = 0;
        for (const auto& epoch : disk.epochs) {
            for (const DescriptorDisk::Write& write : epoch) {
                written += write.bytes.size();
            }
        }
        QCOMPARE(repair->bytesWritten, written);
        QVERIFY(disk.epochs.empty() || disk.epochs.back().empty()); // nothing is left unflushed
        QCOMPARE(written == 0, before == after && damage == Damage::None);

        // Power cuts.
        CutDisk cut(start, disk.size());
        const quint32 entries = readGptPair(start)->current()->entriesChecksum;
        const auto isWhole = [&] {
            const Result<GptPair> pair = readGptPair(cut);
            return pair && pair->isHonoured && pair->current() != nullptr
                && pair->current()->entriesChecksum == entries;
        };
        const auto isWholeToLibfdiskAndRepairable = [&] {
            const Result<PartitionTable> table = readPartitionTable(cut);
            if (!table || !table->isSound() || table->partitions != original->partitions) {
                return false;
            }
            DescriptorDisk again(cut.size(), sectorSize);
            const std::uint64_t end = cut.size();
            for (const std::uint64_t offset : std::initializer_list<std::uint64_t>{
                     0, before - 2 * mebibyte, after - 2 * mebibyte, end - 2 * mebibyte}) {
                std::vector<std::byte> bytes(2 * mebibyte);
                if (!cut.read(offset, bytes) || !again.write(offset, bytes)) {
                    return false;
                }
            }
            if (!repairGpt(again, after)) {
                return false;
            }
            again.resize(after);
            const Result<PartitionTable> repaired = readPartitionTable(again);
            return repaired && repaired->problems.empty() && repaired->partitions == original->partitions;
        };
        QRandomGenerator random(1);
        int states = 0;
        for (const auto& epoch : disk.epochs) {
            std::vector<std::pair<std::uint64_t, std::vector<std::byte>>> pieces;
            for (const DescriptorDisk::Write& write : epoch) {
                for (std::size_t at = 0; at < write.bytes.size(); at += 512) {
                    pieces.emplace_back(write.offset + at,
                        std::vector(
                            write.bytes.begin() + qsizetype(at), write.bytes.begin() + qsizetype(at) + 512));
                }
            }
            const auto safe = cut.sectors;
            // All prefixes, all but one, and 200 at random.
            for (std::size_t state = 0; !pieces.empty() && state < 2 * pieces.size() + 200; ++state, ++states) {
                cut.sectors = safe;
                for (std::size_t i = 0; i < pieces.size(); ++i) {
                    const bool isWritten = state < pieces.size() ? i < state
                        : state < 2 * pieces.size()              ? i != state - pieces.size()
                                                                 : random.bounded(2) != 0;
                    if (isWritten) {
                        cut.sectors[pieces[i].first] = pieces[i].second;
                    }
                }
                QVERIFY2(isWhole(), qPrintable(QString::number(state)));
                if (state % 20 == 1) {
                    QVERIFY2(isWholeToLibfdiskAndRepairable(), qPrintable(QString::number(state)));
                }
            }
            cut.sectors = safe;
            for (const auto& [offset, bytes] : pieces) {
                cut.sectors[offset] = bytes;
            }
        }
        QVERIFY(isWholeToLibfdiskAndRepairable());
        QVERIFY(written == 0 || states > 200);
        QCOMPARE(repairGpt(disk, after)->bytesWritten, 0U);

        disk.resize(after);
        const Result<PartitionTable> table = readPartitionTable(disk);
        QVERIFY(table && table->problems.empty() && table->backupAtEnd);
        QCOMPARE(table->partitions, original->partitions);
        QCOMPARE(table->id, original->id);
        QCOMPARE(table->usable.offset, original->usable.offset);
        QCOMPARE(table->usable.end(), after - (table->backupSize + sectorSize - 1) / sectorSize * sectorSize);
        const QString verdict = verified(disk);
        QVERIFY2(verdict.contains(QLatin1String("No errors detected")), qPrintable(verdict));
        QVERIFY2(!verdict.contains(QLatin1String("mismatch")), qPrintable(verdict));
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<quint64>("size");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QString>("words");
        QTest::newRow("MBR") << QByteArray("label: dos\nsize=10MiB\n") << quint64(gibibyte)
                             << ErrorKind::InvalidInput << QStringLiteral("GPT");
        QTest::newRow("no table") << QByteArray() << quint64(gibibyte) << ErrorKind::InvalidInput
                                  << QStringLiteral("GPT");
        QTest::newRow("larger than the disk")
            << twoPartitions << quint64(2 * gibibyte) << ErrorKind::InvalidInput << QStringLiteral("2 GiB");
        QTest::newRow("in a partition")
            << twoPartitions << quint64(150 * mebibyte) << ErrorKind::WrongState << QStringLiteral("Partition 2");
        QTest::newRow("no room for the backup") << twoPartitions << quint64(200 * mebibyte + 32 * 512)
                                                << ErrorKind::WrongState << QStringLiteral("Partition 2");
        QTest::newRow("no room for the table") << QByteArray("label: gpt\n") << quint64(512 * 40)
                                               << ErrorKind::InvalidInput << QStringLiteral("20 KiB");
    }

    void refuses()
    {
        QFETCH(QByteArray, script);
        QFETCH(quint64, size);
        DescriptorDisk disk(gibibyte);
        if (!script.isEmpty()) {
            partition(disk, script);
        }
        const Result<GptRepair> repair = repairGpt(disk, size);
        QVERIFY(!repair);
        QTEST(repair.error().kind, "kind");
        QFETCH(QString, words);
        QVERIFY2(repair.error().summary.contains(words), qPrintable(repair.error().summary));
        QVERIFY(!repair.error().advice.isEmpty());
        QVERIFY(disk.epochs.empty());
        QCOMPARE(checkGptRepair(disk, size).error(), repair.error());
    }

    void refusesDamageBeyondRepair()
    {
        DescriptorDisk disk(gibibyte);
        partition(disk, twoPartitions);
        put<quint8>(disk, 512 + 60, 1);
        put<quint8>(disk, gibibyte - 512 + 60, 1);
        disk.epochs.clear();
        const Result<GptRepair> repair = repairGpt(disk, gibibyte);
        QVERIFY(!repair);
        QCOMPARE(repair.error().kind, ErrorKind::Corrupt);
        QVERIFY(disk.epochs.empty());
    }

    // An empty table follows the size as well.
    void movesTheBackupOfAnEmptyTable()
    {
        DescriptorDisk disk(gibibyte);
        partition(disk, "label: gpt\n");
        const Result<GptRepair> repair = repairGpt(disk, 10 * mebibyte);
        QVERIFY2(repair.has_value(), repair ? "" : qPrintable(repair.error().text() + repair.error().detail));
        disk.resize(10 * mebibyte);
        const QString verdict = verified(disk);
        QVERIFY2(verdict.contains(QLatin1String("No errors detected")), qPrintable(verdict));
    }

    // Names the bytes that are none of its business.
    void changesNothingElse()
    {
        DescriptorDisk disk(gibibyte);
        partition(disk, twoPartitions);
        disk.resize(2 * gibibyte);
        disk.epochs.clear();
        QVERIFY(repairGpt(disk, 2 * gibibyte));
        for (const auto& epoch : disk.epochs) {
            for (const DescriptorDisk::Write& write : epoch) {
                QVERIFY(write.offset < 34 * 512 || write.offset >= 2 * gibibyte - 33 * 512);
            }
        }
    }
};

QTEST_GUILESS_MAIN(GptRepairTest)
#include "gpt_repair_test.moc"
