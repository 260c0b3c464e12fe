// SPDX-License-Identifier: GPL-3.0-or-later
// Writing to a VHDX disk: what is written is read, before and after closing, whatever the block size, the sectors,
// the parent; space is given back; several threads at once.
#include "core/disk/vhdx/check.h"
#include "core/disk/vhdx/compact.h"
#include "core/disk/vhdx/parent_edit.h"
#include "core/disk/vhdx/resize.h"
#include "tests/unit/disk/vhdx/sample_disk.h"

#include <QTest>

#include <thread>

using namespace platter;
using namespace platter::vhdx;

#define VERIFY_DONE(result)                                                                                        \
    do {                                                                                                           \
        const auto& outcome = (result);                                                                            \
        QVERIFY2(outcome, outcome ? "" : qPrintable(outcome.error().summary + u' ' + outcome.error().detail));     \
    } while (false)

namespace {

QString problemsOf(const MemoryFile& file)
{
    const Result<CheckReport> report = check(file);
    if (!report) {
        return report.error().text();
    }
    QStringList sentences;
    for (const Finding& finding : report->findings) {
        sentences << finding.sentence + u' ' + finding.detail;
    }
    return sentences.join(u'\n');
}

constexpr std::uint64_t gibibyte = std::uint64_t(1) << 30;

// Writes, zeroes and flushes at random; returns the model of what the disk holds.
Result<void> scribble(WritableDisk& disk, Model& model, std::mt19937& random, int times, std::uint64_t blockSize)
{
    const std::uint64_t units = disk.size() / Model::unit;
    for (int i = 0; i < times; ++i) {
        // Mostly near the beginning, so that blocks are met again.
        const std::uint64_t span =
            random() % 3 == 0 ? units : std::min<std::uint64_t>(units, 8 * blockSize / Model::unit);
        const std::uint64_t at = random() % span;
        Result<void> done;
        switch (random() % 8) {
        case 0: {
            const std::uint64_t block = at * Model::unit / blockSize;
            done = model.zero(
                disk, block * blockSize / Model::unit, std::min(units, (block + 1) * blockSize / Model::unit));
            break;
        }
        case 1:
            done = model.zero(disk, at, std::min<std::uint64_t>(units, at + 1 + random() % 64));
            break;
        case 2:
            done = disk.flush();
            break;
        default:
            done = model.write(disk, at, static_cast<std::uint32_t>(random() | 1));
        }
        if (!done) {
            return done;
        }
    }
    return {};
}

} // namespace

class VhdxEditorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void keepsWhatIsWritten_data()
    {
        QTest::addColumn<quint64>("size");
        QTest::addColumn<quint32>("blockSize");
        QTest::addColumn<quint32>("sector");
        QTest::addColumn<bool>("fixed");
        QTest::newRow("dynamic, 1 MiB blocks, two chunks")
            << quint64(5 * gibibyte) << quint32(1 << 20) << quint32(512) << false;
        QTest::newRow("dynamic, 32 MiB blocks") << quint64(gibibyte) << quint32(32 << 20) << quint32(512) << false;
        QTest::newRow("4096-byte sectors") << quint64(40 * gibibyte) << quint32(1 << 20) << quint32(4096) << false;
        QTest::newRow("fixed") << quint64(64 << 20) << quint32(2 << 20) << quint32(512) << true;
        QTest::newRow("block larger than the disk")
            << quint64(4 << 20) << quint32(8 << 20) << quint32(512) << false;
        QTest::newRow("64 TiB") << quint64(64) * 1024 * gibibyte << quint32(1 << 20) << quint32(512) << false;
    }

    void keepsWhatIsWritten()
    {
        QFETCH(quint64, size);
        QFETCH(quint32, blockSize);
        QFETCH(quint32, sector);
        QFETCH(bool, fixed);
        MemoryFile file =
            makeDisk({.virtualSize = size, .blockSize = blockSize, .logicalSectorSize = sector, .isFixed = fixed});
        QCOMPARE(problemsOf(file), QString());
        std::mt19937 random(7);
        Model model;
        for (int session = 0; session < 4; ++session) {
            const auto editor = edit(file);
            VERIFY_DONE(editor);
            QCOMPARE((*editor)->size(), size);
            VERIFY_DONE(scribble(**editor, model, random, 300, blockSize));
            QCOMPARE(model.compare(**editor), QString());
            VERIFY_DONE((*editor)->finish());
            QCOMPARE(problemsOf(file), QString());
            const auto image = view(file);
            VERIFY_DONE(image);
            QCOMPARE(model.compare(**image), QString());
        }
    }

    void aLogThatWasLeftBehindIsApplied()
    {
        MemoryFile file = makeDisk({.virtualSize = gibibyte, .blockSize = 1 << 20});
        Model model;
        std::mt19937 random(3);
        {
            const auto editor = edit(file);
            VERIFY_DONE(editor);
            VERIFY_DONE(scribble(**editor, model, random, 200, 1 << 20));
            VERIFY_DONE((*editor)->flush());
        } // no finish(): the log stays
        const auto image = view(file);
        VERIFY_DONE(image);
        QVERIFY((*image)->replay());
        QCOMPARE(model.compare(**image), QString());
        QVERIFY(problemsOf(file).contains(QStringLiteral("was not closed")));
        const auto editor = edit(file);
        VERIFY_DONE(editor);
        VERIFY_DONE((*editor)->finish());
        QCOMPARE(problemsOf(file), QString());
        const auto again = view(file);
        VERIFY_DONE(again);
        QCOMPARE(model.compare(**again), QString());
    }

    void aChildShowsItsParentAndHidesIt()
    {
        MemoryFile parent = makeDisk({.virtualSize = 64 << 20, .blockSize = 1 << 20});
        std::mt19937 random(11);
        Model model;
        {
            const auto editor = edit(parent);
            VERIFY_DONE(editor);
            VERIFY_DONE(scribble(**editor, model, random, 200, 1 << 20));
            VERIFY_DONE((*editor)->finish());
        }
        MemoryFile child = makeChild(parent, {.virtualSize = 64 << 20, .blockSize = 2 << 20});
        for (int session = 0; session < 3; ++session) {
            const auto editor = edit(child, parentIn(parent));
            VERIFY_DONE(editor);
            QCOMPARE(model.compare(**editor), QString());
            VERIFY_DONE(scribble(**editor, model, random, 200, 2 << 20));
            QCOMPARE(model.compare(**editor), QString());
            VERIFY_DONE((*editor)->finish());
            QCOMPARE(problemsOf(child), QString());
        }
        Progress progress;
        {
            // Merged into its parent…
            MemoryFile mergedChild = child;
            MemoryFile mergedParent = parent;
            const auto from = edit(mergedChild);
            const auto into = edit(mergedParent);
            VERIFY_DONE(from);
            VERIFY_DONE(into);
            VERIFY_DONE(mergeIntoParent(**from, **into, progress));
            const auto image = view(mergedParent);
            VERIFY_DONE(image);
            QCOMPARE(model.compare(**image), QString());
            QCOMPARE(problemsOf(mergedParent), QString());
            const auto still = view(mergedChild, parentIn(mergedParent));
            VERIFY_DONE(still);
            QCOMPARE(model.compare(**still), QString());
        }
        // … or independent of it.
        const auto editor = edit(child, parentIn(parent));
        VERIFY_DONE(editor);
        VERIFY_DONE(flattenInPlace(**editor, progress));
        const auto image = view(child);
        VERIFY_DONE(image);
        QVERIFY(!(*image)->metadata().parent);
        QCOMPARE(model.compare(**image), QString());
        QCOMPARE(problemsOf(child), QString());
    }

    void expandsAndShrinks_data()
    {
        QTest::addColumn<quint32>("blockSize");
        QTest::addColumn<bool>("fixed");
        QTest::addColumn<bool>("hasParent");
        QTest::newRow("dynamic") << quint32(1 << 20) << false << false;
        QTest::newRow("fixed") << quint32(2 << 20) << true << false;
        QTest::newRow("child") << quint32(2 << 20) << false << true;
    }

    void expandsAndShrinks()
    {
        QFETCH(quint32, blockSize);
        QFETCH(bool, fixed);
        QFETCH(bool, hasParent);
        constexpr std::uint64_t first = (48 << 20) + 512 * 1024;
        std::mt19937 random(5);
        Model model;
        MemoryFile parent = makeDisk({.virtualSize = 96 << 20, .blockSize = 1 << 20});
        {
            const auto editor = edit(parent);
            VERIFY_DONE(editor);
            VERIFY_DONE(scribble(**editor, model, random, 300, 1 << 20));
            VERIFY_DONE((*editor)->finish());
        }
        NewDisk disk{.virtualSize = first, .blockSize = blockSize, .isFixed = fixed};
        MemoryFile file = hasParent ? makeChild(parent, disk) : makeDisk(disk);
        if (!hasParent) {
            model = Model();
        }
        model.resize(first);
        const std::uint64_t huge = fixed ? 300 << 20 : 20000 * gibibyte;
        std::uint64_t size = first;
        for (const std::uint64_t next : {std::uint64_t(200 << 20), std::uint64_t(30 << 20) + 4096,
                 std::uint64_t(90 << 20), huge, std::uint64_t(120 << 20)}) {
            const auto editor = edit(file, hasParent ? parentIn(parent) : ParentOpener());
            VERIFY_DONE(editor);
            VERIFY_DONE(scribble(**editor, model, random, 100, blockSize));
            VERIFY_DONE(next > size ? expand(**editor, next) : shrink(**editor, next));
            model.resize(next);
            QCOMPARE((*editor)->size(), next);
            QCOMPARE(model.compare(**editor), QString());
            VERIFY_DONE(scribble(**editor, model, random, 50, blockSize));
            VERIFY_DONE((*editor)->finish());
            QCOMPARE(problemsOf(file), QString());
            const auto image = view(file, hasParent ? parentIn(parent) : ParentOpener());
            VERIFY_DONE(image);
            QCOMPARE((*image)->size(), next);
            QCOMPARE(model.compare(**image), QString());
            size = next;
        }
    }

    void theMapFindsOneBlockInAnEmptyDisk_data()
    {
        QTest::addColumn<quint64>("at");
        for (const quint64 block : {1ull, 4095ull, 4096ull, 8191ull, 8192ull, 40ull << 20, (64ull << 20) - 1}) {
            QTest::addRow("block %llu", block) << block * (1 << 20);
        }
    }

    void theMapFindsOneBlockInAnEmptyDisk()
    {
        QFETCH(quint64, at);
        MemoryFile file = makeDisk({.virtualSize = 65536 * gibibyte, .blockSize = 1 << 20});
        const auto editor = edit(file);
        VERIFY_DONE(editor);
        VERIFY_DONE((*editor)->write(at, Model::bytesOf(7)));
        VERIFY_DONE((*editor)->finish());
        const auto image = view(file);
        VERIFY_DONE(image);
        const Result<DiskRun> before = (*image)->runAt(0, (*image)->size());
        VERIFY_DONE(before);
        QVERIFY(before->content == DiskRun::Content::Zero);
        QCOMPARE(before->length, at);
        const Result<DiskRun> here = (*image)->runAt(at, (*image)->size() - at);
        VERIFY_DONE(here);
        QVERIFY(here->content == DiskRun::Content::Data);
    }

    void compacts()
    {
        MemoryFile file = makeDisk({.virtualSize = 4 * gibibyte, .blockSize = 1 << 20});
        Model model;
        const auto editor = edit(file);
        VERIFY_DONE(editor);
        for (std::uint32_t block = 0; block < 64; ++block) {
            VERIFY_DONE(model.write(**editor, block * 256, block + 1));
        }
        VERIFY_DONE((*editor)->flush());
        for (std::uint32_t block = 0; block < 64; block += 2) {
            // Zeros written by the guest: the block stays.
            const std::vector<std::byte> zeros(Model::unit);
            VERIFY_DONE((*editor)->write(block * 256 * Model::unit, zeros));
            model.resize(4 * gibibyte);
        }
        Model odd;
        for (const auto& [at, number] : model.units()) {
            if (number % 2 == 0) {
                VERIFY_DONE(odd.write(**editor, at, number));
            }
        }
        const std::uint64_t before = file.size();
        Progress progress;
        VERIFY_DONE(compact(**editor, {}, progress));
        QCOMPARE(file.size(), before - (std::uint64_t(32) << 20));
        QCOMPARE(problemsOf(file), QString());
        const auto image = view(file);
        VERIFY_DONE(image);
        QCOMPARE(odd.compare(**image), QString());
    }

    void severalThreadsWriteAtOnce()
    {
        MemoryFile file = makeDisk({.virtualSize = 8 * gibibyte, .blockSize = 1 << 20});
        const auto editor = edit(file);
        VERIFY_DONE(editor);
        // Each thread has its own units, all of them in the same blocks.
        constexpr std::uint64_t threads = 4;
        std::array<Model, threads> models;
        std::array<QString, threads> errors;
        {
            std::vector<std::jthread> workers;
            for (std::uint64_t t = 0; t < threads; ++t) {
                workers.emplace_back([&, t] {
                    std::mt19937 random(static_cast<unsigned>(t));
                    for (int i = 0; i < 400 && errors[t].isEmpty(); ++i) {
                        const std::uint64_t at = random() % 4000 * threads + t;
                        const Result<void> done = i % 50 == 49
                            ? (*editor)->flush()
                            : models[t].write(**editor, at, static_cast<std::uint32_t>(random() | 1));
                        if (!done) {
                            errors[t] = done.error().text() + done.error().detail;
                        }
                    }
                });
            }
        }
        for (const QString& error : errors) {
            QCOMPARE(error, QString());
        }
        VERIFY_DONE((*editor)->finish());
        const auto image = view(file);
        VERIFY_DONE(image);
        std::vector<std::byte> bytes(Model::unit);
        for (const Model& model : models) {
            for (const auto& [at, number] : model.units()) {
                VERIFY_DONE((*image)->read(at * Model::unit, bytes));
                QVERIFY(bytes == Model::bytesOf(number));
            }
        }
        QCOMPARE(problemsOf(file), QString());
    }
};

QTEST_GUILESS_MAIN(VhdxEditorTest)
#include "vhdx_editor_test.moc"
