// SPDX-License-Identifier: GPL-3.0-or-later
// Power cuts while a VHDX file is made, compacted, repaired, or changes what it has to do with its parent: its disk
// reads the same at every moment.
#include "core/disk/vhdx/compact.h"
#include "core/disk/vhdx/parent_edit.h"
#include "core/disk/vhdx/resize.h"
#include "tests/crash/vhdx_states.h"

#include <QTest>

using namespace platter;
using namespace platter::vhdx;

namespace {

constexpr std::uint64_t mebi = std::uint64_t(1) << 20;
constexpr std::uint64_t gibi = std::uint64_t(1) << 30;
constexpr std::uint64_t perMebi = mebi / History::unit;

// The metadata and the log go to the end of the file.
Result<void> liftRegions(Editor& editor)
{
    const Region old = editor.structure().regions.metadata();
    const Result<std::uint64_t> place = editor.allocate(old.length);
    const Result<std::uint64_t> log = editor.allocate(editor.header().logLength);
    if (!place || !log) {
        return std::unexpected(!place ? place.error() : log.error());
    }
    std::vector<std::byte> bytes(old.length);
    RegionTable table = editor.structure().regions;
    std::ranges::find(table.regions, layout::metadataRegion, &Region::guid)->offset = *place;
    return editor.beginChange(Editor::ChangeKind::Layout)
        .and_then([&] { return editor.file().read(old.offset, bytes); })
        .and_then([&] { return editor.file().write(*place, bytes); })
        .and_then([&] { return editor.file().flush(); })
        .and_then([&] { return editor.moveLog(*log); })
        .and_then([&] { return editor.replaceRegionTable(table); });
}

// Sixteen blocks, of which every third is all zero and every fourth given back.
Result<void> makeHoles(Editor& editor, History& history)
{
    const std::uint64_t perBlock = editor.metadata().blockSize / History::unit;
    Result<void> done;
    for (std::uint32_t block = 0; done && block < 16; ++block) {
        done = history.write(editor, block * perBlock + block, block + 1).and_then([&] { return editor.flush(); });
    }
    for (std::uint32_t block = 0; done && block < 16; ++block) {
        done = block % 3 == 0 ? history.write(editor, block * perBlock + block, 0)
            : block % 4 == 0  ? history.zero(editor, block * perBlock, (block + 1) * perBlock)
                              : Result<void>();
    }
    return done;
}

} // namespace

#define VERIFY_DONE(result)                                                                                        \
    do {                                                                                                           \
        const auto& outcome = (result);                                                                            \
        QVERIFY2(outcome, outcome ? "" : qPrintable(textOf(outcome.error())));                                     \
    } while (false)

class VhdxEditCrashTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        auto started = StateCheck::start();
        VERIFY_DONE(started);
        m_states = *std::move(started);
    }

    void compacting_data()
    {
        QTest::addColumn<bool>("child");
        QTest::addColumn<quint32>("sector");
        QTest::addColumn<bool>("lifted");
        QTest::addColumn<int>("stopAt"); // after so many writes; 0: never
        QTest::newRow("dynamic") << false << quint32(512) << false << 0;
        QTest::newRow("4096-byte sectors") << false << quint32(4096) << false << 0;
        QTest::newRow("table, metadata and log move") << false << quint32(512) << true << 0;
        QTest::newRow("child") << true << quint32(512) << false << 0;
        QTest::newRow("child, all moves") << true << quint32(512) << true << 0;
        QTest::newRow("cancelled soon") << false << quint32(512) << false << 8;
        QTest::newRow("cancelled, child") << true << quint32(512) << false << 3;
    }

    void compacting()
    {
        QFETCH(bool, child);
        QFETCH(quint32, sector);
        QFETCH(bool, lifted);
        QFETCH(int, stopAt);
        const NewDisk disk{.virtualSize = 32 * mebi, .blockSize = 1 << 20, .logicalSectorSize = sector};
        Subject subject = makeSubject(disk);
        if (child) {
            prepare(subject, [](Editor& editor, History& history) {
                return history.write(editor, 3, 77).and_then([&] {
                    return history.write(editor, 5 * perMebi + 9, 78);
                });
            });
            NewDisk young = disk;
            young.virtualSize = 5 * gibi; // of two chunks, so two bitmaps
            subject = makeChildSubject(subject, young);
        }
        prepare(subject, [&](Editor& editor, History& history) {
            return makeHoles(editor, history).and_then([&] {
                return child ? history.write(editor, 4 * gibi / History::unit + 17, 79) : Result<void>();
            });
        });
        if (lifted) {
            // The table goes up, too.
            prepare(subject, [&](Editor& editor, History& history) {
                history.resize(300 * gibi);
                return expand(editor, 300 * gibi).and_then([&] { return liftRegions(editor); });
            });
            prepare(subject, [&](Editor& editor, History& history) {
                return history.write(editor, 200 * gibi / History::unit, 80).and_then([&] {
                    return history.zero(editor, perMebi, 12 * perMebi);
                });
            });
        }
        const std::uint64_t before = subject.file.size();
        std::stop_source stop;
        RecordingFile recording(subject.file);
        int writes = 0;
        HookedFile file(recording, [&](HookedFile::Call call) {
            if (call == HookedFile::Call::Write && ++writes == stopAt) {
                stop.request_stop();
            }
        });
        Progress progress({}, stop.get_token());
        {
            const auto editor = edit(file, subject.opener());
            VERIFY_DONE(editor);
            const Result<void> done = compact(**editor, {}, progress);
            QCOMPARE(done.has_value(), stopAt == 0);
            QVERIFY(done || done.error().kind == ErrorKind::Cancelled);
        }
        QCOMPARE(findingsIn(subject.file), QString());
        QVERIFY(stopAt > 0 || subject.file.size() < before);
        QCOMPARE(m_states->every(recording,
                     {.subject = subject, .keepsDataWriteGuid = true, .firstEpoch = subject.history.epoch()}),
            QString());
    }

    // A bitmap moves down, and a block into its place, while the log still holds bits of that bitmap.
    void compactingWhatWasJustWritten()
    {
        constexpr std::uint64_t perBlock = 2 * perMebi;
        Subject parent = makeSubject({.virtualSize = 32 * mebi, .blockSize = 1 << 20});
        prepare(parent, [](Editor& editor, History& history) { return history.write(editor, 3, 77); });
        Subject subject = makeChildSubject(parent, {.virtualSize = 32 * mebi, .blockSize = 2 << 20});
        prepare(subject, [](Editor& editor, History& history) {
            // A block that hides its parent needs no bitmap.
            const auto writeWhole = [&](std::uint64_t block) {
                return history.zero(editor, block * perBlock, (block + 1) * perBlock).and_then([&] {
                    return history.write(editor, block * perBlock, 100 + static_cast<std::uint32_t>(block));
                });
            };
            // What is only claimed is a gap at the next opening: too small for a block.
            const auto leaveGap = [&] { return editor.allocate(mebi).transform([](std::uint64_t) { }); };
            Result<void> done;
            for (std::uint64_t block = 1; done && block < 4; ++block) {
                done = leaveGap().and_then([&] { return writeWhole(block); });
            }
            return done.and_then([&] { return history.write(editor, 9, 78); }).and_then(leaveGap).and_then([&] {
                return writeWhole(4);
            });
        });
        RecordingFile recording(subject.file);
        const std::uint64_t first = subject.history.epoch();
        recording.mark(first);
        Progress progress;
        {
            const auto editor = edit(recording, subject.opener());
            VERIFY_DONE(editor);
            const BatEntry bitmap = *(*editor)->bat().at((*editor)->layout().entryOfBitmap(0));
            VERIFY_DONE(subject.history.write(**editor, 11, 79));
            VERIFY_DONE(subject.history.flush(**editor, recording));
            VERIFY_DONE(compact(**editor, {}, progress));
            subject.history.settle(recording);
            QCOMPARE((*editor)->bat().at((*editor)->layout().entryOfBlock(4))->offset, bitmap.offset);
        }
        QCOMPARE(m_states->every(recording, {.subject = subject, .firstEpoch = first}), QString());
    }

    void becomingIndependent_data() { parentRows(); }

    void becomingIndependent()
    {
        Subject subject = family();
        RecordingFile recording(subject.file);
        Progress progress;
        {
            const auto editor = edit(recording, subject.opener());
            VERIFY_DONE(editor);
            VERIFY_DONE(flattenInPlace(**editor, progress));
        }
        const auto image = view(subject.file);
        VERIFY_DONE(image);
        QVERIFY(!(*image)->metadata().parent);
        QCOMPARE(findingsIn(subject.file), QString());
        QCOMPARE(m_states->every(recording,
                     {.subject = subject, .keepsDataWriteGuid = true, .firstEpoch = subject.history.epoch()}),
            QString());
    }

    void sayingWhereTheParentIs()
    {
        Subject subject = family();
        RecordingFile recording(subject.file);
        {
            const auto editor = edit(recording, subject.opener());
            VERIFY_DONE(editor);
            ParentLocator locator = *(*editor)->metadata().parent;
            locator.absolutePath = QString(500, u'x'); // longer than before: it moves
            VERIFY_DONE(setParentLocator(**editor, locator));
            locator.absolutePath = QStringLiteral("y"); // shorter: in its place
            VERIFY_DONE(setParentLocator(**editor, locator));
            VERIFY_DONE((*editor)->finish());
        }
        QCOMPARE((*view(subject.file))->metadata().parent->absolutePath, QStringLiteral("y"));
        QCOMPARE(m_states->every(recording,
                     {.subject = subject, .keepsDataWriteGuid = true, .firstEpoch = subject.history.epoch()}),
            QString());
    }

    void merging_data() { parentRows(); }

    // Until the child is deleted it reads the same, whatever has become of its parent; the merge can be run again.
    void merging()
    {
        Subject child = family();
        RecordingFile ofChild(child.file);
        MemoryFile parent = *child.parent;
        RecordingFile ofParent(parent);
        Progress progress;
        {
            const auto from = edit(ofChild, child.opener());
            const auto into = edit(ofParent);
            VERIFY_DONE(from);
            VERIFY_DONE(into);
            VERIFY_DONE(mergeIntoParent(**from, **into, progress));
        }
        // The child is done with before its parent changes.
        QCOMPARE(m_states->every(
                     ofChild, {.subject = child, .keepsDataWriteGuid = true, .firstEpoch = child.history.epoch()}),
            QString());
        const QString wrongParent =
            m_states->every(ofParent, [&](const PowerCut::State& state, bool asksQemu) -> QString {
                const auto still = view(child.file, parentIn(state.file));
                if (!still) {
                    return textOf(still.error());
                }
                if (QString wrong = child.history.compare(**still) + damageIn(state.file); !wrong.isEmpty()) {
                    return wrong;
                }
                MemoryFile mergedChild = child.file;
                MemoryFile mergedParent = state.file;
                {
                    const auto into = edit(mergedParent);
                    const auto from = edit(mergedChild, parentIn(state.file));
                    if (!from || !into) {
                        return textOf(!from ? from.error() : into.error());
                    }
                    if (const Result<void> again = mergeIntoParent(**from, **into, progress); !again) {
                        return textOf(again.error());
                    }
                }
                const auto merged = view(mergedParent);
                if (!merged) {
                    return textOf(merged.error());
                }
                QString wrong = child.history.compare(**merged) + findingsIn(mergedParent);
                if (wrong.isEmpty() && asksQemu) {
                    wrong = m_states->otherwiseInQemu(state.file) + m_states->otherwiseInQemu(mergedParent);
                }
                return wrong;
            });
        QCOMPARE(wrongParent, QString());
    }

    void repairing_data()
    {
        QTest::addColumn<bool>("unclosed");
        QTest::addColumn<bool>("child");
        QTest::newRow("a log without entry, everything else") << false << false;
        QTest::newRow("a log to apply, everything else") << true << false;
        QTest::newRow("a child, everything else") << false << true;
        QTest::newRow("an unclosed child, everything else") << true << true;
    }

    void repairing()
    {
        QFETCH(bool, unclosed);
        QFETCH(bool, child);
        Subject subject = makeSubject({.virtualSize = 32 * mebi, .blockSize = 1 << 20});
        prepare(subject, makeHoles);
        if (child) {
            subject = makeChildSubject(subject, {.virtualSize = 32 * mebi, .blockSize = 1 << 20});
            prepare(subject, makeHoles);
        }
        if (unclosed) {
            const auto editor = edit(subject.file, subject.opener());
            VERIFY_DONE(editor);
            VERIFY_DONE(subject.history.write(**editor, 20 * perMebi, 99));
            VERIFY_DONE((*editor)->flush());
            subject.history.settle();
        } else {
            Result<HeaderPair> headers = HeaderPair::read(subject.file);
            VERIFY_DONE(headers);
            VERIFY_DONE(headers->update(subject.file, [](Header& next) { next.logGuid = QUuid::createUuid(); }));
        }
        const Region table = (*view(prepared(subject.file)))->structure().regions.bat();
        const std::array<std::byte, 1> rubbish{std::byte(3)};
        VERIFY_DONE(subject.file.write(layout::headerOffsets[0] + 100, rubbish));
        VERIFY_DONE(subject.file.write(layout::regionTableOffsets[1] + 100, rubbish));
        VERIFY_DONE(subject.file.write(table.offset + table.length - 8, rubbish));
        VERIFY_DONE(subject.file.resize(subject.file.size() + 512));
        RecordingFile recording(subject.file);
        const Result<CheckReport> report = check(subject.file);
        VERIFY_DONE(report);
        QCOMPARE(report->findings.size(), 5U);
        VERIFY_DONE(repair(std::make_unique<Borrowed>(recording), *report));
        const QString wrong = m_states->every(
            recording,
            [&](const PowerCut::State& state, bool asksQemu) -> QString {
                MemoryFile file = state.file;
                const Result<CheckReport> again = check(file);
                if (!again) {
                    return textOf(again.error());
                }
                if (const Result<void> done = repair(std::make_unique<Borrowed>(file), *again); !done) {
                    return textOf(done.error());
                }
                const QString found = findingsIn(file);
                return found.isEmpty()
                    ? m_states->wrongWith(file, {.subject = subject}, subject.history.epoch(), asksQemu)
                    : found;
            },
            StateCheck::QemuSees::All);
        QCOMPARE(wrong, QString());
    }

    void creating_data()
    {
        QTest::addColumn<bool>("fixed");
        QTest::addColumn<bool>("child");
        QTest::addColumn<quint32>("sector");
        QTest::addColumn<quint64>("size");
        QTest::newRow("dynamic") << false << false << quint32(512) << quint64(32 * mebi);
        QTest::newRow("dynamic, large table") << false << false << quint32(512) << quint64(900 * gibi);
        QTest::newRow("dynamic, 4096-byte sectors") << false << false << quint32(4096) << quint64(32 * mebi);
        QTest::newRow("fixed") << true << false << quint32(512) << quint64(32 * mebi);
        QTest::newRow("child") << false << true << quint32(512) << quint64(32 * mebi);
    }

    // Before it is complete it is no VHDX file at all.
    void creating()
    {
        QFETCH(bool, fixed);
        QFETCH(bool, child);
        QFETCH(quint32, sector);
        QFETCH(quint64, size);
        NewDisk disk{.virtualSize = size, .blockSize = 1 << 20, .logicalSectorSize = sector, .isFixed = fixed};
        Subject subject{MemoryFile(), History(size)};
        if (child) {
            Subject parent = makeSubject(disk);
            prepare(parent, [](Editor& editor, History& history) { return history.write(editor, 3, 77); });
            subject = makeChildSubject(parent, disk);
            const auto sample = view(std::exchange(subject.file, MemoryFile()), subject.opener());
            VERIFY_DONE(sample);
            disk.parent = (*sample)->metadata().parent;
            disk.virtualDiskId = (*sample)->metadata().virtualDiskId;
        }
        RecordingFile recording(subject.file);
        VERIFY_DONE(create(recording, disk));
        QCOMPARE(m_states->every(
                     recording,
                     [&](const PowerCut::State& state, bool asksQemu) {
                         const Result<void> marked = checkFileSignature(state.file);
                         return marked ? m_states->wrongWith(state.file, {.subject = subject}, 1, asksQemu)
                                       : QString();
                     },
                     StateCheck::QemuSees::All),
            QString());
        QCOMPARE(findingsIn(subject.file), QString());
    }

