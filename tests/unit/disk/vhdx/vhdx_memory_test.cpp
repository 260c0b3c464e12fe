// SPDX-License-Identifier: GPL-3.0-or-later
// What a disk of 64 TiB with blocks of 1 MiB, whose table alone has 513 MiB, costs in memory and in reading. Every
// allocation of this program is counted; in a program of its own for that reason.
#include "core/disk/bootability.h"
#include "core/disk/vhdx/check.h"
#include "core/disk/vhdx/details.h"
#include "tests/unit/disk/vhdx/log_entry.h"
#include "tests/unit/disk/vhdx/raw_bytes.h"
#include "tests/unit/disk/vhdx/sample_disk.h"

#include <QTest>

#include <atomic>
#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {

std::atomic<std::size_t> liveBytes = 0;
std::atomic<std::size_t> peakBytes = 0;

} // namespace

void* operator new(std::size_t size)
{
    void* memory = std::malloc(size);
    if (!memory) {
        throw std::bad_alloc();
    }
    const std::size_t live = liveBytes += malloc_usable_size(memory);
    for (std::size_t peak = peakBytes; live > peak && !peakBytes.compare_exchange_weak(peak, live);) { }
    return memory;
}

void operator delete(void* memory) noexcept
{
    liveBytes -= malloc_usable_size(memory);
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept
{
    operator delete(memory);
}

using namespace platter;
using namespace platter::vhdx;

namespace {

constexpr std::uint64_t tebibyte = std::uint64_t(1) << 40;
constexpr std::uint64_t virtualSize = 64 * tebibyte;
constexpr std::uint64_t mostMemory = 64 * mebibyte;

// A file whose table says of every block that it is zero, as QEMU writes it, without holding that table.
class FullTable final : public BlockFile {
public:
    explicit FullTable(MemoryFile file)
        : m_file(std::move(file))
        , m_begin((*view(m_file))->bat().offset())
        , m_end(m_begin + (*view(m_file))->bat().entries() * layout::batEntrySize)
    {
    }

    std::uint64_t bytesRead() const { return m_bytesRead; }

    std::uint64_t size() const override { return m_file.size(); }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override
    {
        m_bytesRead += into.size();
        if (Result<void> done = m_file.read(offset, into); !done) {
            return done;
        }
        // The table is read in whole entries.
        const BatLayout entries(virtualSize, mebibyte, 512, BatLayout::Kind::Alone);
        const std::uint64_t end = std::min<std::uint64_t>(offset + into.size(), m_end);
        for (std::uint64_t position = std::max(offset, m_begin); position < end; position += layout::batEntrySize) {
            std::byte& state = into[position - offset];
            if (state == std::byte(0) && entries.blockOfEntry((position - m_begin) / layout::batEntrySize)) {
                state = std::byte{static_cast<std::uint8_t>(BlockState::Zero)};
            }
        }
        return {};
    }

    Result<FileRun> runAt(std::uint64_t offset) const override
    {
        if (offset >= m_begin && offset < m_end) {
            return FileRun{FileRun::Content::Data, m_end - offset};
        }
        return m_file.runAt(offset);
    }

    Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override
    {
        return m_file.write(offset, from);
    }

    Result<void> flush() override { return {}; }

    Result<void> resize(std::uint64_t bytes) override { return m_file.resize(bytes); }

    Result<void> zero(std::uint64_t offset, std::uint64_t length) override { return m_file.zero(offset, length); }

private:
    MemoryFile m_file;
    std::uint64_t m_begin;
    std::uint64_t m_end;
    mutable std::uint64_t m_bytesRead = 0;
};

std::unique_ptr<FullTable> fullTable(std::uint64_t size)
{
    return std::make_unique<FullTable>(makeDisk({.virtualSize = size, .blockSize = 1 << 20}));
}

class ReadOnly final : public ReadableFile {
public:
    explicit ReadOnly(const ReadableFile& file)
        : m_file(file)
    {
    }

    std::uint64_t size() const override { return m_file.size(); }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override
    {
        return m_file.read(offset, into);
    }

    Result<FileRun> runAt(std::uint64_t offset) const override { return m_file.runAt(offset); }

private:
    const ReadableFile& m_file;
};

} // namespace

class VhdxMemoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() { m_file = fullTable(virtualSize); }

    void opensWithoutReadingTheTable()
    {
        const std::uint64_t before = m_file->bytesRead();
        const auto image = Image::open(std::make_unique<const ReadOnly>(*m_file), {});
        QVERIFY(image);
        QCOMPARE((*image)->size(), virtualSize);
        QVERIFY2(
            m_file->bytesRead() - before < mebibyte, qPrintable(QString::number(m_file->bytesRead() - before)));
    }

    void isKnownToBeEmptyWithoutReadingTheTable()
    {
        QVERIFY(m_file->resize(m_file->size() + 4 * mebibyte)); // room for blocks, as QEMU leaves it
        const auto image = Image::open(std::make_unique<const ReadOnly>(*m_file), {});
        QVERIFY(image);
        const std::uint64_t before = m_file->bytesRead();
        const Result<Bootability> bootability = judgeBootability(**image, {}, ImageKind::Vhdx);
        QVERIFY(bootability);
        QCOMPARE(bootability->verdict, Bootability::Verdict::Empty);
        QVERIFY2(
            m_file->bytesRead() - before < mebibyte, qPrintable(QString::number(m_file->bytesRead() - before)));
    }

    void findsTheEndOfTheDataInLittleMemory()
    {
        m_file = fullTable(4 * tebibyte);
        {
            const auto image = Image::open(std::make_unique<const ReadOnly>(*m_file), {});
            QVERIFY(image);
            QCOMPARE(endOfData(**image)->bytes(), 0U);
            const Result<ImageDetails> details = detailsOf(**image, {});
            QVERIFY(details);
            QVERIFY(!details->smallestSize); // a look must not take that long
        }
        {
            const auto editor = Editor::open(std::make_unique<Borrowed>(*m_file), {});
            QVERIFY(editor);
            QVERIFY((*editor)->write(tebibyte + 3 * mebibyte, std::vector<std::byte>(4096, std::byte(1))));
            QVERIFY((*editor)->finish());
        }
        const std::size_t before = liveBytes;
        peakBytes = before;
        const auto image = Image::open(std::make_unique<const ReadOnly>(*m_file), {});
        QVERIFY(image);
        QVERIFY(!(*image)->isKnownEmpty());
        QCOMPARE(endOfData(**image)->bytes(), tebibyte + 4 * mebibyte);
        QVERIFY2(peakBytes - before < mostMemory / 4, qPrintable(QString::number(peakBytes - before)));
    }

    void replaysTheLongestLogInLittleMemory()
    {
        // As many ranges of zeros as are accepted, none beside another, in a log of a GiB.
        MemoryFile file = makeDisk({.virtualSize = tebibyte, .blockSize = 1 << 20});
        const std::uint64_t begin = file.size();
        const std::uint64_t behind = begin + layout::largestLog;
        QVERIFY(file.resize(behind));
        for (const std::uint64_t header : layout::headerOffsets) {
            putNumber<quint64>(file, header + layout::header::logOffset, begin);
            putNumber<quint32>(file, header + layout::header::logLength, layout::largestLog);
        }
        {
            LogEntry entry;
            for (std::uint64_t i = 0; i < layout::mostLogUpdates; ++i) {
                entry.updates.push_back({.offset = behind + 2 * i * logSector, .zeroLength = logSector});
            }
            const QUuid guid = QUuid::createUuid();
            putLogEntry(file, 0, entry, guid);
            putLogGuid(file, guid);
        }
        const std::size_t before = liveBytes;
        peakBytes = before;
        const auto image = view(file);
        QVERIFY2(image, image ? "" : qPrintable(image.error().detail));
        QCOMPARE((*image)->file().size(), behind + (2 * layout::mostLogUpdates - 1) * logSector);
        QVERIFY2(peakBytes - before < mostMemory, qPrintable(QString::number(peakBytes - before)));
    }

    void readsAnywhereInLittleMemory()
    {
        const std::size_t before = liveBytes;
        peakBytes = before;
        const auto image = Image::open(std::make_unique<const ReadOnly>(*m_file), {});
        QVERIFY(image);
        std::vector<std::byte> bytes(8192);
        // Far apart, so that each needs another page of the table.
        for (std::uint64_t i = 0; i < 1000; ++i) {
            QVERIFY((*image)->read(i * (virtualSize / 1000) / 4096 * 4096, bytes));
        }
        const Result<DiskRun> run = (*image)->runAt(tebibyte, tebibyte);
        QVERIFY(run);
        QCOMPARE(run->length, tebibyte);
        QVERIFY2(peakBytes - before < mostMemory / 4, qPrintable(QString::number(peakBytes - before)));
    }

    void checksAndEditsInLittleMemory()
    {
        // Every entry is looked at three times, which sanitizers make slow; memory does not depend on their number.
        constexpr std::uint64_t size = virtualSize / 8;
        m_file = fullTable(size);
        const std::size_t before = liveBytes;
        peakBytes = before;
        const Result<CheckReport> report = check(*m_file);
        QVERIFY(report);
        QVERIFY(report->isSound());
        const auto editor = Editor::open(std::make_unique<Borrowed>(*m_file), {});
        QVERIFY(editor);
        const std::vector<std::byte> bytes(4096, std::byte(1));
        // Each in a block, a page and a log sector of its own.
        for (std::uint64_t i = 0; i < 600; ++i) {
            QVERIFY((*editor)->write(i * (size / 600) / 4096 * 4096, bytes));
        }
        QVERIFY((*editor)->finish());
        // The blocks themselves lie in memory here, a page of 64 KiB each.
        QVERIFY2(peakBytes - before < mostMemory + 2 * 600 * MemoryFile::pageSize,
            qPrintable(QString::number(peakBytes - before)));
    }

private:
    std::unique_ptr<FullTable> m_file;
};

QTEST_GUILESS_MAIN(VhdxMemoryTest)
#include "vhdx_memory_test.moc"
