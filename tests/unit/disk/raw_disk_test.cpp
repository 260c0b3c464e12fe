// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/host_file.h"
#include "core/disk/raw_disk.h"
#include "tests/disk/memory_file.h"

#include <QTemporaryDir>
#include <QTest>

using namespace platter;

namespace {

std::vector<std::byte> ones(std::size_t count)
{
    return std::vector<std::byte>(count, std::byte(1));
}

std::unique_ptr<MemoryFile> fileOfOnes(std::size_t count)
{
    auto file = std::make_unique<MemoryFile>();
    return file->write(0, ones(count)) ? std::move(file) : nullptr;
}

} // namespace

class RawDiskTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void fillsUpTheLastSector()
    {
        RawDisk disk(fileOfOnes(1000));
        QCOMPARE(disk.size(), quint64(1024));
        std::vector<std::byte> read(100, std::byte(9));
        QVERIFY(disk.read(924, read));
        QCOMPARE(read[75], std::byte(1));
        QCOMPARE(read[76], std::byte(0));
        QCOMPARE(read[99], std::byte(0));
        QCOMPARE(disk.runAt(0, 4096)->length, quint64(1000));
        QCOMPARE(*disk.runAt(1000, 4096), (DiskRun{DiskRun::Content::Zero, 24}));
        QVERIFY(disk.write(1020, std::vector<std::byte>(4, std::byte(7))));
        QVERIFY(disk.read(924, read));
        QCOMPARE(read[99], std::byte(7));
    }

    void staysInside()
    {
        RawDisk disk(fileOfOnes(1024));
        std::vector<std::byte> two(2);
        QCOMPARE(disk.read(1023, two).error().kind, ErrorKind::InvalidInput);
        QCOMPARE(disk.write(1023, two).error().kind, ErrorKind::InvalidInput);
        QCOMPARE(disk.write(~0ULL, two).error().kind, ErrorKind::InvalidInput);
        QCOMPARE(disk.writeZeroes(0, 1025).error().kind, ErrorKind::InvalidInput);
        QCOMPARE(disk.trim(2000, 1).error().kind, ErrorKind::InvalidInput);
    }

    void holesAreZerosAndZerosBecomeHoles()
    {
        const QTemporaryDir folder;
        auto file = HostFile::create(folder.filePath(QStringLiteral("raw")));
        QVERIFY(file);
        constexpr std::uint64_t mib = 1 << 20;
        QVERIFY((*file)->resize(8 * mib));
        QVERIFY((*file)->write(2 * mib, ones(mib)));
        const HostFile& host = **file;
        RawDisk disk(std::move(*file));
        QCOMPARE(*disk.runAt(0, ~0ULL), (DiskRun{DiskRun::Content::Zero, 2 * mib}));
        QCOMPARE(
            *disk.runAt(2 * mib + 512, ~0ULL), (DiskRun{DiskRun::Content::Data, mib - 512, &host, 2 * mib + 512}));
        QCOMPARE(disk.runAt(3 * mib, 4096)->length, quint64(4096));
        const std::uint64_t before = *host.sizeOnHost();
        QVERIFY(disk.writeZeroes(2 * mib, mib / 2));
        QVERIFY(disk.trim(2 * mib + mib / 2, mib / 2));
        QVERIFY(disk.flush());
        QVERIFY(*host.sizeOnHost() < before);
        QCOMPARE(disk.size(), 8 * mib);
        std::vector<std::byte> read(mib, std::byte(9));
        QVERIFY(disk.read(2 * mib, read));
        QVERIFY(read == std::vector<std::byte>(mib));
    }
};

QTEST_APPLESS_MAIN(RawDiskTest)
#include "raw_disk_test.moc"