private:
    static void parentRows()
    {
        QTest::addColumn<quint64>("size");
        QTest::addColumn<quint64>("parentSize");
        QTest::newRow("as large as its parent") << quint64(24 * mebi) << quint64(24 * mebi);
        QTest::newRow("larger than its parent") << quint64(40 * mebi) << quint64(12 * mebi + 300 * 1024);
        QTest::newRow("smaller than its parent") << quint64(9 * mebi + 300 * 1024) << quint64(24 * mebi);
    }

    // A child and its parent, both with something in them; of the sizes in the row, if there is one.
    static Subject family()
    {
        const quint64 none = 24 * mebi;
        const bool hasRow = QTest::currentDataTag() != nullptr;
        const auto sizeOf = [&](const char* column) {
            return hasRow ? *static_cast<quint64*>(QTest::qData(column, qMetaTypeId<quint64>())) : none;
        };
        std::mt19937 random(41);
        const auto fill = [&](Editor& editor, History& history) {
            return scribble(editor, history, random, 50, editor.metadata().blockSize);
        };
        Subject parent = makeSubject({.virtualSize = sizeOf("parentSize"), .blockSize = 1 << 20});
        prepare(parent, fill);
        Subject child = makeChildSubject(parent, {.virtualSize = sizeOf("size"), .blockSize = 2 << 20});
        prepare(child, fill);
        return child;
    }

    // A file whose header names a log without an entry can be read only when the header has forgotten it.
    static MemoryFile prepared(const MemoryFile& file)
    {
        MemoryFile copy(file);
        Result<HeaderPair> headers = HeaderPair::read(copy);
        (void)headers->update(copy, [](Header& next) { next.logGuid = QUuid(); });
        return copy;
    }

private:
    std::unique_ptr<StateCheck> m_states;
};

QTEST_GUILESS_MAIN(VhdxEditCrashTest)
#include "vhdx_edit_crash_test.moc"
