// SPDX-License-Identifier: GPL-3.0-or-later
// Files as other programs may leave them: sound, but not as we would write them.
#include "core/disk/vhdx/check.h"
#include "core/disk/vhdx/checksum.h"
#include "core/disk/vhdx/resize.h"
#include "core/disk/vhdx/rules.h"
#include "core/little_endian.h"
#include "tests/unit/disk/vhdx/sample_disk.h"

#include <QTest>

using namespace platter;
using namespace platter::vhdx;

namespace {

constexpr std::uint64_t blockSize = mebibyte;
constexpr std::uint64_t unitsPerBlock = blockSize / Model::unit;

// A table entry becomes ENTRY, past the log.
void putEntry(MemoryFile& file, std::uint64_t number, BatEntry entry)
{
    const std::uint64_t table = (*view(file))->structure().regions.bat().offset;
    std::array<std::byte, layout::batEntrySize> bytes{};
    putLittleEndian<quint64>(bytes, 0, entry.raw());
    QVERIFY(file.write(table + number * layout::batEntrySize, bytes));
}

} // namespace

class VhdxForeignTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    // The places of blocks without data mean nothing: they may well be somebody else's.
    void aStalePlaceIsNotGivenAway()
    {
        const MemoryFile parent = makeDisk({.virtualSize = 16 * blockSize, .blockSize = blockSize});
        MemoryFile file = makeChild(parent, {.virtualSize = 16 * blockSize, .blockSize = blockSize});
        Model model;
        BatEntry used;
        {
            const auto editor = edit(file, parentIn(parent));
            QVERIFY(editor);
            QVERIFY(model.zero(**editor, 0, unitsPerBlock));
            QVERIFY(model.write(**editor, 5, 1));
            QVERIFY((*editor)->finish());
            used = *(*editor)->bat().at(0);
        }
        putEntry(file, 3, BatEntry::of(BlockState::NotPresent, used.offset));
        {
            const auto editor = edit(file, parentIn(parent));
            QVERIFY(editor);
            QVERIFY(model.zero(**editor, 3 * unitsPerBlock, 4 * unitsPerBlock));
            QVERIFY((*editor)->flush());
            QVERIFY(model.write(**editor, 7 * unitsPerBlock, 2));
            QVERIFY((*editor)->finish());
        }
        QCOMPARE(model.compare(**view(file, parentIn(parent))), QString());
        QVERIFY(check(file)->isSound());
    }

    // A place that an unmapped block keeps behind the file's end would be given to two blocks one day.
    void aPlaceBehindTheEndIsRefusedForChange()
    {
        MemoryFile file = makeDisk({.virtualSize = 16 * blockSize, .blockSize = blockSize});
        putEntry(file, 3, BatEntry::of(BlockState::Unmapped, file.size() + blockSize));
        QVERIFY(view(file));
        const auto editor = edit(file);
        QVERIFY(!editor);
        QVERIFY2(editor.error().detail.contains(nameOf(Rule::BatPastEnd)), qPrintable(editor.error().detail));
    }

    // Behind its entries a region table may hold anything; the checksum covers it.
    void aRegionTableWithARestIsReplacedAsAWhole()
    {
        MemoryFile file = makeDisk({.virtualSize = 16 * blockSize, .blockSize = blockSize});
        for (const std::uint64_t offset : layout::regionTableOffsets) {
            std::vector<std::byte> table(layout::regionTableSize);
            QVERIFY(file.read(offset, table));
            table[table.size() / 2] = std::byte(1);
            putLittleEndian<quint32>(
                table, layout::regionTable::checksum, checksumOf(table, layout::regionTable::checksum));
            QVERIFY(file.write(offset, table));
        }
        QVERIFY(check(file)->isSound());
        {
            const auto editor = edit(file);
            QVERIFY(editor);
            QVERIFY(expand(**editor, std::uint64_t(300) << 30));
            QVERIFY((*editor)->finish());
        }
        QVERIFY(check(file)->isSound());
    }

    // A log may say that the file is longer than it is by now.
    void aReplayedFileReadsBehindTheEnd()
    {
        const MemoryFile file(mebibyte);
        LogReplay replay;
        replay.lastFileOffset = 3 * mebibyte;
        const ReplayedFile replayed(file, replay);
        QCOMPARE(replayed.size(), 3 * mebibyte);
        std::vector<std::byte> bytes(Model::unit, std::byte(1));
        const Result<void> done = replayed.read(2 * mebibyte, bytes);
        QVERIFY2(done, done ? "" : qPrintable(done.error().detail));
        QCOMPARE(bytes, std::vector<std::byte>(Model::unit));
    }
};

QTEST_GUILESS_MAIN(VhdxForeignTest)
#include "vhdx_foreign_test.moc"
