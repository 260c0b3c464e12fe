// SPDX-License-Identifier: GPL-3.0-or-later
// Every call that a writer of VHDX files makes fails once: a clear error, and the file is as it was or as it was to
// be.
#include "core/disk/vhdx/compact.h"
#include "core/disk/vhdx/parent_edit.h"
#include "core/disk/vhdx/resize.h"
#include "tests/crash/vhdx_states.h"
#include "tests/disk/failing_file.h"

#include <QTest>

using namespace platter;
using namespace platter::vhdx;

namespace {

constexpr std::uint64_t mebi = std::uint64_t(1) << 20;
constexpr std::uint64_t gibi = std::uint64_t(1) << 30;

using Work = std::function<Result<void>(Editor&, History&)>;

Result<void> writeSome(Editor& editor, History& history)
{
    const std::uint64_t perBlock = editor.metadata().blockSize / History::unit;
    return history.write(editor, 2, 11)
        .and_then([&] { return history.write(editor, 3 * perBlock + 1, 12); })
        .and_then([&] { return editor.flush(); })
        .and_then([&] { return history.zero(editor, 0, perBlock); })
        .and_then([&] { return history.write(editor, 2 * perBlock - 1, 13); })
        .and_then([&] { return history.trim(editor, perBlock, 2 * perBlock, false); })
        .and_then([&] { return history.write(editor, 2, 14); });
}

Work resizeTo(std::uint64_t size)
{
    return [=](Editor& editor, History& history) {
        history.resize(size);
        return size > editor.size() ? expand(editor, size) : shrink(editor, size);
    };
}

} // namespace

Q_DECLARE_METATYPE(Work)

class VhdxFailureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        auto started = StateCheck::start();
        QVERIFY2(started, started ? "" : qPrintable(textOf(started.error())));
        m_states = *std::move(started);
    }

    void failing_data()
    {
        QTest::addColumn<bool>("child");
        QTest::addColumn<bool>("fixed");
        QTest::addColumn<bool>("unclosed");
        QTest::addColumn<Work>("work");
        const Work compacting = [](Editor& editor, History&) {
            Progress progress;
            return compact(editor, {}, progress);
        };
        QTest::newRow("write") << false << false << true << Work(writeSome);
        QTest::newRow("write to a child") << true << false << true << Work(writeSome);
        QTest::newRow("expand") << false << false << false << resizeTo(30 * mebi);
        QTest::newRow("expand, table moves") << false << false << false << resizeTo(300 * gibi);
        QTest::newRow("expand fixed") << false << true << false << resizeTo(16 * mebi);
        QTest::newRow("expand child") << true << false << false << resizeTo(30 * mebi);
        QTest::newRow("shrink") << false << false << false << resizeTo(4 * mebi + 4096);
        QTest::newRow("shrink child") << true << false << false << resizeTo(4 * mebi + 4096);
        QTest::newRow("compact") << false << false << false << compacting;
        QTest::newRow("compact child") << true << false << false << compacting;
        QTest::newRow("flatten") << true << false << false << Work([](Editor& editor, History&) {
            Progress progress;
            return flattenInPlace(editor, progress);
        });
        QTest::newRow("set parent locator") << true << false << false << Work([](Editor& editor, History&) {
            ParentLocator locator = *editor.metadata().parent;
            locator.absolutePath = QString(100, u'x');
            return setParentLocator(editor, locator);
        });
    }

    void failing()
    {
        QFETCH(bool, child);
        QFETCH(bool, fixed);
        QFETCH(Work, work);
        const NewDisk disk{.virtualSize = 8 * mebi + 300 * 1024, .blockSize = 1 << 20, .isFixed = fixed};
        const auto fill = [&](Editor& editor, History& history) {
            Result<void> done;
            for (std::uint32_t block = 0; done && block < 7; ++block) {
                done = history.write(editor, block * mebi / History::unit + block, block + 1);
            }
            return done.and_then([&] { return history.zero(editor, 256, 512); });
        };
        Subject subject = makeSubject(disk);
        if (child) {
            NewDisk older = disk;
            older.virtualSize = 20 * mebi;
            subject = makeSubject(older);
        }
        prepare(subject, fill);
        if (child) {
            subject = makeChildSubject(subject, disk);
            prepare(subject, fill);
        }
        // An unclosed file, so that applying its log fails, too; finding that log takes many calls, so only here.
        QFETCH(bool, unclosed);
        if (unclosed) {
            const auto editor = edit(subject.file, subject.opener());
            QVERIFY(editor);
            const std::uint32_t number = 4242;
            QVERIFY(subject.history.write(**editor, 5, number));
            QVERIFY(subject.history.write(**editor, 256, number));
            QVERIFY((*editor)->flush());
        }
        subject.history.settle();
        const MemoryFile start = subject.file;
        const auto run = [&](BlockFile& file, History& history) -> Result<void> {
            const auto editor = edit(file, subject.opener());
            if (!editor) {
                return std::unexpected(editor.error());
            }
            return work(**editor, history).and_then([&] { return (*editor)->finish(); });
        };
        const Result<void> undisturbed = run(subject.file, subject.history);
        QVERIFY2(undisturbed, undisturbed ? "" : qPrintable(textOf(undisturbed.error())));
        const StateCheck::Expectation expectation{.subject = subject, .mayLeaveStaleSlots = fixed || child};
        const FailureOutcome outcome = forEachFailure(
            start,
            [&](BlockFile& file) {
                History ignored = subject.history;
                return run(file, ignored);
            },
            [&](const AfterFailure& after) {
                return m_states->wrongWith(after.file, expectation, subject.history.epoch(), false);
            });
        qInfo("%zu failures", outcome.runs);
        QCOMPARE(outcome.failures.join(u'\n'), QString());
        QVERIFY(outcome.runs > 50);
    }

    // The parent's disk fails in the middle of a merge: the child reads as before.
    void failingToMerge()
    {
        Subject parent = makeSubject({.virtualSize = 8 * mebi, .blockSize = 1 << 20});
        prepare(parent, writeSome);
        Subject child = makeChildSubject(parent, {.virtualSize = 12 * mebi, .blockSize = 1 << 20});
        prepare(child, writeSome);
        MemoryFile childFile = child.file;
        const FailureOutcome outcome = forEachFailure(
            parent.file,
            [&](BlockFile& file) -> Result<void> {
                childFile = child.file;
                const auto from = edit(childFile, child.opener());
                const auto into = edit(file);
                if (!from || !into) {
                    return std::unexpected(!from ? from.error() : into.error());
                }
                Progress progress;
                return mergeIntoParent(**from, **into, progress);
            },
            [&](const AfterFailure& after) {
                const auto still = view(childFile, parentIn(after.file));
                return still ? child.history.compare(**still) + damageIn(after.file) : textOf(still.error());
            });
        qInfo("%zu failures", outcome.runs);
        QCOMPARE(outcome.failures.join(u'\n'), QString());
        QVERIFY(outcome.runs > 50);
    }

    void failingToRepair()
    {
        Subject subject = makeSubject({.virtualSize = 8 * mebi, .blockSize = 1 << 20});
        prepare(subject, writeSome);
        const std::array<std::byte, 1> rubbish{std::byte(3)};
        QVERIFY(subject.file.write(layout::headerOffsets[0] + 100, rubbish));
        QVERIFY(subject.file.write(layout::regionTableOffsets[1] + 100, rubbish));
        QVERIFY(subject.file.resize(subject.file.size() + 512));
        const Result<CheckReport> report = check(subject.file);
        QVERIFY(report);
        QCOMPARE(report->findings.size(), 3U);
        const FailureOutcome outcome = forEachFailure(
            subject.file, [&](BlockFile& file) { return repair(std::make_unique<Borrowed>(file), *report); },
            [&](const AfterFailure& after) {
                MemoryFile file = after.file;
                const Result<CheckReport> again = check(file);
                const Result<void> done =
                    again ? repair(std::make_unique<Borrowed>(file), *again) : std::unexpected(again.error());
                return done ? subject.history.compare(**view(file)) + findingsIn(file) : textOf(done.error());
            });
        QCOMPARE(outcome.failures.join(u'\n'), QString());
        QVERIFY(outcome.runs > 50);
    }

private:
    std::unique_ptr<StateCheck> m_states;
};

QTEST_GUILESS_MAIN(VhdxFailureTest)
#include "vhdx_failure_test.moc"
