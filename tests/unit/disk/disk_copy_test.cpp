// SPDX-License-Identifier: GPL-3.0-or-later
// extent_copy and disk_compare: what is copied, in which order, and what happens when something fails.
#include "core/disk/disk_compare.h"
#include "core/disk/extent_copy.h"
#include "core/disk/raw_disk.h"
#include "tests/disk/memory_file.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

using namespace platter;

namespace {

constexpr std::uint64_t mib = 1 << 20;

// A disk of 64 MiB with a MiB of data in every other MiB from FIRST on; what is read is counted, and reading fails
// at FAIL_AT.
class StripedDisk final : public VirtualDisk {
public:
    std::uint64_t size() const override { return 64 * mib; }

    std::uint32_t logicalSectorSize() const override { return 512; }

    std::uint32_t physicalSectorSize() const override { return 512; }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override
    {
        bytesRead += into.size();
        if (failAt >= offset && failAt < offset + into.size()) {
            return std::unexpected(Error{ErrorKind::InputOutput, QStringLiteral("the disk is broken")});
        }
        for (std::size_t i = 0; i < into.size(); ++i) {
            into[i] = byteAt(offset + i);
        }
        return {};
    }

    Result<DiskRun> runAt(std::uint64_t offset, std::uint64_t limit) const override
    {
        const std::uint64_t rest = std::min(limit, mib - offset % mib);
        return DiskRun{offset / mib % 2 == 0 ? DiskRun::Content::Data : DiskRun::Content::Zero, rest};
    }

    std::byte byteAt(std::uint64_t offset) const
    {
        // The 4th MiB is called data, and is zeros.
        return offset / mib % 2 == 0 && offset / mib != 4 ? std::byte(offset / 512 % 255 + 1) : std::byte(0);
    }

    mutable std::atomic<std::uint64_t> bytesRead = 0;
    std::uint64_t failAt = ~0ULL;
};

// Gives places of at most 64 KiB, in the file's order of asking.
class OrderedWriter final : public ImageWriter {
public:
    Result<Place> place(std::uint64_t offset, std::uint64_t length) override
    {
        const std::scoped_lock lock(mutex);
        if (asked.size() >= failAfter) {
            return std::unexpected(Error{ErrorKind::NoSpace, QStringLiteral("full")});
        }
        asked.push_back(offset);
        const Place place{offset, std::min<std::uint64_t>(length, 65536 - offset % 65536)};
        return place;
    }

    Result<void> finish() override { return {}; }

    std::mutex mutex;
    std::vector<std::uint64_t> asked;
    std::size_t failAfter = ~0ULL;
};

// A file that says that it has cloned, and notes what.
class CloningFile final : public BlockFile {
public:
    explicit CloningFile(bool can)
        : m_can(can)
    {
    }

    std::uint64_t size() const override { return file.size(); }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override
    {
        return file.read(offset, into);
    }

    Result<FileRun> runAt(std::uint64_t offset) const override { return file.runAt(offset); }

    Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override
    {
        written += from.size();
        return file.write(offset, from);
    }

    Result<void> flush() override { return {}; }

    Result<void> resize(std::uint64_t size) override { return file.resize(size); }

    Result<void> zero(std::uint64_t offset, std::uint64_t length) override { return file.zero(offset, length); }

    Result<bool> cloneFrom(
        const ByteSource& from, std::uint64_t fromOffset, std::uint64_t offset, std::uint64_t length) override
    {
        ++asked;
        if (fromOffset % 4096 != 0 || offset % 4096 != 0 || length % 4096 != 0 || !m_can) {
            return false;
        }
        cloned += length;
        std::vector<std::byte> bytes(length);
        if (!from.read(fromOffset, bytes) || !file.write(offset, bytes)) {
            qFatal("cannot clone");
        }
        return true;
    }

