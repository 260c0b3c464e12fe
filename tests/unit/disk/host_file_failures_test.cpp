// SPDX-License-Identifier: GPL-3.0-or-later
// HostFile on a host whose n-th system call fails: what can be continued is continued, the rest is a clear error.
#include "core/disk/host_file.h"
#include "core/disk/partial_file.h"
#include "tests/disk/failing_calls.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <memory>
#include <tuple>
#include <vector>

using namespace platter;

namespace {

constexpr std::size_t length = 100'000;
constexpr std::size_t streamed = 1'048'576;

std::vector<std::byte> pattern()
{
    std::vector<std::byte> bytes(length);
    for (std::size_t i = 0; i < length; ++i) {
        bytes[i] = std::byte(i % 251);
    }
    return bytes;
}

// So much, where the storage takes it from.
class Aligned {
public:
    std::span<const std::byte> bytes() const
    {
        const auto address = reinterpret_cast<std::uintptr_t>(m_bytes.data());
        return std::span(m_bytes).subspan(
            (BlockFile::streamAlignment - address % BlockFile::streamAlignment) % BlockFile::streamAlignment,
            streamed);
    }

private:
    std::vector<std::byte> m_bytes = std::vector(streamed + BlockFile::streamAlignment, std::byte(7));
};

// Everything that a HostFile does, once. What it read at the end must be what it wrote.
Result<void> useAll(const QString& path, bool& readsTheSame)
{
    Result<std::unique_ptr<HostFile>> made = HostFile::create(path);
    if (!made) {
        return std::unexpected(made.error());
    }
    made->reset();
    Result<std::unique_ptr<HostFile>> file = HostFile::open(path, HostFile::Access::ReadWrite);
    if (!file) {
        return std::unexpected(file.error());
    }
    std::vector<std::byte> expected = pattern();
    std::vector<std::byte> got(length);
    std::fill_n(expected.begin() + 5, 7, std::byte(0));
    expected.back() = std::byte(0);
    const Aligned much;
    std::vector<std::byte> gotMuch(streamed);
    return (*file)
        ->resize(2 * streamed)
        .and_then([&] { return (*file)->stream(streamed, much.bytes()); })
        .and_then([&] { return (*file)->read(streamed, gotMuch); })
        .and_then([&] { return (*file)->write(0, pattern()); })
        .and_then([&] { return (*file)->resize(length - 1); })
        .and_then([&] { return (*file)->resize(length); })
        .and_then([&] { return (*file)->reserve(0, length); })
        .and_then([&] { return (*file)->zero(5, 7); })
        .and_then([&] { return (*file)->flush(); })
        .and_then([&] { return (*file)->runAt(0); })
        .and_then([&](FileRun) { return (*file)->sizeOnHost(); })
        .and_then([&](std::uint64_t) { return (*file)->read(0, got); })
        .transform([&] {
            readsTheSame = got == expected && (*file)->size() == length
                && std::ranges::all_of(gotMuch, [](std::byte byte) { return byte == std::byte(7); });
        });
}

} // namespace

Q_DECLARE_METATYPE(CallFault)
Q_DECLARE_METATYPE(Durability)

class HostFileFailuresTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void everyCallFailsOnce_data()
    {
        QTest::addColumn<CallFault>("fault");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QStringList>("fatal"); // the calls whose failure the caller hears of
        QTest::addColumn<QStringList>("continued");
        const QStringList changing{QStringLiteral("open"), QStringLiteral("ftruncate"), QStringLiteral("pwrite"),
            QStringLiteral("pwrite"), QStringLiteral("ftruncate"), QStringLiteral("ftruncate"),
            QStringLiteral("fallocate"), QStringLiteral("fallocate"), QStringLiteral("fdatasync")};
        const QString open = QStringLiteral("open");
        const QString fstat = QStringLiteral("fstat");
        const QString lseek = QStringLiteral("lseek");
        const QString pread = QStringLiteral("pread");
        const QString pwrite = QStringLiteral("pwrite");
        const QStringList streaming = changing.mid(1, 2) + QStringList(pread);
        QTest::newRow("EIO") << CallFault::InputOutput << ErrorKind::InputOutput
                             << QStringList({open, open, fstat, fstat}) + streaming + changing.mid(3)
                + QStringList({fstat, pread})
                             // Without a way past the page cache it goes through it. A file system that cannot say
                             // where its holes are has none.
                             << QStringList({open, lseek, lseek});
        QTest::newRow("ENOSPC") << CallFault::NoSpace << ErrorKind::NoSpace << changing << QStringList();
        QTest::newRow("EINTR") << CallFault::Interrupted << ErrorKind::InputOutput << QStringList()
                               << QStringList({open, open}) + changing.mid(1, 1) + QStringList(open)
                + changing.mid(2, 1) + QStringList(pread) + changing.mid(3) + QStringList(pread);
        QTest::newRow("short") << CallFault::Short << ErrorKind::InputOutput << QStringList()
                               << QStringList({pwrite, pread, pwrite, pread});
    }

    void everyCallFailsOnce()
    {
        QFETCH(CallFault, fault);
        QFETCH(ErrorKind, kind);
        QFETCH(QStringList, fatal);
        QFETCH(QStringList, continued);
        const QTemporaryDir folder;
        QStringList fatalCalls;
        QStringList continuedCalls;
        for (std::size_t call = 1;; ++call) {
            const QString path = folder.filePath(QString::number(call));
            bool readsTheSame = false;
            QString victim;
            Result<void> result;
            {
                const FailingCalls failing(fault, call);
                result = useAll(path, readsTheSame);
                victim = failing.victim();
            }
            if (result) {
                QVERIFY2(readsTheSame, qPrintable(victim));
            } else {
                QVERIFY2(result.error().kind == kind, qPrintable(victim + u' ' + result.error().text()));
                QVERIFY2(result.error().summary.contains(path), qPrintable(result.error().summary));
            }
            if (victim.isEmpty()) {
                QVERIFY(result);
                break;
            }
            (result ? continuedCalls : fatalCalls) += victim;
        }
        QCOMPARE(fatalCalls, fatal);
        QCOMPARE(continuedCalls, continued);
    }

    void whatIsLeftToTheKernelIsNotWaitedFor_data()
    {
        QTest::addColumn<Durability>("durability");
        QTest::addColumn<QStringList>("waits");
        QTest::newRow("stable") << Durability::Stable
                                << QStringList{QStringLiteral("fdatasync"), QStringLiteral("fsync")};
        QTest::newRow("left to the kernel") << Durability::LeftToKernel << QStringList();
    }

    void whatIsLeftToTheKernelIsNotWaitedFor()
    {
        QFETCH(Durability, durability);
        QFETCH(QStringList, waits);
        const QTemporaryDir folder;
        const Aligned much;
        QStringList called;
        QString victim;
        for (std::size_t call = 1; call == 1 || !victim.isEmpty(); ++call) {
            const FailingCalls failing(CallFault::InputOutput, call);
            PartialFile partial(folder.filePath(QString::number(call)));
            const Result<std::unique_ptr<HostFile>> file = HostFile::create(partial.path(), durability);
            if (file) {
                std::ignore =
                    (*file)->stream(0, much.bytes()).and_then([&] { return (*file)->flush(); }).and_then([&] {
                        return partial.appear(QStringLiteral("Trying"), durability);
                    });
            }
            victim = failing.victim();
            called += victim;
        }
        QVERIFY(called.contains(QStringLiteral("pwrite")) && called.contains(QStringLiteral("renameat2")));
        // The file, and where it is waited for that past the page cache and the folder.
        QCOMPARE(called.count(QStringLiteral("open")), durability == Durability::Stable ? 3 : 1);
        called.removeIf([](const QString& name) { return !name.endsWith(QLatin1String("sync")); });
        QCOMPARE(called, waits);
    }

    void aFailureToMakeItLeavesNothing()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("disk"));
        const FailingCalls failing(CallFault::NoSpace, 1);
        QCOMPARE(HostFile::create(path).error().kind, ErrorKind::NoSpace);
        QVERIFY(!QFile::exists(path));
    }
};

QTEST_GUILESS_MAIN(HostFileFailuresTest)
#include "host_file_failures_test.moc"
