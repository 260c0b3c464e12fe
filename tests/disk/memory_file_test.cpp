// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/host_file.h"
#include "tests/disk/memory_file.h"

#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <vector>

using namespace platter;

namespace {

constexpr std::uint64_t page = MemoryFile::pageSize;
constexpr std::uint64_t tebibyte = std::uint64_t(1) << 40;

std::vector<std::byte> filled(std::size_t count, int value)
{
    return std::vector<std::byte>(count, std::byte(value));
}

std::vector<std::byte> contentOf(const ByteSource& source)
{
    std::vector<std::byte> bytes(source.size());
    return source.read(0, bytes) ? bytes : std::vector<std::byte>();
}

} // namespace

class MemoryFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void holesCostNothing()
    {
        MemoryFile file(64 * tebibyte);
        QCOMPARE(file.sizeInMemory(), 0U);
        QVERIFY(file.runAt(5).value() == (FileRun{FileRun::Content::Hole, 64 * tebibyte - 5}));
        QVERIFY(file.write(64 * tebibyte - 3, filled(3, 1)));
        QCOMPARE(file.sizeInMemory(), page);
        QVERIFY(file.zero(0, 64 * tebibyte));
        QCOMPARE(file.sizeInMemory(), 0U);
        QCOMPARE(file.size(), 64 * tebibyte);
    }

    void isWhatAnArrayWouldBe()
    {
        QRandomGenerator dice(7);
        MemoryFile file;
        std::vector<std::byte> model;
        for (int i = 0; i < 2000; ++i) {
            const auto offset = dice.bounded(quint64(9 * page));
            const std::uint64_t length = dice.bounded(i % 3 == 0 ? 700 : 3 * int(page));
            switch (dice.bounded(4)) {
            case 0:
                QVERIFY(file.resize(offset));
                model.resize(offset);
                break;
            case 1: {
                const std::uint64_t from = std::min<std::uint64_t>(offset, model.size());
                const std::uint64_t count = std::min<std::uint64_t>(length, model.size() - from);
                QVERIFY(file.zero(from, count));
                std::fill_n(model.begin() + static_cast<std::ptrdiff_t>(from), count, std::byte(0));
                break;
            }
            default: {
                const auto bytes = filled(length, 1 + i % 255);
                QVERIFY(file.write(offset, bytes));
                model.resize(length == 0 ? model.size() : std::max<std::size_t>(model.size(), offset + length));
                std::ranges::copy(bytes, model.begin() + static_cast<std::ptrdiff_t>(length == 0 ? 0 : offset));
            }
            }
            QCOMPARE(file.size(), model.size());
            if (i % 20 == 0) {
                QVERIFY(contentOf(file) == model);
                MemoryFile anew;
                QVERIFY(anew.write(0, model));
                QCOMPARE(file.contentHash(), anew.contentHash());
            }
        }
    }

    void refusesWhatIsOutside()
    {
        MemoryFile file(page);
        std::array<std::byte, 2> two{};
        QCOMPARE(file.read(page - 1, two).error().kind, ErrorKind::Corrupt);
        QCOMPARE(file.read(~std::uint64_t(0), two).error().kind, ErrorKind::Corrupt);
        QCOMPARE(file.zero(page - 1, 2).error().kind, ErrorKind::Corrupt);
        QCOMPARE(file.runAt(page).error().kind, ErrorKind::Corrupt);
        QCOMPARE(file.write(~std::uint64_t(0) - 1, two).error().kind, ErrorKind::Unsupported);
        QCOMPARE(file.resize(~std::uint64_t(0)).error().kind, ErrorKind::Unsupported);
        QCOMPARE(file.size(), page);
    }

    void saysWhereTheHolesAre()
    {
        MemoryFile file(10 * page);
        QVERIFY(file.write(2 * page + 5, filled(page, 1)));
        QVERIFY(file.runAt(7).value() == (FileRun{FileRun::Content::Hole, 2 * page - 7}));
        QVERIFY(file.runAt(2 * page + 1).value() == (FileRun{FileRun::Content::Data, 2 * page - 1}));
        QVERIFY(file.runAt(4 * page).value() == (FileRun{FileRun::Content::Hole, 6 * page}));
        QVERIFY(file.resize(3 * page + 9));
        QVERIFY(file.runAt(3 * page).value() == (FileRun{FileRun::Content::Data, 9}));
    }

    void snapshotsDoNotSeeEachOther()
    {
        MemoryFile file(4 * page);
        QVERIFY(file.write(0, filled(2 * page, 1)));
        const std::uint64_t before = file.contentHash();
        const MemoryFile snapshot(file);
        MemoryFile third;
        third = snapshot;
        QVERIFY(file.write(10, filled(1, 2)));
        QVERIFY(third.zero(0, 4 * page));
        QCOMPARE(snapshot.contentHash(), before);
        QVERIFY(file.contentHash() != before);
        QVERIFY(contentOf(third) == filled(4 * page, 0));
        QVERIFY(file.write(10, filled(1, 1)));
        QCOMPARE(file.contentHash(), before);
    }

    void hashSeesEveryByteAndTheSize()
    {
        MemoryFile file(3 * page);
        const std::uint64_t empty = file.contentHash();
        QVERIFY(file.write(0, filled(page, 0))); // zeros, no hole any more
        QCOMPARE(file.contentHash(), empty);
        QVERIFY(file.write(page - 1, filled(1, 1)));
        const std::uint64_t one = file.contentHash();
        QVERIFY(file.zero(page - 1, 1));
        QVERIFY(file.write(2 * page - 1, filled(1, 1))); // the same page content elsewhere
        const std::uint64_t other = file.contentHash();
        QVERIFY(file.resize(3 * page + 1));
        const std::uint64_t longer = file.contentHash();
        QVERIFY(one != empty && other != empty && one != other && longer != other);
    }

    void goesToARealFileAndBack()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("state"));
        MemoryFile file(tebibyte);
        QVERIFY(file.write(5 * page - 100, filled(200, 3)));
        QVERIFY(file.save(path));
        const auto real = HostFile::open(path, HostFile::Access::ReadOnly);
        QVERIFY(real);
        QVERIFY((*real)->sizeOnHost().value() <= 4 * page);
        const Result<MemoryFile> back = MemoryFile::copyOf(**real);
        QVERIFY(back);
        QCOMPARE(back->contentHash(), file.contentHash());
        QVERIFY(back->sizeInMemory() <= 4 * page);
        QVERIFY(MemoryFile(7).save(path)); // replaces
        QCOMPARE(HostFile::open(path, HostFile::Access::Unlocked).value()->size(), 7U);
        QCOMPARE(file.save(folder.filePath(QStringLiteral("no/such"))).error().kind, ErrorKind::NotFound);
    }

    void manyThreadsMayUseIt()
    {
        MemoryFile file(8 * page);
        std::atomic<int> torn = 0;
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < 4; ++thread) {
                // Stripes that share pages.
                threads.emplace_back([&file, thread] {
                    for (int round = 1; round <= 50; ++round) {
                        for (std::uint64_t stripe = std::uint64_t(thread); stripe < 64; stripe += 4) {
                            std::ignore = file.write(stripe * page / 8, filled(page / 8, round));
                        }
                    }
                });
            }
            threads.emplace_back([&] {
                for (int round = 0; round < 50; ++round) {
                    const MemoryFile snapshot(file);
                    const std::uint64_t hash = snapshot.contentHash();
                    const auto bytes = contentOf(snapshot);
                    for (std::size_t stripe = 0; stripe < 64; ++stripe) {
                        const auto piece = std::span(bytes).subspan(stripe * page / 8, page / 8);
                        torn += std::ranges::any_of(piece, [&](std::byte b) { return b != piece.front(); });
                    }
                    torn += snapshot.contentHash() != hash;
                }
            });
        }
        QCOMPARE(torn, 0);
        QVERIFY(contentOf(file) == filled(8 * page, 50));
    }
};

QTEST_GUILESS_MAIN(MemoryFileTest)
#include "memory_file_test.moc"
