// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/extent_copy.h"
#include "core/disk/host_file.h"
#include "core/disk/open_disk.h"
#include "core/disk/raw_disk.h"
#include "core/disk/vhd/block_check.h"
#include "core/disk/vhd/writer.h"
#include "tests/disk/libvhdi_reader.h"
#include "tests/unit/disk/vhd/vhd_maker.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace platter;

namespace {

// Places of SIZE bytes with bytes that tell their offset, at the ends and around the borders of blocks.
std::vector<std::byte> patternOf(std::uint64_t size)
{
    std::vector<std::byte> bytes(size);
    for (const std::uint64_t at :
        {std::uint64_t(0), std::uint64_t(3 * 512), std::uint64_t(vhd::defaultBlockSize) - 512,
            std::uint64_t(vhd::defaultBlockSize), 5 * std::uint64_t(vhd::defaultBlockSize) + 4096, size - 512}) {
        for (std::uint64_t i = at; i < std::min(size, at + 512); ++i) {
            bytes[i] = std::byte(i / 512 % 251 + 1);
        }
    }
    return bytes;
}

} // namespace

class VhdWriterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void everybodyReadsWhatItWrites_data()
    {
        QTest::addColumn<ImageTarget>("target");
        QTest::addColumn<quint64>("size");
        const quint64 mib = 1 << 20;
        for (const ImageTarget target : {ImageTarget::FixedVhd, ImageTarget::DynamicVhd}) {
            for (const quint64 size : {quint64(512), mib, 4 * mib, 4 * mib + 512, 13 * mib - 1536, 37 * mib}) {
                QTest::addRow("%s, %llu", qPrintable(displayName(target)), static_cast<unsigned long long>(size))
                    << target << size;
            }
        }
    }

    void everybodyReadsWhatItWrites()
    {
        QFETCH(ImageTarget, target);
        QFETCH(quint64, size);
        const std::vector<std::byte> content = patternOf(size);
        const QString raw = m_folder.filePath(QStringLiteral("raw"));
        {
            QFile file(raw);
            QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
            QCOMPARE(file.write(QByteArrayView(content.data(), static_cast<qsizetype>(size)).toByteArray()),
                static_cast<qint64>(size));
        }
        const QString path = m_folder.filePath(QStringLiteral("image.vhd"));
        QFile::remove(path);
        {
            const RawDisk source(VhdMaker::fileOf(content));
            const auto file = HostFile::create(path);
            QVERIFY(file);
            const auto writer = makeImageWriter(target, **file, {size, 512, 512});
            QVERIFY(writer);
            Progress progress;
            QVERIFY(copyExtents(source, **writer, **file, progress));
            QVERIFY((*writer)->finish());
        }
        const Result<std::unique_ptr<VirtualDisk>> disk = openDisk(path);
        QVERIFY2(disk, qPrintable(disk ? QString() : disk.error().text() + disk.error().detail));
        QCOMPARE((*disk)->size(), size);
        std::vector<std::byte> read(size);
        QVERIFY((*disk)->read(0, read));
        QVERIFY(read == content);
        const auto& image = dynamic_cast<const vhd::Image&>(**disk);
        QVERIFY(vhd::checkBlocks(image, Progress()));

        const auto vhdi = LibvhdiReader::open(path);
        QVERIFY(vhdi);
        QCOMPARE((*vhdi)->size(), size);
        QVERIFY((*vhdi)->read(0, read));
        QVERIFY(read == content);

        QProcess compare;
        compare.start(QStringLiteral("qemu-img"),
            {QStringLiteral("compare"), QStringLiteral("-f"), QStringLiteral("vpc"), QStringLiteral("-F"),
                QStringLiteral("raw"), path, raw});
        QVERIFY(compare.waitForFinished());
        QVERIFY2(compare.exitCode() == 0, compare.readAll().append(compare.readAllStandardError()).constData());
    }

    // QEMU allocates a block in it, and our reader still agrees.
    void qemuWritesToIt()
    {
        constexpr std::uint64_t size = 20 << 20;
        const QString path = m_folder.filePath(QStringLiteral("written.vhd"));
        const std::vector<std::byte> content = patternOf(size);
        {
            const auto file = HostFile::create(path);
            const auto writer = makeImageWriter(ImageTarget::DynamicVhd, **file, {size, 512, 512});
            Progress progress;
            QVERIFY(copyExtents(RawDisk(VhdMaker::fileOf(content)), **writer, **file, progress));
            QVERIFY((*writer)->finish());
        }
        QProcess io;
        io.start(QStringLiteral("qemu-io"),
            {QStringLiteral("-f"), QStringLiteral("vpc"), QStringLiteral("-c"),
                QStringLiteral("write -P 0x5a 7M 64k"), QStringLiteral("-c"),
                QStringLiteral("write -P 0x5b 1k 512"), path});
        QVERIFY(io.waitForFinished());
        QVERIFY2(io.exitCode() == 0, io.readAllStandardError().constData());
        std::vector<std::byte> expected = content;
        std::fill_n(expected.begin() + (7 << 20), 65536, std::byte(0x5A));
        std::fill_n(expected.begin() + 1024, 512, std::byte(0x5B));
        const auto disk = openDisk(path);
        QVERIFY(disk);
        std::vector<std::byte> read(size);
        QVERIFY((*disk)->read(0, read));
        QCOMPARE(std::ranges::mismatch(read, expected).in1 - read.begin(), std::ptrdiff_t(size));
        QVERIFY(vhd::checkBlocks(dynamic_cast<const vhd::Image&>(**disk), Progress()));
    }

    void liesWhereWindowsPutsIt()
    {
        MemoryFile file;
        const DiskShape shape{10 << 20, 512, 512};
        const auto writer = makeImageWriter(ImageTarget::DynamicVhd, file, shape);
        // Blocks in the order in which they are asked for.
        QCOMPARE((*writer)->place(9 << 20, 512)->offset, quint64(16 * 512 + (1 << 20)));
        QCOMPARE((*writer)->place(0, 8 << 20)->offset, quint64(16 * 512 + 4104 * 512));
        QCOMPARE((*writer)->place(0, 8 << 20)->length, quint64(2 << 20));
        QCOMPARE((*writer)->place((2 << 20) - 512, 8 << 20)->length, quint64(512));
        QVERIFY((*writer)->finish());
        QCOMPARE(file.size(), quint64(16 + 4104 + 4096 + 1) * 512); // the footer right behind the last block
    }

    void anEmptyDiskIsSmall()
    {
        MemoryFile file;
        const DiskShape shape{vhd::largestSize, 512, 512};
        const auto writer = makeImageWriter(ImageTarget::DynamicVhd, file, shape);
        QVERIFY(writer);
        QVERIFY((*writer)->finish());
        QVERIFY(file.size() <= overheadOf(ImageTarget::DynamicVhd, shape).bytes());
        const auto image = vhd::Image::open(std::make_unique<MemoryFile>(file));
        QVERIFY(image);
        QCOMPARE((*image)->size(), vhd::largestSize);
        QCOMPARE((*image)->runAt(0, ~0ULL)->length, vhd::largestSize);
    }

    void refusesWhatDoesNotFit()
    {
        MemoryFile file;
        QCOMPARE(makeImageWriter(ImageTarget::FixedVhd, file, {vhd::largestSize + 512, 512, 512}).error().kind,
            ErrorKind::Unsupported);
        QCOMPARE(makeImageWriter(ImageTarget::DynamicVhd, file, {1 << 20, 4096, 4096}).error().kind,
            ErrorKind::Unsupported);
        QCOMPARE(
            makeImageWriter(ImageTarget::DynamicVhd, file, {1000, 512, 512}).error().kind, ErrorKind::InvalidInput);
        QCOMPARE(file.size(), quint64(0));
    }

private:
    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(VhdWriterTest)
#include "vhd_writer_test.moc"
