// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/disk/failing_file.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <vector>

using namespace platter;

namespace {

enum class Flaw { None, IgnoresFlush, IgnoresRead, NoWords, WrongKind, DestroysFirst };

constexpr std::size_t length = 4096;

// Copies the first half of the file to the second one, flushed.
Result<void> copyUp(BlockFile& file, Flaw flaw)
{
    std::vector<std::byte> bytes(length);
    if (flaw == Flaw::DestroysFirst) {
        if (const Result<void> zeroed = file.zero(0, length); !zeroed) {
            return zeroed;
        }
        std::ranges::fill(bytes, std::byte(1));
    } else if (const Result<void> got = file.read(0, bytes); !got && flaw != Flaw::IgnoresRead) {
        return got;
    }
    Result<void> result = file.write(length, bytes);
    if (result) {
        const Result<void> flushed = file.flush();
        result = flaw == Flaw::IgnoresFlush ? Result<void>() : flushed;
    }
    if (!result && flaw == Flaw::NoWords) {
        result.error().summary.clear();
    }
    if (!result && flaw == Flaw::WrongKind) {
        result.error().kind = ErrorKind::Corrupt;
    }
    return result;
}

MemoryFile start()
{
    MemoryFile file(2 * length);
    std::ignore = file.write(0, std::vector<std::byte>(length, std::byte(1)));
    return file;
}

// The first half is as it was.
QString check(const AfterFailure& after)
{
    std::vector<std::byte> bytes(length);
    const bool isThere = after.file.read(0, bytes)
        && std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte(1); });
    return isThere ? QString() : QStringLiteral("The first half is gone.");
}

} // namespace

Q_DECLARE_METATYPE(Flaw)

class FailingFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void failsTheCallItWasTold()
    {
        MemoryFile base = start();
        FailingFile file(base, Fault::InputOutput, 2);
        std::array<std::byte, 2> two{};
        QVERIFY(file.read(0, two));
        QVERIFY(!file.hasFailed());
        QCOMPARE(file.write(0x10, two).error().kind, ErrorKind::InputOutput);
        QCOMPARE(file.victim(), QStringLiteral("call 2, write of 2 bytes at 0x10"));
        QVERIFY(file.write(0x10, two)); // once
        QVERIFY(file.runAt(0));
    }

    void aDiskThatIsGoneStaysGone()
    {
        MemoryFile base = start();
        FailingFile file(base, Fault::InputOutputForGood, 1);
        std::array<std::byte, 2> two{};
        QVERIFY(!file.flush());
        QVERIFY(!file.flush());
        QVERIFY(!file.read(0, two));
        QVERIFY(!file.runAt(0));
    }

    void aFullDiskCanBeRead()
    {
        MemoryFile base = start();
        FailingFile file(base, Fault::NoSpace, 1);
        std::array<std::byte, 2> two{};
        QVERIFY(file.read(0, two));
        QCOMPARE(file.resize(1 << 20).error().kind, ErrorKind::NoSpace);
        QCOMPARE(file.write(0, two).error().kind, ErrorKind::NoSpace);
        QCOMPARE(file.reserve(0, 2).error().kind, ErrorKind::NoSpace);
        QVERIFY(file.runAt(0));
        QCOMPARE(base.contentHash(), start().contentHash());
    }

    void halfAWriteIsDone()
    {
        MemoryFile base = start();
        FailingFile file(base, Fault::PartialWrite, 1);
        QVERIFY(file.flush());
        QVERIFY(!file.write(0, std::vector<std::byte>(4, std::byte(7))));
        std::array<std::byte, 4> got{};
        QVERIFY(base.read(0, got));
        QVERIFY((got == std::array{std::byte(7), std::byte(7), std::byte(1), std::byte(1)}));
    }

    void meetsEveryFailureOnce()
    {
        std::vector<std::pair<Fault, ErrorKind>> met;
        const FailureOutcome outcome = forEachFailure(
            start(), [](BlockFile& file) { return copyUp(file, Flaw::None); },
            [&](const AfterFailure& after) {
                met.emplace_back(after.fault, after.error.kind);
                return check(after);
            });
        QCOMPARE(outcome.failures, QStringList());
        // Read, write, flush; twice. Write, flush. Write.
        QCOMPARE(outcome.runs, 3U + 3U + 2U + 1U);
        QCOMPARE(met.size(), outcome.runs);
        QVERIFY(met.back() == std::pair(Fault::PartialWrite, ErrorKind::InputOutput));
    }

    void catchesWrongWriters_data()
    {
        QTest::addColumn<Flaw>("flaw");
        QTest::addColumn<QString>("complaint");
        QTest::newRow("ignores a failed flush")
            << Flaw::IgnoresFlush << QStringLiteral("in silence. (input/output error in call 3, flush)");
        QTest::newRow("ignores a failed read")
            << Flaw::IgnoresRead
            << QStringLiteral("in silence. (input/output error in call 1, read of 4096 bytes at 0x0)");
        QTest::newRow("says nothing") << Flaw::NoWords << QStringLiteral("The error says nothing.");
        QTest::newRow("wrong kind") << Flaw::WrongKind << QStringLiteral("corrupt instead of input-output");
        QTest::newRow("destroys first") << Flaw::DestroysFirst << QStringLiteral("The first half is gone.");
    }

    void catchesWrongWriters()
    {
        QFETCH(Flaw, flaw);
        QFETCH(QString, complaint);
        const FailureOutcome outcome =
            forEachFailure(start(), [&](BlockFile& file) { return copyUp(file, flaw); }, check);
        QVERIFY2(outcome.failures.join(u'\n').contains(complaint), qPrintable(outcome.failures.join(u'\n')));
    }

    void saysThatAnOperationFailsByItself()
    {
        const FailureOutcome outcome = forEachFailure(
            start(), [](BlockFile& file) { return file.zero(2 * length, 1); },
            [](const AfterFailure&) { return QString(); });
        QVERIFY2(outcome.failures.join(u'\n').contains(QStringLiteral("fails without a failure")),
            qPrintable(outcome.failures.join(u'\n')));
    }
};

QTEST_GUILESS_MAIN(FailingFileTest)
#include "failing_file_test.moc"
