// SPDX-License-Identifier: GPL-3.0-or-later
// Power cuts while a guest writes to a VHDX disk: whatever was flushed is there, whatever was not is there or not.
#include "tests/crash/vhdx_states.h"

#include <QTest>

#include <thread>

using namespace platter;
using namespace platter::vhdx;

namespace {

constexpr std::uint64_t mebi = std::uint64_t(1) << 20;
constexpr std::uint64_t gibi = std::uint64_t(1) << 30;

#define VERIFY_DONE(result)                                                                                        \
    do {                                                                                                           \
        const auto& outcome = (result);                                                                            \
        QVERIFY2(outcome, outcome ? "" : qPrintable(textOf(outcome.error())));                                     \
    } while (false)

} // namespace

class VhdxWriteCrashTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        auto started = StateCheck::start();
        VERIFY_DONE(started);
        m_states = *std::move(started);
    }

    void writing_data()
    {
        QTest::addColumn<quint64>("size");
        QTest::addColumn<quint32>("blockSize");
        QTest::addColumn<quint32>("sector");
        QTest::addColumn<bool>("fixed");
        QTest::addColumn<bool>("child");
        QTest::newRow("dynamic") << quint64(64 * mebi) << quint32(1 << 20) << quint32(512) << false << false;
        QTest::newRow("4096-byte sectors")
            << quint64(64 * mebi) << quint32(1 << 20) << quint32(4096) << false << false;
        QTest::newRow("fixed") << quint64(16 * mebi) << quint32(2 << 20) << quint32(512) << true << false;
        QTest::newRow("child") << quint64(32 * mebi) << quint32(2 << 20) << quint32(512) << false << true;
        QTest::newRow("child, 4096-byte sectors")
            << quint64(32 * mebi) << quint32(1 << 20) << quint32(4096) << false << true;
        QTest::newRow("child of two chunks")
            << quint64(5 * gibi) << quint32(1 << 20) << quint32(512) << false << true;
    }

    void writing()
    {
        QFETCH(quint64, size);
        QFETCH(quint32, blockSize);
        QFETCH(quint32, sector);
        QFETCH(bool, fixed);
        QFETCH(bool, child);
        std::mt19937 random(17);
        const NewDisk disk{
            .virtualSize = size, .blockSize = blockSize, .logicalSectorSize = sector, .isFixed = fixed};
        Subject subject = makeSubject(disk);
        const auto fill = [&](Editor& editor, History& history) {
            return scribble(editor, history, random, 60, blockSize, fixed);
        };
        prepare(subject, fill);
        if (child) {
            subject = makeChildSubject(subject, disk);
            prepare(subject, fill);
        }
        RecordingFile recording(subject.file);
        const std::uint64_t first = subject.history.epoch();
        recording.mark(first);
        {
            const auto editor = edit(recording, subject.opener());
            VERIFY_DONE(editor);
            VERIFY_DONE(scribble(**editor, subject.history, random, 80, blockSize, fixed, &recording));
            VERIFY_DONE((*editor)->finish());
            subject.history.settle(recording);
        }
        QCOMPARE(m_states->every(recording, {.subject = subject, .firstEpoch = first}), QString());
    }

    // More changes than the log holds in one round.
    void theLogFillsUp()
    {
        std::mt19937 random(23);
        constexpr std::uint64_t perSector = logSector / layout::batEntrySize;
        Subject subject = makeSubject({.virtualSize = 64 * gibi, .blockSize = 1 << 20});
        RecordingFile recording(subject.file);
        subject.history.settle(recording);
        const std::uint64_t first = subject.history.epoch();
        {
            const auto editor = edit(recording);
            VERIFY_DONE(editor);
            for (std::uint64_t round = 0; round < 10; ++round) {
                // Each block's entry in another sector of the table.
                for (std::uint64_t i = 0; i < 30; ++i) {
                    const std::uint64_t block = i * 2 * perSector + round;
                    const std::uint64_t at = block * mebi / History::unit;
                    VERIFY_DONE(subject.history.write(**editor, at, static_cast<std::uint32_t>(random() | 1U)));
                    if (i % 4 == 3 && round > 0) {
                        // The block of the round before goes.
                        VERIFY_DONE(subject.history.zero(**editor, at - mebi / History::unit, at));
                    }
                }
                VERIFY_DONE(subject.history.flush(**editor, recording));
            }
            VERIFY_DONE((*editor)->finish());
            subject.history.settle(recording);
        }
        // The log has begun anew: more bytes went into it than it has.
        std::uint64_t logged = 0;
        for (const FileStep& step : recording.steps()) {
            const auto* write = std::get_if<WriteStep>(&step);
            logged += write && write->offset >= mebi && write->offset < 2 * mebi ? write->bytes.size() : 0;
        }
        QVERIFY(logged > mebi);
        QCOMPARE(m_states->every(recording, {.subject = subject, .firstEpoch = first}), QString());
    }

    // An entry behind another one, its descriptors in two sectors of the disk, torn between them: in every such
    // state shown to QEMU.
    void anEntryTearsAmongItsDescriptors()
    {
        constexpr std::uint64_t perSector = logSector / layout::batEntrySize;
        Subject subject = makeSubject({.virtualSize = 64 * gibi, .blockSize = 1 << 20});
        RecordingFile recording(subject.file);
        subject.history.settle(recording);
        const std::uint64_t first = subject.history.epoch();
        {
            const auto editor = edit(recording);
            VERIFY_DONE(editor);
            for (std::uint32_t round = 0; round < 2; ++round) {
                for (std::uint64_t i = 0; i < 16; ++i) {
                    const std::uint64_t at = (i * perSector + round) * mebi / History::unit;
                    VERIFY_DONE(subject.history.write(**editor, at, round + 1));
                }
                VERIFY_DONE(subject.history.flush(**editor, recording));
            }
            VERIFY_DONE((*editor)->finish());
            subject.history.settle(recording);
        }
        std::size_t shown = 0;
        const PowerCut::Outcome outcome = PowerCut(recording).forEachState(
            {.states = statesToTry(3000)}, [&](const PowerCut::State& state) -> QString {
                const auto* write =
                    state.cut > 0 ? std::get_if<WriteStep>(&recording.steps()[state.cut - 1]) : nullptr;
                if (!write || write->offset < mebi || write->offset >= 2 * mebi) {
                    return {};
                }
                ++shown;
                return m_states->wrongWith(state.file, {.subject = subject}, std::max(state.mark, first), true);
            });
        qInfo("%zu states of the log", shown);
        QVERIFY(shown > 40);
        QCOMPARE(outcome.failures.join(u'\n'), QString());
    }

    // A log entry tells how long the file is on the disk. Another thread makes it longer meanwhile.
    void theFileGrowsWhileAnEntryIsWritten()
    {
        Subject subject = makeSubject({.virtualSize = 64 * mebi, .blockSize = 1 << 20});
        RecordingFile recording(subject.file);
        subject.history.settle(recording);
        const std::uint64_t first = subject.history.epoch();
        constexpr std::uint64_t perBlock = mebi / History::unit;
        {
            Editor* disk = nullptr;
            std::uint64_t next = 8;
            bool isArmed = false;
            HookedFile file(recording, [&](HookedFile::Call call) {
                if (call == HookedFile::Call::Flush && std::exchange(isArmed, false)) {
                    std::jthread([&] {
                        (void)subject.history.write(*disk, next * perBlock, static_cast<std::uint32_t>(next));
                    }).join();
                    ++next;
                }
            });
            const auto editor = edit(file);
            VERIFY_DONE(editor);
            disk = editor->get();
            for (std::uint64_t block = 0; block < 6; ++block) {
                VERIFY_DONE(
                    subject.history.write(*disk, block * perBlock, 100 + static_cast<std::uint32_t>(block)));
                isArmed = true;
                // What the other thread writes belongs to the next flush; the marks do not tell, so no settling
                // here.
                VERIFY_DONE(disk->flush());
            }
            VERIFY_DONE((*editor)->finish());
            subject.history.settle(recording);
        }
        QCOMPARE(m_states->every(recording, {.subject = subject, .firstEpoch = first}), QString());
    }

    // A log that was left behind is applied, and the power goes meanwhile, again and again.
    void replaying_data()
    {
        QTest::addColumn<bool>("child");
        QTest::newRow("dynamic") << false;
        QTest::newRow("child") << true;
    }

    void replaying()
    {
        QFETCH(bool, child);
        std::mt19937 random(29);
        const NewDisk disk{.virtualSize = 32 * mebi, .blockSize = 1 << 20};
        Subject subject = makeSubject(disk);
        prepare(
            subject, [&](Editor& editor, History& history) { return scribble(editor, history, random, 60, mebi); });
        if (child) {
            subject = makeChildSubject(subject, disk);
        }
        {
            const auto editor = edit(subject.file, subject.opener());
            VERIFY_DONE(editor);
            VERIFY_DONE(scribble(**editor, subject.history, random, 100, mebi));
            VERIFY_DONE((*editor)->flush());
        }
        subject.history.settle();
        QVERIFY(findingsIn(subject.file).contains(QStringLiteral("was not closed")));
        RecordingFile recording(subject.file);
        {
            const auto editor = edit(recording, subject.opener());
            VERIFY_DONE(editor);
            VERIFY_DONE((*editor)->finish());
        }
        QCOMPARE(m_states->every(recording,
                     {.subject = subject, .keepsDataWriteGuid = true, .firstEpoch = subject.history.epoch()}),
            QString());
    }

private:
    std::unique_ptr<StateCheck> m_states;
};

QTEST_GUILESS_MAIN(VhdxWriteCrashTest)
#include "vhdx_write_crash_test.moc"
