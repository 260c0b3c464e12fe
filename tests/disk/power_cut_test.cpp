// SPDX-License-Identifier: GPL-3.0-or-later
// That no state is missing, and that writers which are wrong in one way each are caught.
#include "tests/disk/power_cut.h"

#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

#include <algorithm>
#include <array>
#include <set>

using namespace platter;

namespace {

constexpr std::uint64_t sector = 512;
constexpr std::uint64_t room = 65536;

std::vector<std::byte> filled(std::size_t count, int value)
{
    return std::vector<std::byte>(count, std::byte(value));
}

std::vector<std::byte> contentOf(const ByteSource& source)
{
    std::vector<std::byte> bytes(source.size());
    return source.read(0, bytes) ? bytes : std::vector<std::byte>();
}

// A state in short: the first byte of every sector, and what a last sector lacks does not matter here.
QString letters(const MemoryFile& file)
{
    const std::vector<std::byte> bytes = contentOf(file);
    QString text;
    for (std::size_t i = 0; i < bytes.size(); i += sector) {
        text += bytes[i] == std::byte(0) ? QLatin1Char('.') : QLatin1Char(char(bytes[i]));
    }
    return text;
}

// Every state as letters, in order of the alphabet; "again" where one came twice.
QStringList statesOf(const RecordingFile& file)
{
    QStringList states;
    const PowerCut::Outcome outcome = PowerCut(file).forEachState({}, [&](const PowerCut::State& state) {
        states += states.contains(letters(state.file)) ? QStringLiteral("again") : letters(state.file);
        return QString();
    });
    if (!outcome.wasExhausted) {
        states += QStringLiteral("there are more");
    }
    states.sort();
    return states;
}

// --- a small store and what can be wrong with its writer --------------------------------------------------------

enum class Flaw {
    None,
    NoFlushBeforePointer, // the pointer may get there before what it points to
    TornPointer, // the pointer lies across two sectors
    ShrinksTooEarly, // the old data may be gone while the pointer still points to it
    GrowsTooLate, // the pointer may point past the end
    AcknowledgesTooEarly, // "done" before it is on the disk
};

// The pointer: offset of the data and the value that all of its bytes have.
Result<void> writePointer(BlockFile& file, std::uint64_t at, std::uint64_t offset, std::uint64_t value)
{
    std::array<std::byte, 16> pointer{};
    qToLittleEndian(offset, pointer.data());
    qToLittleEndian(value, pointer.data() + 8);
    return file.write(at, pointer);
}

std::uint64_t pointerPlace(Flaw flaw)
{
    return flaw == Flaw::TornPointer ? sector - 8 : 0;
}

MemoryFile newStore(Flaw flaw)
{
    MemoryFile store(3 * room);
    std::ignore = store.write(2 * room, filled(room, 1));
    std::ignore = writePointer(store, pointerPlace(flaw), 2 * room, 1);
    return store;
}

// Moves the data down, as another value, and cuts the file off; then up again as a third one.
Result<void> change(RecordingFile& file, Flaw flaw)
{
    const auto flushUnless = [&](Flaw forgotten) { return flaw == forgotten ? Result<void>() : file.flush(); };
    const std::uint64_t place = pointerPlace(flaw);
    Result<void> result = file.write(room, filled(room, 2))
                              .and_then([&] { return flushUnless(Flaw::NoFlushBeforePointer); })
                              .and_then([&] { return writePointer(file, place, room, 2); });
    if (flaw == Flaw::AcknowledgesTooEarly) {
        file.mark(2);
    }
    result = result.and_then([&] { return flushUnless(Flaw::ShrinksTooEarly); });
    if (flaw != Flaw::ShrinksTooEarly) {
        file.mark(2);
    }
    return result.and_then([&] { return file.resize(2 * room); })
        .and_then([&] { return file.flush(); })
        .and_then([&] { return file.resize(3 * room); })
        .and_then([&] { return file.write(2 * room, filled(room, 3)); })
        .and_then([&] { return flushUnless(Flaw::GrowsTooLate); })
        .and_then([&] { return writePointer(file, place, 2 * room, 3); })
        .and_then([&] { return file.flush(); })
        .transform([&] { file.mark(3); });
}

// With the last value that was acknowledged.
QString checkStore(const MemoryFile& file, Flaw flaw, std::uint64_t acknowledged)
{
    std::array<std::byte, 16> pointer{};
    if (!file.read(pointerPlace(flaw), pointer)) {
        return QStringLiteral("no pointer");
    }
    const auto offset = qFromLittleEndian<std::uint64_t>(pointer.data());
    const auto value = qFromLittleEndian<std::uint64_t>(pointer.data() + 8);
    std::vector<std::byte> data(room);
    if (!file.read(offset, data)) {
        return QStringLiteral("points past the end");
    }
    if (std::ranges::any_of(data, [&](std::byte byte) { return byte != std::byte(value); })) {
        return QStringLiteral("points to the wrong data");
    }
    return value < acknowledged ? QStringLiteral("lost what was acknowledged") : QString();
}

} // namespace

