// SPDX-License-Identifier: GPL-3.0-or-later
// The picture of a disk: its pieces, their scale, and its handle.
#include "ui/disk_picture/disk_picture.h"

#include <QSignalSpy>
#include <QTest>

#include <numeric>

using namespace platter;

namespace {

constexpr std::uint64_t mebi = std::uint64_t(1) << 20;
constexpr std::uint64_t gibi = std::uint64_t(1) << 30;

Partition partition(int number, DiskRange range)
{
    Partition made;
    made.number = number;
    made.range = range;
    return made;
}

// ESP of 512 MiB, a partition up to END, then nothing.
DiskInspection diskOf(std::uint64_t size, std::uint64_t end)
{
    DiskInspection disk;
    disk.virtualSize = ByteCount(size);
    disk.partitions.kind = PartitionTable::Kind::Gpt;
    disk.partitions.diskSize = size;
    disk.partitions.usable = {mebi, size - 2 * mebi};
    Partition esp = partition(1, {mebi, 512 * mebi});
    esp.isEfiSystem = true;
    esp.fileSystem = FileSystem{.type = QStringLiteral("vfat"), .version = QStringLiteral("FAT32")};
    Partition root = partition(2, {513 * mebi, end - 513 * mebi});
    root.fileSystem = FileSystem{.type = QStringLiteral("ext4"), .label = QStringLiteral("root")};
    disk.partitions.partitions = {esp, root};
    return disk;
}

} // namespace

class DiskPictureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void showsASmallPartitionOfAHugeDisk()
    {
        const auto segments = segmentsOf(diskOf(64 * 1024 * gibi, 64 * 1024 * gibi - 2 * mebi), {}, {});
        const auto places = stretchesOf(segments, 800, 40);
        QCOMPARE(segments.front().kind, DiskSegment::Kind::EfiSystem);
        QVERIFY(places.front().width >= 40);
        QVERIFY(places[1].width > 10 * places[0].width);
        const double all = std::accumulate(
            places.begin(), places.end(), 0.0, [](double sum, const Stretch& place) { return sum + place.width; });
        QVERIFY(qAbs(all - 800) < 0.01);
    }

    void manyPartitionsStayInside()
    {
        DiskInspection disk = diskOf(200 * gibi, gibi);
        for (int i = 1; i < 128; ++i) {
            disk.partitions.partitions.push_back(partition(i + 2, {std::uint64_t(i) * gibi, 512 * mebi}));
        }
        const auto segments = segmentsOf(disk, {}, {});
        const auto places = stretchesOf(segments, 400, 40);
        QVERIFY(places.back().begin + places.back().width < 400.01);
    }

    // Before and after, one below the other.
    void showsTwoSizesToOneScale()
    {
        const DiskInspection disk = diskOf(40 * gibi, 30 * gibi);
        const auto before = segmentsOf(disk, {}, ByteCount(80 * gibi));
        const auto after = segmentsOf(disk, ByteCount(80 * gibi), {});
        QCOMPARE(before.size(), after.size());
        QCOMPARE(before.back().kind, DiskSegment::Kind::Room);
        QCOMPARE(after.back().kind, DiskSegment::Kind::Added);
        const auto places = stretchesOf(before, 800, 40);
        const auto placesAfter = stretchesOf(after, 800, 40);
        for (std::size_t i = 0; i < places.size(); ++i) {
            QCOMPARE(places[i].begin, placesAfter[i].begin);
            QCOMPARE(places[i].width, placesAfter[i].width);
        }
    }

    // What a copy has at its end, too: a migration adds a partition.
    void showsWhatIsToBeAtTheEndToOneScale()
    {
        DiskInspection copy = diskOf(40 * gibi, 40 * gibi);
        const auto before = segmentsOf(copy, {}, ByteCount(41 * gibi));
        copy.virtualSize = ByteCount(41 * gibi);
        copy.partitions.partitions.push_back(partition(3, {40 * gibi, gibi}));
        const auto after = segmentsOf(copy, {}, {});
        QCOMPARE(before.size(), after.size());
        const auto places = stretchesOf(before, 800, 40);
        const auto placesAfter = stretchesOf(after, 800, 40);
        for (std::size_t i = 0; i < places.size(); ++i) {
            QCOMPARE(places[i].begin, placesAfter[i].begin);
            QCOMPARE(places[i].width, placesAfter[i].width);
        }
    }

    // What a differencing disk holds by itself says nothing about the rest.
    void claimsNothingWithoutTheParent()
    {
        DiskInspection disk;
        disk.virtualSize = ByteCount(40 * gibi);
        disk.image.type = ImageDetails::Type::Differencing;
        const auto segments = segmentsOf(disk, {}, {});
        QCOMPARE(segments.size(), 1U);
        QCOMPARE(segments.front().kind, DiskSegment::Kind::Data);
        QCOMPARE(segments.front().range.length, 40 * gibi);
        QVERIFY(segments.front().content.contains(QLatin1String("parent")));
    }

    void saysWhatIsAddedAndRemoved()
    {
        const DiskInspection disk = diskOf(40 * gibi, 30 * gibi);
        DiskPicture picture;
        picture.setDisk(disk);
        QCOMPARE(picture.description(), QStringLiteral("ESP, FAT32, 512 MiB; root, ext4, 29.5 GiB; 10 GiB free"));
        picture.setProposed(ByteCount(80 * gibi));
        QVERIFY(picture.description().endsWith(QLatin1String("10 GiB free; 40 GiB new")));
        picture.setProposed(ByteCount(34 * gibi));
        QVERIFY(picture.description().endsWith(QLatin1String("4 GiB free; 6 GiB removed")));
    }

    void theHandleFollowsThePointerAndTheKeys()
    {
        DiskPicture picture;
        picture.resize(800, picture.sizeHint().height());
        picture.setDisk(diskOf(40 * gibi, 30 * gibi));
        picture.setRange(ByteCount(40 * gibi), ByteCount(120 * gibi));
        picture.setProposed(ByteCount(80 * gibi));
        picture.show();
        QVERIFY(QTest::qWaitForWindowExposed(&picture));
        QSignalSpy dragged(&picture, &DiskPicture::dragged);
        // A click beside the handle does nothing.
        QTest::mouseClick(&picture, Qt::LeftButton, {}, QPoint(500, 20));
        QCOMPARE(dragged.count(), 0);
        // The way is the last 45 %, half of it is 80 GiB.
        const int half = static_cast<int>(800 * (0.55 + 0.225));
        QTest::mousePress(&picture, Qt::LeftButton, {}, QPoint(half, 20));
        QTest::mouseMove(&picture, QPoint(700, 20));
        QCOMPARE(dragged.count(), 1);
        const double share = (700.0 - 440) / 360;
        const double expected = 40 + share * 80;
        QVERIFY2(qAbs(double(picture.proposed().bytes()) / double(gibi) - expected) < 1.5,
            qPrintable(picture.proposed().toString()));
        // Far outside is the end of the range and no more.
        QTest::mouseMove(&picture, QPoint(5000, 20));
        QCOMPARE(picture.proposed(), ByteCount(120 * gibi));
        QTest::mouseMove(&picture, QPoint(-5000, 20));
        QCOMPARE(picture.proposed(), ByteCount(40 * gibi));
        QTest::mouseRelease(&picture, Qt::LeftButton, {}, QPoint(0, 20));
        const qsizetype before = dragged.count();
        QTest::mouseMove(&picture, QPoint(700, 20));
        QCOMPARE(dragged.count(), before);

        QTest::keyClick(&picture, Qt::Key_Right);
        const std::uint64_t step = picture.proposed().bytes() - 40 * gibi;
        QCOMPARE(step, gibi / 2);
        QTest::keyClick(&picture, Qt::Key_PageUp);
        QCOMPARE(picture.proposed().bytes(), 40 * gibi + 11 * step);
        QTest::keyClick(&picture, Qt::Key_Home);
        QCOMPARE(picture.proposed(), ByteCount(40 * gibi));
        QTest::keyClick(&picture, Qt::Key_Left);
        QCOMPARE(picture.proposed(), ByteCount(40 * gibi));
        QTest::keyClick(&picture, Qt::Key_End);
        QCOMPARE(picture.proposed(), ByteCount(120 * gibi));
    }

    void withoutARangeThereIsNoHandle()
    {
        DiskPicture picture;
        picture.setDisk(diskOf(40 * gibi, 30 * gibi));
        QCOMPARE(picture.focusPolicy(), Qt::NoFocus);
        picture.setRange(ByteCount(31 * gibi), ByteCount(40 * gibi));
        QCOMPARE(picture.focusPolicy(), Qt::StrongFocus);
        picture.setDisk(std::nullopt);
        QCOMPARE(picture.focusPolicy(), Qt::NoFocus);
        QVERIFY(!picture.grab().isNull());
    }
};

QTEST_MAIN(DiskPictureTest)
#include "disk_picture_test.moc"