    MemoryFile file;
    std::atomic<std::uint64_t> written = 0;
    std::atomic<std::uint64_t> cloned = 0;
    std::atomic<int> asked = 0;

private:
    bool m_can;
};

std::unique_ptr<MemoryFile> fileOf(std::span<const std::byte> bytes)
{
    auto file = std::make_unique<MemoryFile>();
    return file->write(0, bytes) ? std::move(file) : nullptr;
}

std::vector<std::byte> bytesOf(const ByteSource& source)
{
    std::vector<std::byte> bytes(source.size());
    if (!source.read(0, bytes)) {
        qFatal("cannot read");
    }
    return bytes;
}

// A raw disk whose map calls the first and the last sector zero.
class FramedDisk final : public VirtualDisk {
public:
    explicit FramedDisk(std::span<const std::byte> bytes)
        : m_file(fileOf(bytes))
    {
    }

    std::uint64_t size() const override { return m_file->size(); }

    std::uint32_t logicalSectorSize() const override { return 512; }

    std::uint32_t physicalSectorSize() const override { return 512; }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override
    {
        return m_file->read(offset, into);
    }

    Result<DiskRun> runAt(std::uint64_t offset, std::uint64_t limit) const override
    {
        if (offset < 512 || offset >= size() - 512) {
            return DiskRun{DiskRun::Content::Zero, std::min(limit, 512 - offset % 512)};
        }
        return DiskRun{DiskRun::Content::Data, std::min(limit, size() - 512 - offset), m_file.get(), offset};
    }

private:
    std::unique_ptr<MemoryFile> m_file;
};

class ShiftedWriter final : public ImageWriter {
public:
    explicit ShiftedWriter(std::uint64_t shift)
        : m_shift(shift)
    {
    }

    Result<Place> place(std::uint64_t offset, std::uint64_t length) override
    {
        return Place{offset + m_shift, length};
    }

    Result<void> finish() override { return {}; }

private:
    std::uint64_t m_shift;
};

} // namespace

Q_DECLARE_METATYPE(Durability)

class DiskCopyTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void copiesWhatTheMapCallsData_data()
    {
        QTest::addColumn<Durability>("durability");
        QTest::newRow("stable") << Durability::Stable;
        QTest::newRow("left to the kernel") << Durability::LeftToKernel;
    }

    void copiesWhatTheMapCallsData()
    {
        QFETCH(Durability, durability);
        const StripedDisk source;
        OrderedWriter writer;
        MemoryFile file;
        std::vector<std::uint64_t> reports;
        Progress progress([&](const Progress::State& state) { reports.push_back(state.done.bytes()); });
        const Result<ByteCount> data = dataIn(source, progress);
        QCOMPARE(data->bytes(), 32 * mib);
        progress.setTotal(*data);
        QVERIFY(copyExtents(source, writer, file, progress, durability));
        QCOMPARE(source.bytesRead.load(), 32 * mib); // nothing twice, no zeros of the map
        QCOMPARE(reports.back(), 32 * mib);
        QVERIFY(std::ranges::is_sorted(reports));
        QVERIFY(file.resize(source.size()));
        const RawDisk copy(std::make_unique<MemoryFile>(file));
        Progress comparing;
        QCOMPARE(*firstDifference(source, copy, comparing), std::nullopt);
    }

    // Whatever the threads do: the same image every time, without gaps for what turned out to be zeros.
    void givesPlacesInTheDisksOrder()
    {
        for (int round = 0; round < 20; ++round) {
            const StripedDisk source;
            OrderedWriter writer;
            MemoryFile file;
            Progress progress;
            const Durability durability = round % 2 == 0 ? Durability::Stable : Durability::LeftToKernel;
            QVERIFY(copyExtents(source, writer, file, progress, durability));
            QVERIFY(std::ranges::is_sorted(writer.asked));
            QCOMPARE(writer.asked.size(), std::size_t(31 * 16));
            QVERIFY(std::ranges::none_of(writer.asked, [](std::uint64_t at) { return at / mib == 4; }));
        }
    }

    void anErrorEndsIt()
    {
        for (std::uint64_t at = 0; at < 64 * mib; at += 10 * mib) {
            StripedDisk source;
            source.failAt = at + 5;
            OrderedWriter writer;
            MemoryFile file;
            Progress progress;
            const Result<void> copied = copyExtents(source, writer, file, progress);
            QVERIFY(!copied);
            QCOMPARE(copied.error().summary, QStringLiteral("the disk is broken"));
        }
        const StripedDisk source;
        OrderedWriter writer;
        writer.failAfter = 100;
        MemoryFile file;
        Progress progress;
        QCOMPARE(copyExtents(source, writer, file, progress).error().kind, ErrorKind::NoSpace);
    }

    void canBeCancelled()
    {
        const StripedDisk source;
        OrderedWriter writer;
        MemoryFile file;
        std::stop_source stop;
        stop.request_stop();
        Progress progress({}, stop.get_token());
        QCOMPARE(copyExtents(source, writer, file, progress).error().kind, ErrorKind::Cancelled);
        QCOMPARE(source.bytesRead.load(), quint64(0));
        QCOMPARE(dataIn(source, progress).error().kind, ErrorKind::Cancelled);
        QCOMPARE(firstDifference(source, source, progress).error().kind, ErrorKind::Cancelled);
    }

    void clonesWholeBlocksAndCopiesTheRest()
    {
        // Data from 512 on, up to a sector before the end.
        std::vector<std::byte> content(3 * mib);
        std::fill(content.begin() + 512, content.end() - 512, std::byte(3));
        for (const std::uint64_t shift : {std::uint64_t(0), std::uint64_t(8192)}) {
            const FramedDisk source(content);
            ShiftedWriter writer(shift);
            CloningFile file(true);
            Progress progress;
            QVERIFY(copyExtents(source, writer, file, progress));
            QCOMPARE(file.cloned.load(), 3 * mib - 8192);
            QCOMPARE(file.written.load(), quint64(2 * (4096 - 512)));
            QVERIFY(file.resize(shift + content.size()));
            const std::vector<std::byte> made = bytesOf(file);
            QVERIFY(std::ranges::equal(std::span(made).subspan(shift), content));
        }
    }

    void copiesWhereItCannotClone()
    {
        std::vector<std::byte> content(20 * mib, std::byte(3));
        std::fill_n(content.begin() + 2 * mib, 65536, std::byte(0));
        for (const bool isAligned : {true, false}) {
            const RawDisk source(fileOf(content));
            ShiftedWriter writer(isAligned ? 0 : 512);
            CloningFile file(!isAligned);
            Progress progress;
            QVERIFY(copyExtents(source, writer, file, progress));
            QCOMPARE(file.cloned.load(), quint64(0));
            QVERIFY(file.asked <= 4); // not once for every piece
            const std::uint64_t shift = isAligned ? 0 : 512;
            QVERIFY(file.resize(shift + content.size()));
            const std::vector<std::byte> made = bytesOf(file);
            QVERIFY(std::ranges::equal(std::span(made).subspan(shift), content));
        }
    }

    void findsTheFirstDifferentSector_data()
    {
        QTest::addColumn<quint64>("changed");
        QTest::addColumn<quint64>("sector");
        for (const quint64 at : std::initializer_list<quint64>{0, 511, 2 * mib + 1000, 5 * mib, 64 * mib - 1}) {
            QTest::addRow("%llu", static_cast<unsigned long long>(at)) << at << at / 512 * 512;
        }
    }

    void findsTheFirstDifferentSector()
    {
        QFETCH(quint64, changed);
        QFETCH(quint64, sector);
        const StripedDisk disk;
        std::vector<std::byte> bytes(disk.size());
        QVERIFY(disk.read(0, bytes));
        bytes[changed] ^= std::byte(0x80);
        bytes[std::min<std::size_t>(changed + 20 * mib, bytes.size() - 1)] ^= std::byte(0x40);
        const RawDisk other(fileOf(bytes));
        Progress progress;
        QCOMPARE(*firstDifference(disk, other, progress), std::optional<std::uint64_t>(sector));
        QCOMPARE(*firstDifference(other, disk, progress), std::optional<std::uint64_t>(sector));
    }

    void disksOfDifferentSizesDiffer()
    {
        const RawDisk small(std::make_unique<MemoryFile>(4096));
        const RawDisk large(std::make_unique<MemoryFile>(8192));
        Progress progress;
        QCOMPARE(*firstDifference(small, large, progress), std::optional<std::uint64_t>(4096));
    }
};

QTEST_APPLESS_MAIN(DiskCopyTest)
#include "disk_copy_test.moc"