Q_DECLARE_METATYPE(Flaw)

class PowerCutTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void aWriteIsTornAtEverySector()
    {
        MemoryFile base(4096);
        RecordingFile file(base);
        QVERIFY(file.write(0, filled(4096, 'a')));
        const QStringList states = statesOf(file);
        QCOMPARE(states.size(), 256);
        QVERIFY(!states.contains(QStringLiteral("again")));
    }

    void sectorsAreThoseOfTheFile()
    {
        MemoryFile base(2 * sector);
        RecordingFile file(base);
        QVERIFY(file.write(sector - 1, filled(2, 'a')));
        std::set<std::pair<std::byte, std::byte>> pairs;
        const PowerCut::Outcome outcome = PowerCut(file).forEachState({}, [&](const PowerCut::State& state) {
            const auto bytes = contentOf(state.file);
            pairs.emplace(bytes[sector - 1], bytes[sector]);
            return QString();
        });
        QCOMPARE(outcome.states, 4U);
        QCOMPARE(pairs.size(), 4U);
    }

    void flushedIsKept()
    {
        MemoryFile base(2 * sector);
        RecordingFile file(base);
        QVERIFY(file.write(0, filled(sector, 'a')));
        QVERIFY(file.flush());
        QVERIFY(file.write(sector, filled(sector, 'b')));
        QCOMPARE(statesOf(file), QStringList({QStringLiteral(".."), QStringLiteral("a."), QStringLiteral("ab")}));
    }

    void unflushedComesInAnyOrder()
    {
        MemoryFile base(3 * sector);
        RecordingFile file(base);
        QVERIFY(file.write(0, filled(sector, 'a')));
        QVERIFY(file.write(sector, filled(sector, 'b')));
        QVERIFY(file.write(0, filled(sector, 'c')));
        QVERIFY(file.flush());
        QVERIFY(file.zero(0, sector));
        QCOMPARE(statesOf(file),
            QStringList({QStringLiteral("..."), QStringLiteral(".b."), QStringLiteral("a.."), QStringLiteral("ab."),
                QStringLiteral("c.."), QStringLiteral("cb.")}));
    }

    void aWritePastTheEndBringsASize()
    {
        MemoryFile base(sector);
        RecordingFile file(base);
        QVERIFY(file.write(sector, filled(2 * sector, 'a')));
        QCOMPARE(statesOf(file),
            QStringList({QStringLiteral("."), QStringLiteral("..."), QStringLiteral("..a"), QStringLiteral(".a"),
                QStringLiteral(".a."), QStringLiteral(".aa")}));
    }

    void sizesComeInAnyOrder()
    {
        MemoryFile base(2 * sector);
        RecordingFile file(base);
        QVERIFY(file.resize(3 * sector));
        QVERIFY(file.write(2 * sector, filled(sector, 'a')));
        QVERIFY(file.resize(sector));
        QCOMPARE(statesOf(file),
            QStringList({QStringLiteral("."), QStringLiteral(".."), QStringLiteral("..."), QStringLiteral("..a")}));
    }

    void catchesWrongWriters_data()
    {
        QTest::addColumn<Flaw>("flaw");
        QTest::addColumn<QStringList>("complaints"); // any of these; none: nothing is wrong
        QTest::newRow("right") << Flaw::None << QStringList();
        QTest::newRow("no flush before the pointer")
            << Flaw::NoFlushBeforePointer << QStringList(QStringLiteral("points to the wrong data"));
        QTest::newRow("torn pointer") << Flaw::TornPointer
                                      << QStringList({QStringLiteral("points to the wrong data"),
                                             QStringLiteral("points past the end")});
        QTest::newRow("shrinks too early")
            << Flaw::ShrinksTooEarly << QStringList(QStringLiteral("points past the end"));
        QTest::newRow("grows too late")
            << Flaw::GrowsTooLate
            << QStringList({QStringLiteral("points to the wrong data"), QStringLiteral("points past the end")});
        QTest::newRow("acknowledges too early")
            << Flaw::AcknowledgesTooEarly << QStringList(QStringLiteral("lost what was acknowledged"));
    }

    void catchesWrongWriters()
    {
        QFETCH(Flaw, flaw);
        QFETCH(QStringList, complaints);
        // A small budget must do, whatever the seed.
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            MemoryFile base = newStore(flaw);
            RecordingFile file(base);
            QVERIFY(change(file, flaw));
            const PowerCut cut(file);
            std::size_t wrongCut = 0;
            std::size_t wrongChoice = 0;
            QString complaint;
            const PowerCut::Outcome outcome =
                cut.forEachState({.states = 200, .seed = seed}, [&](const PowerCut::State& state) {
                    const QString wrong = checkStore(state.file, flaw, state.mark);
                    if (!wrong.isEmpty()) {
                        complaint = wrong;
                        wrongCut = state.cut;
                        wrongChoice = state.choice;
                    }
                    return wrong;
                });
            QVERIFY(outcome.states == 200 || !complaints.isEmpty());
            QCOMPARE(outcome.failures.isEmpty(), complaints.isEmpty());
            for (const QString& failure : outcome.failures) {
                QVERIFY2(complaints.contains(failure.section(u'\n', 0, 0)), qPrintable(failure));
            }
            if (!complaints.isEmpty()) {
                // What the message says brings the state back.
                const QString again =
                    QStringLiteral("[again: stateAt(%1, %2, %3)]").arg(wrongCut).arg(wrongChoice).arg(seed);
                QVERIFY2(outcome.failures.constLast().endsWith(again), qPrintable(outcome.failures.constLast()));
                QCOMPARE(
                    checkStore(cut.stateAt(wrongCut, wrongChoice, seed), flaw, ~std::uint64_t(0)).isEmpty(), false);
            }
        }
    }

    void findsAsManyStatesAsItIsAskedFor()
    {
        MemoryFile base(room);
        RecordingFile file(base);
        for (int i = 0; i < 40; ++i) {
            QVERIFY(file.write(std::uint64_t(i % 7) * room, filled(room, 1 + i)));
            QVERIFY(file.write(std::uint64_t(i % 3) * 4096, filled(4096, 100 + i)));
            if (i % 5 == 4) {
                QVERIFY(file.flush());
            }
        }
        std::array<std::set<std::uint64_t>, 3> hashes;
        std::set<std::size_t> cuts;
        for (std::size_t run = 0; run < hashes.size(); ++run) {
            const PowerCut::Outcome outcome =
                PowerCut(file).forEachState({.states = 5000, .seed = run / 2}, [&](const PowerCut::State& state) {
                    hashes[run].insert(state.file.contentHash());
                    cuts.insert(state.cut);
                    return QString();
                });
            QCOMPARE(outcome.states, 5000U);
            QCOMPARE(outcome.cuts, file.steps().size() + 1);
            QVERIFY(!outcome.wasExhausted);
        }
        QCOMPARE(hashes[0].size(), 5000U);
        QVERIFY(hashes[0] == hashes[1]); // the same seed
        QVERIFY(hashes[0] != hashes[2]);
        QVERIFY(cuts.size() > file.steps().size() / 2); // all but those right after a flush and the like
    }

    void aSmallBudgetIsSpreadOverTheRecording()
    {
        MemoryFile base(room);
        RecordingFile file(base);
        for (int i = 0; i < 200; ++i) {
            QVERIFY(file.write(std::uint64_t(i % 3) * 4096, filled(4096, i)));
            QVERIFY(file.flush());
        }
        std::array<int, 4> quarters{};
        const PowerCut::Outcome outcome =
            PowerCut(file).forEachState({.states = 40}, [&](const PowerCut::State& state) {
                ++quarters[std::min<std::size_t>(3, state.cut / 100)];
                return QString();
            });
        QCOMPARE(outcome.states, 40U);
        QVERIFY(std::ranges::all_of(quarters, [](int count) { return count >= 5; }));
    }
};

QTEST_GUILESS_MAIN(PowerCutTest)
#include "power_cut_test.moc"
