// SPDX-License-Identifier: GPL-3.0-or-later
// Logs as other programs leave them: which entries are applied, and that a reader sees in memory what an editor
// makes of the file.
#include "core/disk/vhdx/check.h"
#include "core/disk/vhdx/checksum.h"
#include "tests/unit/disk/vhdx/log_entry.h"
#include "tests/unit/disk/vhdx/raw_bytes.h"
#include "tests/unit/disk/vhdx/sample_disk.h"

#include <QTest>

using namespace platter;
using namespace platter::vhdx;

namespace {

constexpr std::uint64_t fileLength = 4 * mebibyte;
constexpr std::uint64_t firstLogged = layout::regionTableOffsets[0];
const QUuid logGuid(QStringLiteral("{5d54c9cc-7a8b-4b1c-9d6f-c53d62a3f0a1}"));
const QUuid otherGuid(QStringLiteral("{0f2d7a1e-40c5-4f2f-8f37-0a9d4f0e6b52}"));

// Space that belongs to nothing: what a log puts there shows nowhere else.
std::uint64_t spare(std::uint64_t sector)
{
    return 320 * kibibyte + sector * logSector;
}

// A log, and which numbers (Model::bytesOf) its sectors have afterwards.
struct Log {
    std::function<void(MemoryFile&)> write;
    std::map<std::uint64_t, std::uint32_t> expected;
    std::uint64_t entries = 1;
    std::uint64_t fileLength = ::fileLength;
};

LogEntry::Update sets(std::uint64_t sector, std::uint32_t number)
{
    return {.offset = spare(sector), .number = number};
}

LogEntry::Update zeroes(std::uint64_t sector, std::uint64_t count)
{
    return {.offset = spare(sector), .zeroLength = count * logSector};
}

// ENTRIES one behind the other from POSITION on. A tail that is not set is the first one's position.
std::function<void(MemoryFile&)> inRow(std::uint64_t position, const std::vector<LogEntry>& entries)
{
    return [=](MemoryFile& file) {
        std::uint64_t next = position;
        for (LogEntry entry : entries) {
            entry.tail = entry.tail == 0 ? position : entry.tail;
            next = putLogEntry(file, next, entry, logGuid);
        }
    };
}

std::function<void(MemoryFile&)> both(
    const std::function<void(MemoryFile&)>& first, const std::function<void(MemoryFile&)>& second)
{
    return [=](MemoryFile& file) {
        first(file);
        second(file);
    };
}

std::map<QByteArray, Log> allLogs()
{
    std::map<QByteArray, Log> logs;
    logs["one entry"] = {inRow(0, {{.updates = {sets(0, 1), sets(5, 2)}}}), {{0, 1}, {5, 2}, {1, 0}}};
    logs["the later one wins"] = {
        inRow(0, {{.sequence = 1, .updates = {sets(0, 1), sets(1, 1)}}, {.sequence = 2, .updates = {sets(0, 2)}}}),
        {{0, 2}, {1, 1}}, 2};

    // The ring has 256 sectors.
    const std::uint64_t nearEnd = 250 * logSector;
    logs["wrapped between entries"] = {
        inRow(nearEnd,
            {{.sequence = 10, .updates = {sets(0, 10), sets(1, 10), sets(2, 10), sets(3, 10), sets(4, 10)}},
                {.sequence = 11, .updates = {sets(0, 11)}}}),
        {{0, 11}, {1, 10}, {4, 10}}, 2};
    logs["wrapped inside an entry"] = {
        inRow(nearEnd,
            {{.sequence = 10, .updates = {sets(0, 10), sets(1, 10), sets(2, 10)}},
                {.sequence = 11, .updates = {sets(1, 11), sets(2, 11), sets(3, 11), sets(4, 11)}},
                {.sequence = 12, .updates = {sets(4, 12)}}}),
        {{0, 10}, {1, 11}, {2, 11}, {3, 11}, {4, 12}}, 3};
    logs["descriptors wrapped"] = {[](MemoryFile& file) {
                                       LogEntry entry{.tail = 255 * logSector};
                                       for (std::uint32_t i = 0; i < 130; ++i) {
                                           entry.updates.push_back(sets(i, i + 1));
                                       }
                                       putLogEntry(file, 255 * logSector, entry, logGuid);
                                   },
        {{0, 1}, {125, 126}, {126, 127}, {129, 130}, {130, 0}}};

    logs["the tail in the middle"] = {
        [](MemoryFile& file) {
            std::uint64_t at =
                putLogEntry(file, 0, {.sequence = 1, .tail = 0, .updates = {sets(0, 1), sets(1, 1)}}, logGuid);
            const std::uint64_t second = at;
            at = putLogEntry(file, at, {.sequence = 2, .tail = 0, .updates = {sets(1, 2)}}, logGuid);
            putLogEntry(file, at, {.sequence = 3, .tail = second, .updates = {sets(2, 3)}}, logGuid);
        },
        {{0, 0}, {1, 2}, {2, 3}}, 2};
    logs["the tail is the head"] = {
        [](MemoryFile& file) {
            const std::uint64_t at = putLogEntry(file, 0, {.sequence = 1, .updates = {sets(0, 1)}}, logGuid);
            putLogEntry(file, at, {.sequence = 2, .tail = at, .updates = {sets(1, 2)}}, logGuid);
        },
        {{0, 0}, {1, 2}}};
    logs["a gap in the numbers"] = {
        inRow(0,
            {{.sequence = 1, .updates = {sets(0, 1)}}, {.sequence = 2, .updates = {sets(1, 2)}},
                {.sequence = 4, .updates = {sets(2, 4)}}}),
        {{0, 1}, {1, 2}, {2, 0}}, 2};
    logs["a number twice"] = {inRow(0,
                                  {{.sequence = 3, .updates = {sets(0, 1)}},
                                      {.sequence = 3, .tail = 2 * logSector, .updates = {sets(1, 2)}}}),
        {{0, 1}, {1, 0}}};
    logs["a torn last entry"] = {
        both(inRow(0,
                 {{.sequence = 1, .updates = {sets(0, 1)}}, {.sequence = 2, .updates = {sets(1, 2), sets(2, 2)}}}),
            [](MemoryFile& file) { putNumber<quint8>(file, mebibyte + 4 * logSector + 77, 0xee); }),
        {{0, 1}, {1, 0}, {2, 0}}};
    logs["a last entry whose last sector is missing"] = {
        both(inRow(0,
                 {{.sequence = 1, .updates = {sets(0, 1)}}, {.sequence = 2, .updates = {sets(1, 2), sets(2, 2)}}}),
            [](MemoryFile& file) { QVERIFY(file.zero(mebibyte + 4 * logSector, logSector)); }),
        {{0, 1}, {1, 0}, {2, 0}}};
    logs["somebody else's entry behind"] = {
        [](MemoryFile& file) {
            const std::uint64_t at = putLogEntry(file, 0, {.sequence = 1, .updates = {sets(0, 1)}}, logGuid);
            putLogEntry(file, at, {.sequence = 2, .updates = {sets(0, 2)}}, otherGuid);
        },
        {{0, 1}}};
    logs["an older run before"] = {
        [](MemoryFile& file) {
            putLogEntry(file, 0, {.sequence = 1, .updates = {sets(0, 1), sets(1, 1)}}, logGuid);
            inRow(100 * logSector,
                {{.sequence = 7, .updates = {sets(0, 7)}}, {.sequence = 8, .updates = {sets(2, 8)}}})(file);
        },
        {{0, 7}, {1, 0}, {2, 8}}, 2};
    logs["a newer run without its tail"] = {
        [](MemoryFile& file) {
            putLogEntry(file, 0, {.sequence = 5, .updates = {sets(0, 5)}}, logGuid);
            putLogEntry(
                file, 100 * logSector, {.sequence = 9, .tail = 90 * logSector, .updates = {sets(0, 9)}}, logGuid);
        },
        {{0, 5}}};

    logs["an empty entry"] = {inRow(0, {{.sequence = 1}}), {{0, 0}}};
    logs["an empty entry behind another"] = {
        inRow(0, {{.sequence = 1, .updates = {sets(0, 1)}}, {.sequence = 2}}), {{0, 1}}, 2};
    logs["zeros"] = {inRow(0,
                         {{.sequence = 1, .updates = {sets(0, 1), sets(1, 1), sets(2, 1), sets(3, 1)}},
                             {.sequence = 2, .updates = {zeroes(1, 2), zeroes(100, 20)}}}),
        {{0, 1}, {1, 0}, {2, 0}, {3, 1}, {100, 0}, {119, 0}}, 2};
    logs["zeros, and sectors in them"] = {
        inRow(0, {{.updates = {zeroes(0, 40), sets(0, 1), sets(20, 2), sets(39, 3), zeroes(30, 4)}}}),
        {{0, 1}, {1, 0}, {19, 0}, {20, 2}, {21, 0}, {30, 0}, {38, 0}, {39, 3}}};
    logs["zeros over zeros"] = {inRow(0,
                                    {{.sequence = 1, .updates = {zeroes(0, 10), sets(5, 1), zeroes(8, 10)}},
                                        {.sequence = 2, .updates = {zeroes(4, 8), sets(17, 2)}}}),
        {{5, 0}, {17, 2}}, 2};

    for (const std::uint64_t count : {125, 126, 127, 128, 200, 253}) {
        Log& log = logs["data descriptors: " + QByteArray::number(qulonglong(count))];
        LogEntry entry;
        for (std::uint32_t i = 0; i < count; ++i) {
            // Some of the first MiB, the rest behind the end of the file.
            const std::uint64_t sector = i < 100 ? i : (fileLength - spare(0)) / logSector + i;
            entry.updates.push_back(sets(sector, i + 1));
            log.expected[sector] = i + 1;
        }
        log.write = inRow(0, {entry});
        if (count > 100) {
            log.fileLength = fileLength + count * logSector;
        }
    }
    for (const std::uint64_t count : {126, 127, 254, 255, 300, 1000}) {
        Log& log = logs["descriptors: " + QByteArray::number(qulonglong(count))];
        LogEntry entry;
        for (std::uint32_t i = 0; i + 1 < count; ++i) {
            entry.updates.push_back(zeroes(i % 100, 1));
        }
        entry.updates.push_back(sets(3, 77));
        log.write = inRow(0, {entry});
        log.expected = {{2, 0}, {3, 77}, {4, 0}};
    }

    logs["longer by the last file offset"] = {
        inRow(0, {{.updates = {sets(0, 1)}, .flushedFileOffset = fileLength, .lastFileOffset = 36 * mebibyte}}),
        {{0, 1}}, 1, 36 * mebibyte};
    logs["shorter last file offset"] = {
        inRow(0, {{.updates = {sets(0, 1)}, .flushedFileOffset = mebibyte, .lastFileOffset = mebibyte}}), {{0, 1}}};
    const std::uint64_t behind = (fileLength - spare(0)) / logSector;
    logs["behind the end of the file"] = {
        inRow(0, {{.updates = {sets(behind + 1000, 1), zeroes(behind + 2000, 48)}}}),
        {{behind, 0}, {behind + 1000, 1}, {behind + 2000, 0}}, 1, fileLength + 2048 * logSector};

    // Windows begins at such numbers.
    const std::uint64_t windows = 80117443871106387;
    logs["numbers as Windows has them"] = {
        inRow(0,
            {{.sequence = windows}, {.sequence = windows + 1, .updates = {sets(0, 1)}},
                {.sequence = windows + 2, .updates = {sets(1, 2)}}}),
        {{0, 1}, {1, 2}}, 3};
    const std::uint64_t carry = (std::uint64_t(7) << 32U) - 1;
    logs["numbers that carry over 32 bits"] = {
        inRow(0, {{.sequence = carry, .updates = {sets(0, 1)}}, {.sequence = carry + 1, .updates = {sets(1, 2)}}}),
        {{0, 1}, {1, 2}}, 2};
    const std::uint64_t last = ~std::uint64_t(0);
    logs["the last numbers there are"] = {
        inRow(0, {{.sequence = last - 1, .updates = {sets(0, 1)}}, {.sequence = last, .updates = {sets(1, 2)}}}),
        {{0, 1}, {1, 2}}, 2};

    // What a reader must not take for an entry.
    const auto damaged = [](std::uint64_t at, std::uint8_t value) {
        return both(inRow(0, {{.sequence = 1, .updates = {sets(0, 1)}}, {.sequence = 2, .updates = {sets(0, 2)}}}),
            [=](MemoryFile& file) {
                // Its checksum is right.
                const std::uint64_t entry = mebibyte + 2 * logSector;
                putNumber<quint8>(file, entry + at, value);
                std::vector<std::byte> bytes = bytesAt(file, entry, 2 * logSector);
                putNumber<quint32>(
                    file, entry + layout::logEntry::checksum, checksumOf(bytes, layout::logEntry::checksum));
            });
    };
    logs["a length of nothing"] = {damaged(layout::logEntry::entryLength + 1, 0), {{0, 1}}};
    logs["a length of three sectors"] = {damaged(layout::logEntry::entryLength + 1, 0x30), {{0, 1}}};
    logs["a length of half sectors"] = {damaged(layout::logEntry::entryLength, 1), {{0, 1}}};
    logs["a tail in half a sector"] = {damaged(layout::logEntry::tail, 1), {{0, 1}}};
    logs["more descriptors than there is room for"] = {
        damaged(layout::logEntry::descriptorCount + 3, 0xff), {{0, 1}}};
    logs["two descriptors, one of them nothing"] = {damaged(layout::logEntry::descriptorCount, 2), {{0, 1}}};
    logs["a descriptor of another entry"] = {
        damaged(layout::logEntry::size + layout::descriptor::sequenceNumber, 1), {{0, 1}}};
    logs["a descriptor without its mark"] = {damaged(layout::logEntry::size, 'D'), {{0, 1}}};
    logs["a data sector without its mark"] = {damaged(logSector, 'D'), {{0, 1}}};
    logs["a data sector of another entry"] = {damaged(logSector + layout::dataSector::sequenceLow, 1), {{0, 1}}};
    return logs;
}

} // namespace

class VhdxLogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void applies_data()
    {
        QTest::addColumn<QByteArray>("name");
        for (const auto& [name, log] : allLogs()) {
            QTest::newRow(name.constData()) << name;
        }
    }

    void applies()
    {
        QFETCH(QByteArray, name);
        const Log log = allLogs().at(name);
        MemoryFile file = makeDisk({.virtualSize = 64 * mebibyte, .blockSize = 2 * mebibyte});
        QCOMPARE(file.size(), fileLength);
        log.write(file);
        putLogGuid(file, logGuid);

        const std::uint64_t before = file.contentHash();
        const auto image = view(file);
        QVERIFY2(image, image ? "" : qPrintable(image.error().detail));
        QVERIFY((*image)->replay());
        QCOMPARE((*image)->replay()->entryCount, log.entries);
        const ReadableFile& seen = (*image)->file();
        QCOMPARE(seen.size(), log.fileLength);
        for (const auto& [sector, number] : log.expected) {
            QVERIFY2(bytesAt(seen, spare(sector), logSector) == Model::bytesOf(number),
                qPrintable(QString::number(sector)));
        }
        QVERIFY(check(file));
        QCOMPARE(file.contentHash(), before);

        // In the file it becomes the same; what lies before are the headers.
        {
            const auto editor = edit(file);
            QVERIFY(editor);
        }
        QVERIFY(file.size() >= seen.size());
        QVERIFY(file.size() - seen.size() < mebibyte);
        for (std::uint64_t offset = firstLogged; offset < seen.size();) {
            const std::size_t count = std::min<std::uint64_t>(seen.size() - offset, mebibyte);
            QVERIFY2(bytesAt(file, offset, count) == bytesAt(seen, offset, count),
                qPrintable(QString::number(offset, 16)));
            offset += count;
        }
        const auto again = view(file);
        QVERIFY(again);
        QVERIFY(!(*again)->replay());
        const Result<CheckReport> report = check(file);
        QVERIFY(report);
        QVERIFY(report->isSound());
    }

    // Pieces of every size and alignment, holes and data alike.
    void showsEveryByteAsItWillBe()
    {
        MemoryFile file = makeDisk({.virtualSize = 64 * mebibyte, .blockSize = 2 * mebibyte});
        inRow(0,
            {{.sequence = 1, .updates = {zeroes(0, 40), sets(3, 5), sets(20, 2)}},
                {.sequence = 2, .updates = {zeroes(19, 2), sets(1500, 3)}, .lastFileOffset = 8 * mebibyte}})(file);
        putLogGuid(file, logGuid);
        const auto image = view(file);
        QVERIFY(image);
        const ReadableFile& seen = (*image)->file();
        const std::vector<std::byte> whole = bytesAt(seen, 0, seen.size());
        std::mt19937 random(1);
        for (int i = 0; i < 2000; ++i) {
            const std::uint64_t offset = random() % seen.size();
            const std::uint64_t count = std::min<std::uint64_t>(random() % 20000, seen.size() - offset);
            QVERIFY(std::ranges::equal(bytesAt(seen, offset, count), std::span(whole).subspan(offset, count)));
        }
        std::uint64_t holes = 0;
        for (std::uint64_t offset = 0; offset < seen.size();) {
            const Result<FileRun> run = seen.runAt(offset);
            QVERIFY(run);
            QVERIFY(run->length > 0 && run->length <= seen.size() - offset);
            if (run->content == FileRun::Content::Hole) {
                const auto part = std::span(whole).subspan(offset, run->length);
                QVERIFY(std::ranges::all_of(part, [](std::byte byte) { return byte == std::byte(0); }));
                holes += run->length;
            }
            offset += run->length;
        }
        QVERIFY(holes > 6 * mebibyte);
        QVERIFY(seen.read(seen.size(), {}));
    }

    void aLogLargerThanUsualNeedsNoMoreMemory()
    {
        MemoryFile file = makeDisk({.virtualSize = 64 * mebibyte, .blockSize = 2 * mebibyte});
        QVERIFY(file.resize(2048 * mebibyte));
        for (const std::uint64_t header : layout::headerOffsets) {
            putNumber<quint64>(file, header + layout::header::logOffset, 1024 * mebibyte);
            putNumber<quint32>(file, header + layout::header::logLength, 1024 * mebibyte);
        }
        mendHeaders(file);
        const auto editor = edit(file);
        QVERIFY(editor);
        QVERIFY((*editor)->logCapacity() > 250);
        QVERIFY((*editor)->logCapacity() * logSector <= 4 * mebibyte);
    }
};

QTEST_GUILESS_MAIN(VhdxLogTest)
#include "vhdx_log_test.moc"
