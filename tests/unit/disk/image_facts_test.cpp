// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/image_facts.h"
#include "core/disk/new_image.h"

#include <QTemporaryDir>
#include <QTest>

using namespace platter;

class ImageFactsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase() { QVERIFY(m_folder.isValid()); }

    void readsTheVirtualSize_data()
    {
        QTest::addColumn<DiskFormat>("format");
        QTest::addColumn<ByteCount>("size");
        QTest::newRow("vhdx") << DiskFormat::Vhdx << ByteCount::gibibytes(40);
        QTest::newRow("largest vhdx") << DiskFormat::Vhdx << largestVhdx;
        QTest::newRow("odd vhdx") << DiskFormat::Vhdx << ByteCount(ByteCount::mebibytes(5).bytes() + 512);
        QTest::newRow("qcow2") << DiskFormat::Qcow2 << ByteCount::tebibytes(3);
        QTest::newRow("raw") << DiskFormat::Raw << ByteCount::mebibytes(7);
    }

    void readsTheVirtualSize()
    {
        QFETCH(DiskFormat, format);
        QFETCH(ByteCount, size);
        const QString file = m_folder.filePath(QLatin1String(QTest::currentDataTag()));
        const Result<void> made = createImage(file, format, size);
        QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
        const Result<ImageFacts> facts = imageFacts(file, format);
        QVERIFY2(facts, facts ? "" : qPrintable(facts.error().text()));
        QCOMPARE(facts->virtualSize.bytes(), size.bytes());
        QVERIFY(facts->sizeOnHost < ByteCount::mebibytes(64));
    }

    void namesWhatIsWrong_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<DiskFormat>("format");
        QTest::newRow("empty vhdx") << QByteArray() << DiskFormat::Vhdx;
        QTest::newRow("empty qcow2") << QByteArray() << DiskFormat::Qcow2;
        QTest::newRow("cut qcow2") << QByteArray("QFI\xfb") << DiskFormat::Qcow2;
        QTest::newRow("vhdx without regions")
            << QByteArray(1 << 20, 'x').replace(0, 8, "vhdxfile") << DiskFormat::Vhdx;
        // An entry count far beyond the table, and no entry that fits.
        QTest::newRow("vhdx with wild counts")
            << QByteArray(1 << 20, '\xff').replace(192 * 1024, 4, "regi").replace(256 * 1024, 4, "regi")
            << DiskFormat::Vhdx;
    }

    void namesWhatIsWrong()
    {
        QFETCH(QByteArray, content);
        QFETCH(DiskFormat, format);
        QFile file(m_folder.filePath(QStringLiteral("wrong")));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(content), content.size());
        file.close();
        const Result<ImageFacts> facts = imageFacts(file.fileName(), format);
        QVERIFY(!facts);
        QCOMPARE(facts.error().kind, ErrorKind::Corrupt);
        QVERIFY(facts.error().summary.contains(file.fileName()));
    }

    void namesAMissingFile()
    {
        const Result<ImageFacts> facts = mediumFacts(m_folder.filePath(QStringLiteral("absent.iso")));
        QVERIFY(!facts);
        QCOMPARE(facts.error().kind, ErrorKind::NotFound);
    }

private:
    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(ImageFactsTest)
#include "image_facts_test.moc"
