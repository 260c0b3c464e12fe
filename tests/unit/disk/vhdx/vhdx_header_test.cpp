// SPDX-License-Identifier: GPL-3.0-or-later
// The structures that a file has twice: which of the two is believed, and what is made of a file where they differ.
#include "core/disk/vhdx/check.h"
#include "core/disk/vhdx/rules.h"
#include "tests/unit/disk/vhdx/raw_bytes.h"
#include "tests/unit/disk/vhdx/sample_disk.h"

#include <QTest>

using namespace platter;
using namespace platter::vhdx;

namespace {

const QUuid guids[] = {QUuid(QStringLiteral("{11111111-2222-3333-4444-555555555555}")),
    QUuid(QStringLiteral("{66666666-7777-8888-9999-aaaaaaaaaaaa}"))};

MemoryFile someDisk()
{
    return makeDisk({.virtualSize = 64 * mebibyte, .blockSize = 2 * mebibyte});
}

// Headers with NUMBERS that can be told apart by their DataWriteGuid.
MemoryFile diskWithHeaders(std::uint64_t first, std::uint64_t second)
{
    MemoryFile file = someDisk();
    const std::uint64_t numbers[] = {first, second};
    for (std::size_t slot = 0; slot < 2; ++slot) {
        putNumber<quint64>(file, layout::headerOffsets[slot] + layout::header::sequenceNumber, numbers[slot]);
        putGuidAt(file, layout::headerOffsets[slot] + layout::header::dataWriteGuid, guids[slot]);
    }
    mendHeaders(file);
    return file;
}

void tear(MemoryFile& file, std::uint64_t offset)
{
    putNumber<quint8>(file, offset + 3000, numberAt<quint8>(file, offset + 3000) ^ 0xffU);
}

std::vector<FindingKind> findingsIn(const MemoryFile& file)
{
    std::vector<FindingKind> kinds;
    const Result<CheckReport> report = check(file);
    if (report) {
        std::ranges::transform(report->findings, std::back_inserter(kinds), &Finding::kind);
    }
    return kinds;
}

// Repairs FILE; whether nothing is left to be found.
bool isMendedByRepair(MemoryFile& file)
{
    const Result<CheckReport> report = check(file);
    return report && report->isRepairable() && repair(std::make_unique<Borrowed>(file), *report)
        && findingsIn(file).empty();
}

constexpr std::uint64_t lastNumber = ~std::uint64_t(0);

} // namespace

class VhdxHeaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void believesTheHeaderWithTheLargerNumber_data()
    {
        QTest::addColumn<quint64>("first");
        QTest::addColumn<quint64>("second");
        QTest::addColumn<int>("torn"); // slot, or -1
        QTest::addColumn<std::size_t>("current");
        QTest::newRow("the second") << quint64(5) << quint64(6) << -1 << std::size_t(1);
        QTest::newRow("the first") << quint64(7) << quint64(6) << -1 << std::size_t(0);
        QTest::newRow("the first, by far") << quint64(lastNumber - 5) << quint64(1) << -1 << std::size_t(0);
        QTest::newRow("unsigned") << quint64(1) << quint64(lastNumber - 5) << -1 << std::size_t(1);
        QTest::newRow("the largest there is")
            << quint64(lastNumber) << quint64(lastNumber - 1) << -1 << std::size_t(0);
        QTest::newRow("the newer one torn") << quint64(5) << quint64(6) << 1 << std::size_t(0);
        QTest::newRow("the older one torn") << quint64(5) << quint64(6) << 0 << std::size_t(1);
        QTest::newRow("one number, one torn") << quint64(6) << quint64(6) << 0 << std::size_t(1);
    }

    void believesTheHeaderWithTheLargerNumber()
    {
        QFETCH(quint64, first);
        QFETCH(quint64, second);
        QFETCH(int, torn);
        QFETCH(std::size_t, current);
        MemoryFile file = diskWithHeaders(first, second);
        if (torn >= 0) {
            tear(file, layout::headerOffsets[torn]);
        }
        const auto image = view(file);
        QVERIFY(image);
        QCOMPARE((*image)->header().dataWriteGuid, guids[current]);
        const auto found = findingsIn(file);
        QCOMPARE(found, torn < 0 ? std::vector<FindingKind>() : std::vector{FindingKind::HeaderDamaged});
        if (torn >= 0) {
            QVERIFY(isMendedByRepair(file));
            const auto mended = view(file);
            QVERIFY(mended);
            QCOMPARE((*mended)->header().dataWriteGuid, guids[current]);
        }
    }

    void acceptsTwoEqualHeaders()
    {
        // As Disk2vhd leaves them.
        MemoryFile file = someDisk();
        putBytes(file, layout::headerOffsets[0], bytesAt(file, layout::headerOffsets[1], layout::headerSize));
        QVERIFY(view(file));
        const auto editor = edit(file);
        QVERIFY(editor);
        Model model;
        QVERIFY(model.write(**editor, 3, 4));
        QVERIFY((*editor)->finish());
        const auto image = view(file);
        QVERIFY(image);
        QCOMPARE(model.compare(**image), QString());
    }

    void changesAsLongAsThereAreNumbers()
    {
        // A change takes two numbers, one for each header.
        const std::vector<std::byte> sector(4096);
        for (const std::uint64_t left : {0, 1, 2, 3}) {
            MemoryFile file = diskWithHeaders(lastNumber - left, lastNumber - left - 1);
            const auto editor = edit(file);
            QVERIFY(editor);
            const std::uint64_t before = file.contentHash();
            const Result<void> written = (*editor)->write(0, sector);
            QCOMPARE(written.has_value(), left >= 2);
            QVERIFY(view(file));
            if (!written) {
                QCOMPARE(file.contentHash(), before);
                QVERIFY(written.error().detail.contains(nameOf(Rule::HeaderSequenceExhausted)));
            }
        }
    }

    void oneRegionTableWillDo()
    {
        for (std::size_t torn = 0; torn < 2; ++torn) {
            MemoryFile file = someDisk();
            tear(file, layout::regionTableOffsets[torn]);
            const auto image = view(file);
            QVERIFY(image);
            QCOMPARE((*image)->structure().regions.copyIsValid[torn], false);
            QCOMPARE(findingsIn(file), std::vector{FindingKind::RegionTableDamaged});
            QVERIFY(isMendedByRepair(file));
            QVERIFY(bytesAt(file, layout::regionTableOffsets[0], layout::regionTableSize)
                == bytesAt(file, layout::regionTableOffsets[1], layout::regionTableSize));
            QVERIFY(view(file));
        }
    }

    void believesTheFirstOfTwoRegionTables()
    {
        // The second one names a place for the table that is not where it is.
        MemoryFile file = someDisk();
        QVERIFY(file.resize(6 * mebibyte));
        putNumber<quint64>(file,
            layout::regionTableOffsets[1] + layout::regionTable::entries + layout::regionTable::fileOffset,
            5 * mebibyte);
        mendRegionTables(file);
        const auto image = view(file);
        QVERIFY(image);
        QVERIFY(!(*image)->structure().regions.copiesAgree);
        QCOMPARE((*image)->bat().offset(), 3 * mebibyte);
        QCOMPARE(findingsIn(file), std::vector{FindingKind::RegionTableDamaged});
        QVERIFY(isMendedByRepair(file));
        const auto mended = view(file);
        QVERIFY(mended);
        QCOMPARE((*mended)->bat().offset(), 3 * mebibyte);
    }

    // A region of another program's, first in the table and between the others in the file.
    void keepsAnUnknownRegion()
    {
        const QUuid unknown(QStringLiteral("{0badf00d-0000-4000-8000-000000000001}"));
        namespace at = layout::regionTable;
        MemoryFile file = someDisk();
        QVERIFY(file.resize(6 * mebibyte));
        for (const std::uint64_t table : layout::regionTableOffsets) {
            const std::uint64_t entry = table + at::entries;
            putBytes(file, entry + at::entrySize, bytesAt(file, entry, 2 * at::entrySize));
            putGuidAt(file, entry, unknown);
            putNumber<quint64>(file, entry + at::fileOffset, 4 * mebibyte);
            putNumber<quint32>(file, entry + at::length, mebibyte);
            putNumber<quint32>(file, entry + at::flags, 0);
            putNumber<quint32>(file, table + at::entryCount, 3);
        }
        mendRegionTables(file);
        putBytes(file, 4 * mebibyte + 5000, Model::bytesOf(5));
        QCOMPARE(findingsIn(file), std::vector<FindingKind>());
        Model model;
        const auto editor = edit(file);
        QVERIFY(editor);
        for (std::uint32_t i = 0; i < 20; ++i) {
            QVERIFY(model.write(**editor, i * 600, i + 1));
        }
        QVERIFY((*editor)->finish());
        const auto image = view(file);
        QVERIFY(image);
        QCOMPARE(model.compare(**image), QString());
        const auto& regions = (*image)->structure().regions.regions;
        QCOMPARE(regions.size(), std::size_t(3));
        QCOMPARE(regions[0], (Region{unknown, 4 * mebibyte, mebibyte, 0}));
        QVERIFY(bytesAt(file, 4 * mebibyte + 5000, 4096) == Model::bytesOf(5));
        QCOMPARE(findingsIn(file), std::vector<FindingKind>());
    }
};

QTEST_GUILESS_MAIN(VhdxHeaderTest)
#include "vhdx_header_test.moc"
