// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/el_torito.h"
#include "disc_bytes.h"

#include <QTest>

using namespace platter;

namespace {

using Change = std::function<void(DiscBytes&)>;
constexpr int catalog = 1;
constexpr qsizetype start = catalog * DiscBytes::sectorSize;

// What a disc for PCs of either kind has: a BIOS image first, a section with a UEFI image after it.
DiscBytes bothKinds()
{
    DiscBytes disc(3);
    disc.putValidation(catalog, 0);
    disc.putBootEntry(catalog, 1, 0, 4, 100);
    disc.putSection(catalog, 2, 0x91, 0xEF, 1);
    disc.putBootEntry(catalog, 3, 0, 5760, 200);
    return disc;
}

} // namespace

Q_DECLARE_METATYPE(Change)

class ElToritoTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void readsBothKinds()
    {
        const DiscBytes disc = bothKinds();
        const Result<std::vector<BootImage>> images = readBootCatalog(MemorySource(disc.span()), catalog);
        QVERIFY2(images.has_value(), images ? "" : qPrintable(images.error().text()));
        QCOMPARE(images->size(), 2U);
        QCOMPARE(images->at(0).platform, BootPlatform::X86);
        QCOMPARE(images->at(0).firstSector, 100U);
        QCOMPARE(images->at(1).platform, BootPlatform::Efi);
        QCOMPARE(images->at(1).firstSector, 200U);
        QCOMPARE(images->at(1).sectors, 5760);
        QCOMPARE(images->at(1).emulation, BootEmulation::None);
    }

    void readsWhatFirmwareReads_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QList<int>>("platforms");
        const auto row = [](const char* name, const QList<int>& platforms, const Change& change) {
            QTest::newRow(name) << change << platforms;
        };
        row("UEFI alone", {0xEF, 0xEF}, [](DiscBytes& disc) { disc.putValidation(catalog, 0xEF); });
        row("initial entry that does not boot", {0xEF},
            [](DiscBytes& disc) { disc.putBootEntry(catalog, 1, 0, 4, 100, 0); });
        row("image in sector 0", {0}, [](DiscBytes& disc) { disc.putBootEntry(catalog, 3, 0, 4, 0); });
        row("extension records between", {0, 0xEF}, [](DiscBytes& disc) {
            disc.putBootEntry(catalog, 3, 0x20, 4, 200);
            disc.putBootEntry(catalog, 4, 0x20, 4, 300, 0x44);
            disc.putBootEntry(catalog, 5, 0, 4, 300, 0x44);
        });
        row("more images than the section says", {0, 0xEF, 0xEF},
            [](DiscBytes& disc) { disc.putBootEntry(catalog, 4, 0, 4, 300); });
        row("another section", {0, 0xEF, 1}, [](DiscBytes& disc) {
            disc.putSection(catalog, 2, 0x90, 0xEF, 1);
            disc.putSection(catalog, 4, 0x91, 1, 1);
            disc.putBootEntry(catalog, 5, 4, 4, 300);
        });
        row("last place of the sector", {0, 0xEF, 0xEF},
            [](DiscBytes& disc) { disc.putBootEntry(catalog, 63, 0, 4, 300); });
        row("after the sector", {0, 0xEF}, [](DiscBytes& disc) { disc.putBootEntry(catalog, 64, 0, 4, 300); });
    }

    void readsWhatFirmwareReads()
    {
        QFETCH(Change, change);
        DiscBytes disc = bothKinds();
        change(disc);
        const Result<std::vector<BootImage>> images = readBootCatalog(MemorySource(disc.span()), catalog);
        QVERIFY2(images.has_value(), images ? "" : qPrintable(images.error().text()));
        QList<int> platforms;
        for (const BootImage& image : *images) {
            platforms.append(int(image.platform));
        }
        QTEST(platforms, "platforms");
    }

    void refusesWhatBreaksARule_data()
    {
        QTest::addColumn<Change>("change");
        const auto row = [](const char* name, const Change& change) { QTest::newRow(name) << change; };
        row("ends before", [](DiscBytes& disc) { disc.cut(start); });
        row("ends within", [](DiscBytes& disc) { disc.cut(start + 2047); });
        row("header id", [](DiscBytes& disc) { disc.putNumber<quint8>(start, 2); });
        row("first key byte", [](DiscBytes& disc) { disc.putNumber<quint8>(start + 30, 0x54); });
        row("second key byte", [](DiscBytes& disc) { disc.putNumber<quint8>(start + 31, 0); });
        row("checksum", [](DiscBytes& disc) { disc.put(start + 4, "x"); });
    }

    void refusesWhatBreaksARule()
    {
        QFETCH(Change, change);
        DiscBytes disc = bothKinds();
        change(disc);
        const Result<std::vector<BootImage>> images = readBootCatalog(MemorySource(disc.span()), catalog);
        QVERIFY(!images);
        QCOMPARE(images.error().kind, ErrorKind::Corrupt);
        QVERIFY(!images.error().advice.isEmpty());
        QVERIFY2(images.error().detail.contains(QLatin1String("offset 0x")), qPrintable(images.error().detail));
    }

    void refusesACatalogFarOutside()
    {
        const DiscBytes disc = bothKinds();
        QVERIFY(!readBootCatalog(MemorySource(disc.span()), 0xFFFFFFFF));
    }

    void measuresAsFirmwareDoes_data()
    {
        QTest::addColumn<int>("emulation");
        QTest::addColumn<int>("sectors");
        QTest::addColumn<quint64>("volumeSectors");
        QTest::addColumn<quint64>("sourceSectors");
        QTest::addColumn<quint64>("length");
        const auto row = [](const char* name, int emulation, int sectors, quint64 volume, quint64 source,
                             quint64 length) {
            QTest::newRow(name) << emulation << sectors << volume << source << length;
        };
        // The image begins at sector 100.
        row("counted", 0, 5, 1000, 1000, 5 * 2048);
        row("counted, past the end", 0, 5, 1000, 103, 3 * 2048);
        row("nought means to the volume's end", 0, 0, 500, 1000, 400 * 2048);
        row("one means to the volume's end", 0, 1, 500, 1000, 400 * 2048);
        row("one, volume larger than the file", 0, 1, 2000, 1000, 900 * 2048);
        row("one, volume that ends before", 0, 1, 50, 1000, 900 * 2048);
        row("one, no volume", 0, 1, 0, 1000, 900 * 2048);
        row("begins past the end", 0, 1, 0, 90, 0);
        row("floppy of 1.2 MB", 1, 1, 9999, 9999, 1228800);
        row("floppy of 1.44 MB", 2, 1, 9999, 9999, 1474560);
        row("floppy of 2.88 MB", 3, 1, 9999, 9999, 2949120);
        row("hard disk", 4, 10, 9999, 9999, 5120);
    }

    void measuresAsFirmwareDoes()
    {
        QFETCH(int, emulation);
        QFETCH(int, sectors);
        QFETCH(quint64, volumeSectors);
        QFETCH(quint64, sourceSectors);
        const BootImage image{
            BootPlatform::Efi, static_cast<BootEmulation>(emulation), static_cast<std::uint16_t>(sectors), 100};
        QTEST(quint64(bootImageLength(image, volumeSectors, sourceSectors * 2048)), "length");
    }
};

QTEST_APPLESS_MAIN(ElToritoTest)
#include "el_torito_test.moc"
