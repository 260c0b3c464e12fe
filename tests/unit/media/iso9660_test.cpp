// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/iso9660.h"
#include "disc_bytes.h"

#include <QTest>

using namespace platter;

namespace {

constexpr qsizetype sector = DiscBytes::sectorSize;
using Change = std::function<void(DiscBytes&)>;

DiscBytes plainDisc()
{
    DiscBytes disc(20);
    disc.putPrimary(16, "A LABEL", 20);
    disc.putBootRecord(17, 19);
    disc.putDescriptor(18, '\xff');
    return disc;
}

} // namespace

Q_DECLARE_METATYPE(Change)

class Iso9660Test : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void readsThePrimaryVolume()
    {
        const DiscBytes disc = plainDisc();
        const Result<VolumeDescriptors> found = readVolumeDescriptors(MemorySource(disc.span()));
        QVERIFY(found && found->primary);
        QCOMPARE(found->primary->label, QStringLiteral("A LABEL"));
        QCOMPARE(found->primary->systemId, QStringLiteral("LINUX"));
        QCOMPARE(found->primary->publisher, QStringLiteral("SOMEBODY"));
        QCOMPARE(found->primary->preparer, QStringLiteral("A TOOL"));
        QCOMPARE(found->primary->application, QStringLiteral("A PROGRAM"));
        QCOMPARE(found->primary->bytes(), 20U * 2048);
        QCOMPARE(found->bootCatalogs, std::vector<std::uint32_t>{19});
        QVERIFY(!found->udf);
    }

    void readsLabels_data()
    {
        QTest::addColumn<QByteArray>("raw");
        QTest::addColumn<QString>("label");
        const auto row = [](const char* name, const QByteArray& raw, const char* label) {
            QTest::newRow(name) << raw << QString::fromUtf8(label);
        };
        row("plain", "CCCOMA_X64FRE_EN-US_DV9", "CCCOMA_X64FRE_EN-US_DV9");
        row("empty", "", "");
        row("full", "12345678901234567890123456789012", "12345678901234567890123456789012");
        row("ends in a zero", QByteArray("DISC\0LEFTOVER", 13), "DISC");
        row("UTF-8", "Fr\xc3\xbchling", "Frühling");
        row("Latin-1", "Fr\xfchling", "Frühling");
        row("control characters", "A\nB\x1b[31mC", "A B [31mC");
        row("right-to-left override",
            "A\xe2\x80\xae"
            "B",
            "A B");
    }

    void readsLabels()
    {
        QFETCH(QByteArray, raw);
        DiscBytes disc = plainDisc();
        disc.put(16 * sector + 40, raw.leftJustified(32, ' '));
        const Result<VolumeDescriptors> found = readVolumeDescriptors(MemorySource(disc.span()));
        QVERIFY(found && found->primary);
        QTEST(found->primary->label, "label");
    }

    void takesWhatFirmwareTakes_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<int>("catalogs");
        const auto row = [](const char* name, int catalogs, const Change& change) {
            QTest::newRow(name) << change << catalogs;
        };
        row("no boot record", 0, [](DiscBytes& disc) { disc.putDescriptor(17, '\xff'); });
        row("boot record of another system", 0, [](DiscBytes& disc) { disc.put(17 * sector + 7, "OTHER"); });
        row("boot record after the terminator", 0, [](DiscBytes& disc) {
            disc.putDescriptor(17, '\xff');
            disc.putBootRecord(18, 19);
        });
        row("two boot records", 2, [](DiscBytes& disc) {
            disc.putBootRecord(18, 19);
            disc.putDescriptor(19, '\xff');
        });
        row("boot record first", 1, [](DiscBytes& disc) {
            disc.put(16 * sector, QByteArray(2 * sector, '\0'));
            disc.putBootRecord(16, 19);
            disc.putPrimary(17, "A LABEL", 20);
        });
        row("no terminator", 1, [](DiscBytes& disc) { disc.put(18 * sector, QByteArray(sector, '\0')); });
        row("supplementary volume", 1, [](DiscBytes& disc) {
            disc.putDescriptor(18, 2);
            disc.putDescriptor(19, '\xff');
        });
        row("UDF behind it", 1, [](DiscBytes& disc) { disc.putDescriptor(19, 0, "BEA01"); });
        row("nothing behind the terminator", 1, [](DiscBytes& disc) { disc.cut(19 * sector); });
        row("sizes that differ by byte order", 1,
            [](DiscBytes& disc) { disc.putNumber<quint32>(16 * sector + 84, 77); });
    }

    void takesWhatFirmwareTakes()
    {
        QFETCH(Change, change);
        DiscBytes disc = plainDisc();
        change(disc);
        const Result<VolumeDescriptors> found = readVolumeDescriptors(MemorySource(disc.span()));
        QVERIFY2(found.has_value(), found ? "" : qPrintable(found.error().text()));
        QVERIFY(found->primary);
        QCOMPARE(found->primary->label, QStringLiteral("A LABEL"));
        QTEST(int(found->bootCatalogs.size()), "catalogs");
    }

    void refusesWhatBreaksARule_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<ErrorKind>("kind");
        const auto row = [](const char* name, ErrorKind kind, const Change& change) {
            QTest::newRow(name) << change << kind;
        };
        row("nothing", ErrorKind::InvalidInput, [](DiscBytes& disc) { disc.cut(0); });
        row("ends in the system area", ErrorKind::InvalidInput, [](DiscBytes& disc) { disc.cut(16 * sector - 1); });
        row("ends in the primary volume", ErrorKind::InvalidInput,
            [](DiscBytes& disc) { disc.cut(17 * sector - 1); });
        row("ends in the boot record", ErrorKind::Corrupt, [](DiscBytes& disc) { disc.cut(18 * sector - 1); });
        row("ends in the terminator", ErrorKind::Corrupt, [](DiscBytes& disc) { disc.cut(19 * sector - 1); });
        row("other identifier", ErrorKind::InvalidInput,
            [](DiscBytes& disc) { disc.put(16 * sector + 1, "CD002"); });
        row("no primary volume", ErrorKind::InvalidInput, [](DiscBytes& disc) { disc.putDescriptor(16, 2); });
        row("version 0", ErrorKind::Corrupt, [](DiscBytes& disc) { disc.putNumber<quint8>(16 * sector + 6, 0); });
        row("blocks of 0 bytes", ErrorKind::Corrupt,
            [](DiscBytes& disc) { disc.putNumber<quint16>(16 * sector + 128, 0); });
        row("blocks of 4096 bytes", ErrorKind::Corrupt,
            [](DiscBytes& disc) { disc.putNumber<quint16>(16 * sector + 128, 4096); });
        row("UDF's beginning without UDF", ErrorKind::InvalidInput, [](DiscBytes& disc) {
            disc.putDescriptor(16, 0, "BEA01");
            disc.putDescriptor(17, 0, "TEA01");
        });
    }

    void refusesWhatBreaksARule()
    {
        QFETCH(Change, change);
        DiscBytes disc = plainDisc();
        change(disc);
        const Result<VolumeDescriptors> found = readVolumeDescriptors(MemorySource(disc.span()));
        QVERIFY(!found);
        QTEST(found.error().kind, "kind");
        QVERIFY(!found.error().summary.isEmpty());
        QVERIFY(!found.error().advice.isEmpty());
        QVERIFY2(found.error().detail.contains(QLatin1String("offset 0x")), qPrintable(found.error().detail));
    }

    void endsWithEndlessDescriptors()
    {
        DiscBytes disc(16 + 5000);
        for (int i = 16; i < 16 + 5000; ++i) {
            disc.putBootRecord(i, 1);
        }
        disc.putPrimary(16, "A LABEL", 20);
        const Result<VolumeDescriptors> found = readVolumeDescriptors(MemorySource(disc.span()));
        QVERIFY(found);
        QVERIFY(found->bootCatalogs.size() < 100);
    }

    void knowsUdfWithoutIso9660_data()
    {
        QTest::addColumn<QByteArray>("identifier");
        QTest::addColumn<QByteArray>("label");
        QTest::addColumn<QString>("expected");
        QTest::newRow("8 bit") << QByteArray("NSR02") << QByteArray("\x08WINDOWS") << QStringLiteral("WINDOWS");
        QTest::newRow("16 bit") << QByteArray("NSR03") << QByteArray("\x10\0W\0\xfc", 5) << QStringLiteral("Wü");
        QTest::newRow("other") << QByteArray("NSR02") << QByteArray("\x07WINDOWS") << QString();
        QTest::newRow("none") << QByteArray("NSR02") << QByteArray() << QString();
    }

    void knowsUdfWithoutIso9660()
    {
        QFETCH(QByteArray, identifier);
        QFETCH(QByteArray, label);
        DiscBytes disc(300);
        disc.putDescriptor(16, 0, "BEA01");
        disc.putDescriptor(17, 0, identifier);
        disc.putDescriptor(18, 0, "TEA01");
        disc.putNumber<quint16>(256 * sector, 2); // anchor: the main sequence has 16 sectors from 260 on
        disc.putNumber<quint32>(256 * sector + 16, 16 * 2048);
        disc.putNumber<quint32>(256 * sector + 20, 260);
        disc.putNumber<quint16>(260 * sector, 1);
        disc.putNumber<quint16>(261 * sector, 6);
        disc.put(261 * sector + 84, label.leftJustified(127, '\0') + char(label.size()));
        const Result<VolumeDescriptors> found = readVolumeDescriptors(MemorySource(disc.span()));
        QVERIFY(found);
        QVERIFY(found->udf);
        QVERIFY(!found->primary);
        QTEST(found->udfLabel, "expected");
    }

    void knowsUdfWhoseLabelIsOutOfReach()
    {
        DiscBytes disc(300);
        disc.putDescriptor(16, 0, "BEA01");
        disc.putDescriptor(17, 0, "NSR02");
        disc.putNumber<quint16>(256 * sector, 2);
        disc.putNumber<quint32>(256 * sector + 16, 0xFFFFFFFF);
        disc.putNumber<quint32>(256 * sector + 20, 0xFFFFFFFF);
        const Result<VolumeDescriptors> found = readVolumeDescriptors(MemorySource(disc.span()));
        QVERIFY(found);
        QVERIFY(found->udfLabel.isEmpty());
    }
};

QTEST_APPLESS_MAIN(Iso9660Test)
#include "iso9660_test.moc"
