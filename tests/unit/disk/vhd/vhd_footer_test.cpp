// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhd/footer.h"
#include "core/disk/vhd/writer.h"
#include "tests/unit/disk/vhd/vhd_maker.h"

#include <QTest>

#include <algorithm>

using namespace platter;
using namespace platter::vhd;

class VhdFooterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void calculatesGeometryAsTheTextDoes_data()
    {
        QTest::addColumn<quint64>("size");
        QTest::addColumn<int>("cylinders");
        QTest::addColumn<int>("heads");
        QTest::addColumn<int>("sectors");
        const quint64 mib = 1 << 20;
        // From the images of Windows, Hyper-V and Disk2vhd in tests/fixtures.
        QTest::newRow("3 MiB") << 3 * mib << 90 << 4 << 17;
        QTest::newRow("4 MiB") << 4 * mib << 120 << 4 << 17;
        QTest::newRow("10 MiB") << 10 * mib << 301 << 4 << 17;
        QTest::newRow("127 GiB") << quint64(136365211648) << 65278 << 16 << 255;
        // The borders between the cases.
        QTest::newRow("a sector") << quint64(512) << 0 << 4 << 17;
        QTest::newRow("last of 17 sectors") << quint64(512) * 17 * 16 * 1024 - 512 << 1023 << 16 << 17;
        QTest::newRow("first of 31 sectors") << quint64(512) * 17 * 16 * 1024 << 561 << 16 << 31;
        QTest::newRow("last of 31 sectors") << quint64(512) * 31 * 16 * 1024 - 512 << 1023 << 16 << 31;
        QTest::newRow("first of 63 sectors") << quint64(512) * 31 * 16 * 1024 << 503 << 16 << 63;
        QTest::newRow("last of 63 sectors") << quint64(512) * 65535 * 16 * 63 - 512 << 65534 << 16 << 63;
        QTest::newRow("first of 255 sectors") << quint64(512) * 65535 * 16 * 63 << 16191 << 16 << 255;
        QTest::newRow("largest") << quint64(512) * 65535 * 16 * 255 << 65535 << 16 << 255;
        QTest::newRow("2040 GiB") << quint64(largestSize) << 65535 << 16 << 255;
    }

    void calculatesGeometryAsTheTextDoes()
    {
        QFETCH(quint64, size);
        QFETCH(int, cylinders);
        QFETCH(int, heads);
        QFETCH(int, sectors);
        const Geometry geometry = geometryFor(size);
        QCOMPARE(int(geometry.cylinders), cylinders);
        QCOMPARE(int(geometry.heads), heads);
        QCOMPARE(int(geometry.sectorsPerTrack), sectors);
    }

    void takesTheSizeThatTheMakerTakes_data()
    {
        QTest::addColumn<QByteArray>("creator");
        QTest::addColumn<Geometry>("geometry");
        QTest::addColumn<quint64>("size");
        const Geometry small{100, 4, 17};
        const quint64 current = 10 << 20;
        for (const char* creator : {"win ", "d2v", "qem2", "tap", "CTXS", "wa", "vs  ", "????"}) {
            QTest::newRow(creator) << QByteArray(creator) << small << current;
        }
        QTest::newRow("vpc") << QByteArray("vpc ") << small << quint64(small.bytes());
        QTest::newRow("qemu") << QByteArray("qemu") << small << quint64(small.bytes());
        QTest::newRow("vpc, largest geometry") << QByteArray("vpc ") << Geometry{65535, 16, 255} << current;
        QTest::newRow("vpc, no geometry") << QByteArray("vpc ") << Geometry{} << current;
    }

    void takesTheSizeThatTheMakerTakes()
    {
        QFETCH(QByteArray, creator);
        QFETCH(Geometry, geometry);
        QFETCH(quint64, size);
        Footer footer = newFooter(DiskType::Dynamic, 10 << 20);
        footer.creatorApplication = {};
        std::copy_n(creator.constData(), creator.size(), footer.creatorApplication.begin());
        footer.geometry = geometry;
        QCOMPARE(quint64(footer.virtualSize()), size);
    }

    void readsWhatItWrites()
    {
        Footer footer = newFooter(DiskType::Differencing, largestSize);
        footer.headerOffset = 0x1234567812345678;
        footer.originalSize = 512;
        footer.savedState = true;
        const Result<Footer> read = parseFooter(encode(footer), 0);
        QVERIFY(read);
        QCOMPARE(*read, footer);
        QVERIFY(newFooter(DiskType::Fixed, 512).uniqueId != newFooter(DiskType::Fixed, 512).uniqueId);
    }

    void takesTheCopyWhereTheFooterIsBad()
    {
        VhdMaker maker(DiskType::Dynamic, 10 << 20);
        const std::vector<std::byte> good = maker.bytes();
        const std::uint64_t at = good.size() - footer::size;
        QCOMPARE(findFooter(MemorySource(good))->dataEnd, at);

        std::vector<std::byte> torn = good;
        std::fill(torn.end() - 256, torn.end(), std::byte('x'));
        const Result<FoundFooter> fromCopy = findFooter(MemorySource(torn));
        QVERIFY(fromCopy);
        QCOMPARE(fromCopy->footer, maker.footer);
        QCOMPARE(fromCopy->dataEnd, quint64(torn.size()));

        std::vector<std::byte> gone(good.begin(), good.end() - footer::size);
        QCOMPARE(findFooter(MemorySource(gone))->footer, maker.footer);
    }

    void prefersTheFooterToTheCopy()
    {
        VhdMaker maker(DiskType::Dynamic, 10 << 20);
        std::vector<std::byte> image = maker.bytes();
        Footer older = maker.footer;
        older.timeStamp = 1;
        std::ranges::copy(encode(older), image.begin());
        QCOMPARE(findFooter(MemorySource(image))->footer.timeStamp, maker.footer.timeStamp);
    }

    void readsFootersOfBeforeVirtualPc2004()
    {
        VhdMaker maker(DiskType::Fixed, 1 << 20);
        std::vector<std::byte> image = maker.bytes();
        image.pop_back();
        const Result<FoundFooter> found = findFooter(MemorySource(image));
        QVERIFY(found);
        QCOMPARE(found->footer, maker.footer);
        QCOMPARE(found->dataEnd, quint64(1 << 20));
    }
};

QTEST_APPLESS_MAIN(VhdFooterTest)
#include "vhd_footer_test.moc"
