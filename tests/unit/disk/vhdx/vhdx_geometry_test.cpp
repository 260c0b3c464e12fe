// SPDX-License-Identifier: GPL-3.0-or-later
// Where the entries of the block allocation table lie, at every seam: chunks, last blocks, sector sizes; and
// entries that lie about places.
#include "core/disk/vhdx/check.h"
#include "core/disk/vhdx/create.h"
#include "core/disk/vhdx/rules.h"
#include "tests/unit/disk/vhdx/raw_bytes.h"
#include "tests/unit/disk/vhdx/sample_disk.h"

#include <QTest>

using namespace platter;
using namespace platter::vhdx;

namespace {

constexpr std::uint64_t gibibyte = 1024 * mebibyte;
constexpr std::uint64_t tebibyte = 1024 * gibibyte;

QString problemsOf(const MemoryFile& file)
{
    const Result<CheckReport> report = check(file);
    QStringList details;
    for (const Finding& finding : report ? report->findings : std::vector<Finding>()) {
        details << finding.sentence + u' ' + finding.detail;
    }
    return report ? details.join(u'\n') : report.error().detail;
}

#define VERIFY_DONE(result)                                                                                        \
    do {                                                                                                           \
        const auto& outcome = (result);                                                                            \
        QVERIFY2(outcome, outcome ? "" : qPrintable(outcome.error().summary + u' ' + outcome.error().detail));     \
    } while (false)

} // namespace

class VhdxGeometryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void theTableOfANewDiskStaysSmall()
    {
        QCOMPARE(dynamicBlockFor(512), quint32(32 * mebibyte));
        QCOMPARE(dynamicBlockFor(16 * tebibyte), quint32(32 * mebibyte));
        QCOMPARE(dynamicBlockFor(16 * tebibyte + 512), quint32(64 * mebibyte));
        QCOMPARE(dynamicBlockFor(64 * tebibyte), quint32(128 * mebibyte));
        QCOMPARE(dynamicBlockFor(~std::uint64_t(0)), quint32(256 * mebibyte)); // refused later
    }

    // Numbers worked out by hand from [MS-VHDX] §2.5.
    void countsEntries_data()
    {
        QTest::addColumn<quint64>("size");
        QTest::addColumn<quint64>("block"); // MiB
        QTest::addColumn<quint32>("sector");
        QTest::addColumn<quint64>("blocks");
        QTest::addColumn<quint64>("perChunk");
        QTest::addColumn<quint64>("alone");
        QTest::addColumn<quint64>("child");
        const auto row = [](const char* name, quint64 size, quint64 block, quint32 sector, quint64 blocks,
                             quint64 perChunk, quint64 alone, quint64 child) {
            QTest::newRow(name) << size << block << sector << blocks << perChunk << alone << child;
        };
        row("one sector", 512, 32, 512, 1, 128, 1, 129);
        row("a block less a sector", 32 * mebibyte - 512, 32, 512, 1, 128, 1, 129);
        row("a block and a sector", 32 * mebibyte + 512, 32, 512, 2, 128, 2, 129);
        row("a chunk", 4 * gibibyte, 32, 512, 128, 128, 128, 129);
        row("a chunk and a sector", 4 * gibibyte + 512, 32, 512, 129, 128, 130, 258);
        row("a chunk and a block", 4 * gibibyte + 32 * mebibyte, 32, 512, 129, 128, 130, 258);
        row("two chunks", 8 * gibibyte, 32, 512, 256, 128, 257, 258);
        row("1 MiB blocks", 4 * gibibyte, 1, 512, 4096, 4096, 4096, 4097);
        row("256 MiB blocks", 4 * gibibyte + 512, 256, 512, 17, 16, 18, 34);
        row("4096-byte sectors, a chunk", 32 * gibibyte, 1, 4096, 32768, 32768, 32768, 32769);
        row("4096-byte sectors, a chunk and a sector", 32 * gibibyte + 4096, 1, 4096, 32769, 32768, 32770, 65538);
        row("4096-byte sectors, 256 MiB blocks", 32 * gibibyte, 256, 4096, 128, 128, 128, 129);
        row("64 TiB", 64 * tebibyte, 1, 512, 67108864, 4096, 67108864 + 16383, 16384 * 4097);
    }

    void countsEntries()
    {
        QFETCH(quint64, size);
        QFETCH(quint64, block);
        QFETCH(quint32, sector);
        QFETCH(quint64, blocks);
        QFETCH(quint64, perChunk);
        QFETCH(quint64, alone);
        QFETCH(quint64, child);
        const auto blockSize = static_cast<std::uint32_t>(block * mebibyte);
        const BatLayout one(size, blockSize, sector, BatLayout::Kind::Alone);
        const BatLayout other(size, blockSize, sector, BatLayout::Kind::Child);
        QCOMPARE(one.blocks(), blocks);
        QCOMPARE(one.blocksPerChunk(), perChunk);
        QCOMPARE(one.entries(), alone);
        QCOMPARE(other.entries(), child);
        QCOMPARE(other.entryOfBitmap(other.chunks() - 1), child - 1);
        QCOMPARE(one.entryOfBlock(blocks - 1), alone - 1);
        for (const quint64 number : {quint64(0), perChunk - 1, perChunk, perChunk + 1, blocks - 1}) {
            if (number < blocks) {
                QCOMPARE(one.blockOfEntry(one.entryOfBlock(number)), std::optional<std::uint64_t>(number));
                QCOMPARE(one.chunkOfEntry(one.entryOfBlock(number)), one.chunkOfBlock(number));
            }
        }
        QCOMPARE(one.blockOfEntry(one.entryOfBitmap(0)), std::nullopt);
    }

    void holdsDataAtEverySeam_data()
    {
        QTest::addColumn<quint64>("size");
        QTest::addColumn<quint64>("block"); // MiB
        QTest::addColumn<quint32>("sector");
        QTest::addColumn<bool>("hasParent");
        const auto row = [](const char* name, quint64 size, quint64 block, quint32 sector) {
            QTest::addRow("%s", name) << size << block << sector << false;
            QTest::addRow("%s, with a parent", name) << size << block << sector << true;
        };
        row("a chunk", 4 * gibibyte, 2, 512);
        row("a chunk and a block", 4 * gibibyte + 2 * mebibyte, 2, 512);
        row("three chunks, the last block in part", 12 * gibibyte - mebibyte, 2, 512);
        row("4096-byte sectors", 32 * gibibyte + 8192, 2, 4096);
        row("256 MiB blocks", 9 * gibibyte, 256, 512);
        row("256 MiB blocks, 4096-byte sectors", 33 * gibibyte, 256, 4096);
        row("64 TiB", 64 * tebibyte, 1, 512);
    }

    void holdsDataAtEverySeam()
    {
        QFETCH(quint64, size);
        QFETCH(quint64, block);
        QFETCH(quint32, sector);
        QFETCH(bool, hasParent);
        const auto blockSize = static_cast<std::uint32_t>(block * mebibyte);
        const NewDisk disk{.virtualSize = size, .blockSize = blockSize, .logicalSectorSize = sector};
        MemoryFile parent = makeDisk({.virtualSize = size, .blockSize = 1 << 20, .logicalSectorSize = sector});
        MemoryFile file = hasParent ? makeChild(parent, disk) : makeDisk(disk);
        Model model;
        if (hasParent) {
            // Beside and between what the child will hold.
            const auto editor = edit(parent);
            VERIFY_DONE(editor);
            file = MemoryFile();
            for (const quint64 unit : {quint64(1), size / Model::unit - 2, size / Model::unit / 2}) {
                VERIFY_DONE(model.write(**editor, unit, 1000 + static_cast<std::uint32_t>(unit % 1000)));
            }
            VERIFY_DONE((*editor)->finish());
            file = makeChild(parent, disk);
        }
        const ParentOpener opener = hasParent ? parentIn(parent) : ParentOpener();
        const auto editor = edit(file, opener);
        VERIFY_DONE(editor);
        const std::uint64_t chunk = layout::sectorsPerBitmapBlock * sector;
        std::set<std::uint64_t> seams{0, size - Model::unit};
        for (const std::uint64_t step : {std::uint64_t(blockSize), chunk}) {
            for (std::uint64_t at = step; at < size && at <= 3 * step; at += step) {
                seams.insert(at - Model::unit);
                seams.insert(at);
            }
            const std::uint64_t last = (size - 1) / step * step;
            seams.insert(last);
            seams.insert(last >= Model::unit ? last - Model::unit : 0);
        }
        std::uint32_t number = 1;
        for (const std::uint64_t seam : seams) {
            if (seam % Model::unit == 0) {
                VERIFY_DONE(model.write(**editor, seam / Model::unit, number++));
            }
        }
        QVERIFY(number > 6);
        VERIFY_DONE((*editor)->finish());
        QCOMPARE(problemsOf(file), QString());
        const auto image = view(file, opener);
        VERIFY_DONE(image);
        QCOMPARE(model.compare(**image), QString());
        // Across a seam in one request.
        const std::uint64_t middle = std::min<std::uint64_t>(blockSize, size / 2);
        std::vector<std::byte> across(4 * Model::unit);
        VERIFY_DONE((*image)->read(middle - 2 * Model::unit, across));
        std::vector<std::byte> pieces;
        for (int i = 0; i < 4; ++i) {
            const auto found = model.units().find(middle / Model::unit - 2 + static_cast<std::uint64_t>(i));
            const auto bytes = Model::bytesOf(found == model.units().end() ? 0 : found->second);
            pieces.insert(pieces.end(), bytes.begin(), bytes.end());
        }
        QVERIFY(across == pieces);
    }

    // In a block that has no place the offset means nothing: another block may lie there.
    void aStaleOffsetIsNobodysPlace()
    {
        const NewDisk disk{.virtualSize = 64 * mebibyte, .blockSize = 2 * mebibyte};
        const MemoryFile parent = makeDisk(disk);
        const MemoryFile fresh = makeChild(parent, disk);
        for (const BlockState state : {BlockState::NotPresent, BlockState::Zero}) {
            MemoryFile file = fresh;
            Model model;
            {
                const auto editor = edit(file, parentIn(parent));
                VERIFY_DONE(editor);
                for (std::uint64_t unit = 0; unit < 512; ++unit) {
                    VERIFY_DONE(model.write(**editor, unit, 7));
                }
                VERIFY_DONE((*editor)->finish());
            }
            const auto before = view(file, parentIn(parent));
            VERIFY_DONE(before);
            const Result<BatEntry> first = (*before)->bat().at(0);
            VERIFY_DONE(first);
            QVERIFY(first->holdsData());
            putEntry(file, (*before)->bat().offset(), 5, BatEntry::of(state, first->offset).raw());
            const auto editor = edit(file, parentIn(parent));
            VERIFY_DONE(editor);
            VERIFY_DONE((*editor)->writeZeroes(10 * mebibyte, 2 * mebibyte));
            VERIFY_DONE((*editor)->flush());
            VERIFY_DONE(model.write(**editor, 20 * 256, 9));
            VERIFY_DONE((*editor)->finish());
            QCOMPARE(problemsOf(file).contains(u"same place"), false);
            const auto image = view(file, parentIn(parent));
            VERIFY_DONE(image);
            QCOMPARE(model.compare(**image), QString());
        }
    }

    void aBrokenEntryIsInNobodysWay()
    {
        MemoryFile file = makeDisk({.virtualSize = 64 * mebibyte, .blockSize = 2 * mebibyte});
        putEntry(file, 3 * mebibyte, 3, 4);
        const auto image = view(file);
        VERIFY_DONE(image);
        const Result<DiskRun> before = (*image)->runAt(mebibyte, 64 * mebibyte);
        VERIFY_DONE(before);
        QCOMPARE(*before, (DiskRun{DiskRun::Content::Zero, 5 * mebibyte}));
        QVERIFY(!(*image)->runAt(6 * mebibyte, mebibyte));
        const Result<DiskRun> behind = (*image)->runAt(8 * mebibyte, 64 * mebibyte);
        VERIFY_DONE(behind);
        QCOMPARE(behind->length, 56 * mebibyte);
    }

    void aBlockThatIsCutOffReadsAsZerosThere()
    {
        // QEMU leaves the last block of a file in part.
        MemoryFile file = makeDisk({.virtualSize = 64 * mebibyte, .blockSize = 32 * mebibyte});
        Model model;
        {
            const auto editor = edit(file);
            VERIFY_DONE(editor);
            VERIFY_DONE(model.write(**editor, 0, 1));
            VERIFY_DONE((*editor)->finish());
        }
        QVERIFY(file.resize(4 * mebibyte + 12288));
        const auto image = view(file);
        VERIFY_DONE(image);
        QCOMPARE(model.compare(**image), QString());
        const Result<DiskRun> run = (*image)->runAt(16384, mebibyte);
        VERIFY_DONE(run);
        QCOMPARE(run->content, DiskRun::Content::Zero);
        const auto editor = edit(file);
        VERIFY_DONE(editor);
        VERIFY_DONE(model.write(**editor, 8000, 2));
        VERIFY_DONE((*editor)->finish());
        const auto again = view(file);
        VERIFY_DONE(again);
        QCOMPARE(model.compare(**again), QString());
        QCOMPARE(problemsOf(file), QString());
    }

    void sayingWhereABlockLiesIsRightToTheByte()
    {
        MemoryFile file = makeDisk({.virtualSize = 5 * gibibyte, .blockSize = 1 << 20});
        Model model;
        const auto editor = edit(file);
        VERIFY_DONE(editor);
        for (const std::uint64_t unit : {std::uint64_t(1048576), std::uint64_t(5), std::uint64_t(1310719)}) {
            VERIFY_DONE(model.write(**editor, unit, static_cast<std::uint32_t>(unit)));
        }
        VERIFY_DONE((*editor)->finish());
        const auto image = view(file);
        VERIFY_DONE(image);
        std::uint64_t data = 0;
        for (std::uint64_t offset = 0; offset < (*image)->size();) {
            const Result<DiskRun> run = (*image)->runAt(offset, gibibyte);
            VERIFY_DONE(run);
            QVERIFY(run->length > 0);
            if (run->content == DiskRun::Content::Data) {
                QVERIFY(run->file != nullptr);
                data += run->length;
                std::vector<std::byte> disk(run->length);
                VERIFY_DONE((*image)->read(offset, disk));
                QVERIFY(disk == bytesAt(*run->file, run->fileOffset, run->length));
            }
            offset += run->length;
        }
        QCOMPARE(data, 3 * MemoryFile::pageSize);
    }
};

QTEST_GUILESS_MAIN(VhdxGeometryTest)
#include "vhdx_geometry_test.moc"
