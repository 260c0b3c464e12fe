// SPDX-License-Identifier: GPL-3.0-or-later
// Power cuts while a VHDX disk becomes larger or smaller: it has the old size or the new one, with every byte.
#include "core/disk/vhdx/resize.h"
#include "tests/crash/vhdx_states.h"

#include <QTest>

using namespace platter;
using namespace platter::vhdx;

namespace {

constexpr std::uint64_t mebi = std::uint64_t(1) << 20;
constexpr std::uint64_t gibi = std::uint64_t(1) << 30;

} // namespace

class VhdxResizeCrashTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        auto started = StateCheck::start();
        QVERIFY2(started, started ? "" : qPrintable(textOf(started.error())));
        m_states = *std::move(started);
    }

    void resizing_data()
    {
        QTest::addColumn<quint64>("size");
        QTest::addColumn<quint64>("parentSize"); // 0: none
        QTest::addColumn<quint32>("blockSize");
        QTest::addColumn<quint32>("sector");
        QTest::addColumn<bool>("fixed");
        QTest::addColumn<QList<quint64>>("sizes");
        const auto row = [](const char* name, quint64 size, quint64 parentSize, quint32 blockSize, quint32 sector,
                             bool fixed, const QList<quint64>& sizes) {
            QTest::newRow(name) << size << parentSize << blockSize << sector << fixed << sizes;
        };
        constexpr quint64 odd = 300 * 1024; // ends in the middle of a block
        constexpr quint32 one = 1 << 20;
        constexpr quint32 two = 2 << 20;
        row("expand in slots", 20 * mebi + odd, 0, one, 512, false, {40 * mebi});
        row("expand, table moves", 20 * mebi + odd, 0, one, 512, false, {300 * gibi});
        row("expand, table moves, 4096-byte sectors", 20 * mebi + odd, 0, one, 4096, false, {300 * gibi});
        row("expand fixed", 5 * mebi + odd, 0, two, 512, true, {31 * mebi});
        row("expand fixed, table moves", 5 * mebi + odd, 0, one, 512, true, {130 * gibi});
        row("expand child", 20 * mebi + odd, 20 * mebi + odd, one, 512, false, {40 * mebi});
        row("expand child below its parent", 12 * mebi + odd, 30 * mebi, two, 512, false, {20 * mebi});
        row("expand child beyond its parent", 12 * mebi + odd, 30 * mebi, two, 512, false, {50 * mebi});
        row("expand child below its parent, 4096-byte sectors", 12 * mebi + odd / 4096 * 4096, 30 * mebi, two, 4096,
            false, {20 * mebi});
        row("expand child into a second chunk", 12 * mebi + odd, 20 * mebi, one, 512, false, {5 * gibi});
        row("expand child, table moves", 12 * mebi + odd, 20 * mebi, one, 512, false, {200 * gibi});
        row("shrink", 40 * mebi, 0, one, 512, false, {9 * mebi + odd});
        row("shrink by several sectors of the table", 4 * gibi, 0, one, 512, false, {5 * mebi + odd});
        row("shrink fixed", 40 * mebi, 0, two, 512, true, {9 * mebi + odd});
        row("shrink child", 40 * mebi, 40 * mebi, two, 512, false, {9 * mebi + odd});
        row("shrink child by a chunk", 5 * gibi, 40 * mebi, one, 512, false, {9 * mebi + odd});
        row("shrink, then expand", 40 * mebi, 0, one, 512, false, {5 * mebi + odd, 40 * mebi});
        row("shrink fixed, then expand", 24 * mebi, 0, two, 512, true, {5 * mebi + odd, 24 * mebi});
        row("shrink child, then expand", 40 * mebi, 40 * mebi, two, 512, false, {5 * mebi + odd, 40 * mebi});
        row("expand with moving table, then shrink", 10 * mebi, 0, one, 512, false, {300 * gibi, 7 * mebi + odd});
    }

    void resizing()
    {
        QFETCH(quint64, size);
        QFETCH(quint64, parentSize);
        QFETCH(quint32, blockSize);
        QFETCH(quint32, sector);
        QFETCH(bool, fixed);
        QFETCH(QList<quint64>, sizes);
        std::mt19937 random(31);
        const auto fill = [&](Editor& editor, History& history) {
            return scribble(editor, history, random, 60, blockSize, fixed).and_then([&] {
                // The last block, which the end cuts in two.
                const std::uint64_t last = editor.size() / History::unit - 1;
                return history.write(editor, last, 4711);
            });
        };
        const NewDisk disk{
            .virtualSize = size, .blockSize = blockSize, .logicalSectorSize = sector, .isFixed = fixed};
        Subject subject = makeSubject(disk);
        if (parentSize > 0) {
            NewDisk parent = disk;
            parent.virtualSize = parentSize;
            Subject older = makeSubject(parent);
            prepare(older, fill);
            subject = makeChildSubject(older, disk);
        }
        prepare(subject, fill);
        RecordingFile recording(subject.file);
        const std::uint64_t first = subject.history.epoch();
        recording.mark(first);
        {
            const auto editor = edit(recording, subject.opener());
            QVERIFY(editor);
            Result<void> done;
            for (const quint64 next : sizes) {
                // Something is on its way when it begins.
                done = subject.history.write(**editor, 3, static_cast<std::uint32_t>(random() | 1U)).and_then([&] {
                    return subject.history.write(**editor, 700, static_cast<std::uint32_t>(random() | 1U));
                });
                subject.history.resize(next);
                done = done.and_then(
                    [&] { return next > (*editor)->size() ? expand(**editor, next) : shrink(**editor, next); });
                subject.history.settle(recording);
            }
            done = done.and_then([&] { return subject.history.write(**editor, 900, 1234567); }).and_then([&] {
                return (*editor)->finish();
            });
            QVERIFY2(done, done ? "" : qPrintable(textOf(done.error())));
            subject.history.settle(recording);
        }
        QCOMPARE(findingsIn(subject.file), QString());
        // Entries of a fixed image and of a child that hides its parent go into the table's free room beforehand.
        QCOMPARE(m_states->every(recording,
                     {.subject = subject, .mayLeaveStaleSlots = fixed || parentSize > 0, .firstEpoch = first}),
            QString());
    }

private:
    std::unique_ptr<StateCheck> m_states;
};

QTEST_GUILESS_MAIN(VhdxResizeCrashTest)
#include "vhdx_resize_crash_test.moc"
